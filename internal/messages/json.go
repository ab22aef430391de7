package messages

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/optout/internal/quote"
)

// A jsonScan reads a log of JSON by the tokens of a json.Decoder, and keeps only
// the fields that are asked for. The decoder reads the jsonScan line by line, so
// that after damage another decoder can go on at the next line.
type jsonScan struct {
	*scan
	*window // from the line on which the value of the top level begins; line is of the last byte given
	decoder *json.Decoder
	given   int  // bytes of text that the decoder has read
	indent  int  // blanks before the value of the top level
	partial bool // text lacks a part of this value
	ended   bool // the decoder came to the end of the log
	quoted  int  // length of the string around the next byte, its quote included
	escaped bool // the next byte follows a backslash

	levels  []level
	records []jsonRecord // around the next token, the outermost first
}

// A level is an array or object around the next token. The first level is the log.
type level struct {
	line   int // on which it begins
	array  bool
	top    bool   // the log, or an array that is a value of the top level
	key    bool   // the next token is a key, or ends the object
	fields []want // of an object
	wants  []want // of the next value
	record bool   // the next value is a record, unless it has records in it
}

// A want is a field that is asked for, with the rest of its path. Field 0 is the
// text of the message, and comes first.
type want struct {
	field int
	path  string
}

// A jsonRecord is a value that is a record, unless it has records in it.
type jsonRecord struct {
	line   int
	begin  int64   // in the decoder
	number int     // of the record before it
	saved  []value // of the fields, outside the record
	outer  bool    // it contains records
	joined bool    // its text consists of parts
	broken error   // why it is skipped
}

var (
	errCut      = errors.New("JSON ends too early: perhaps the file was cut off, fetch it again")
	errNoObject = errors.New("not an object: want one, with the message in a field")
)

const maxDepth = 100

// json reads a log of JSON.
func (s *scan) json(w *window) error {
	sample := w.sample()
	if s.Field != "[]" && strings.TrimSpace(sample) != "" && !jsonLine.MatchString(sample) {
		return s.refuse(s.looks(sample))
	}
	s.names = fieldNames(sample)
	log := level{array: true, top: true, record: true}
	for i, field := range s.fields {
		if field != "" {
			log.wants = append(log.wants, want{i, strings.TrimPrefix(field, "[]")})
		}
	}
	j := &jsonScan{scan: s, window: w, levels: []level{log}}
	j.decode(0)
	s.seen[0] = false
	var err error
	for err == nil {
		before := j.decoder.InputOffset()
		var token json.Token
		if token, err = j.decoder.Token(); err == nil {
			err = j.read(token, before)
		} else if err != io.EOF || len(j.levels) > 1 {
			err = j.resume(fmt.Errorf("damaged JSON: %w", err))
		}
	}
	s.format = "JSON path " + quote.Quote(s.path)
	switch {
	case err != io.EOF:
		return err
	case !s.seen[0] && s.rec.Number > 0:
		return s.refuse(noField(s.Field, s.names))
	}
	return nil
}

// decode lets a new decoder read so many opening brackets, and the text that is not
// given yet.
func (j *jsonScan) decode(brackets int) {
	j.decoder = json.NewDecoder(io.MultiReader(strings.NewReader(strings.Repeat("[", brackets)), j))
	j.decoder.UseNumber()
}

// Read gives the decoder the next line, or a part of a long one.
func (j *jsonScan) Read(p []byte) (n int, err error) {
	if j.given > maxRecord {
		j.forget()
		j.partial = true
	}
	if j.given == len(j.text) && !j.more() {
		j.ended = true
		return 0, j.err
	}
	if j.given == 0 || j.text[j.given-1] == '\n' {
		j.line++
	}
	for n < len(p)-1 && j.given < len(j.text) && (n == 0 || p[n-1] != '\n') {
		c, ok := j.shorten(j.text[j.given])
		if j.given++; !ok {
			continue
		}
		// A decoder that finds no white space after a value makes an error in its
		// place, which takes a third of the time.
		if j.quoted == 0 && strings.IndexByte(",:]}", c) >= 0 {
			p[n] = ' '
			n++
		}
		p[n] = c
		n++
	}
	return n, nil
}

// shorten leaves out the end of a string that is longer than maxRecord, which a
// decoder would keep: such a record is skipped. Zeros end a code point that is cut.
func (j *jsonScan) shorten(c byte) (byte, bool) {
	switch {
	case j.escaped:
		j.escaped = false
		return c, j.quoted <= maxRecord
	case c == '\n' || c == '"' && j.quoted > 0:
		j.quoted = 0
	case c == '"' || j.quoted > 0:
		j.quoted++
		j.escaped = c == '\\'
	}
	if j.quoted > maxRecord {
		return '0', j.quoted <= maxRecord+4
	}
	return c, true
}

// forget forgets the text before the last byte that the decoder has read.
func (j *jsonScan) forget() {
	n := max(j.given-1, 0)
	j.text, j.given = j.text[n:], j.given-n
}

// resume goes on after damage: at the next line or, if the value of the top level
// has several, at the next one with a value that is indented no further.
func (j *jsonScan) resume(err error) error {
	first, last, number := j.line, j.line, j.rec.Number
	if len(j.records) > 0 {
		first, number = j.records[0].line, j.records[0].number
	}
	final := last > first && (j.partial || j.rec.Number > number)
	if j.ended {
		final = final || j.err != io.EOF || len(j.records) == 0
		if j.err == io.EOF {
			err = errCut
		}
	}
	if last > first {
		err = fmt.Errorf("%w (line %d)", err, last)
	} else {
		j.forget()
	}
	if final {
		return j.at(first, fmt.Errorf("%w; reading ends here", err))
	}
	j.next()
	j.line = first
	for last > first && (j.text != "" || j.more()) && !j.beginsValue() {
		j.next()
	}
	arrays := 0
	for _, in := range j.levels[1:] {
		if in.top && in.line < first {
			arrays++
		}
	}
	j.decode(arrays)
	j.levels, j.records, j.given, j.quoted, j.ended = j.levels[:1], j.records[:0], 0, 0, false
	clear(j.values)
	return j.skip(first, fmt.Errorf("%w%s", err, cmp.Or(skippedLines(first, j.line), "; rest of the line skipped")))
}

// beginsValue reports whether text begins with a value that is indented no further
// than the one with damage.
func (j *jsonScan) beginsValue() bool {
	value := strings.TrimLeft(j.text, " \t")
	return value != "" && (value[0] == '{' || value[0] == '[') && len(j.text)-len(value) <= j.indent
}

// read reads a token.
func (j *jsonScan) read(token json.Token, begin int64) error {
	in := &j.levels[len(j.levels)-1]
	delim, _ := token.(json.Delim)
	switch {
	case delim == ']' || delim == '}':
		j.levels = j.levels[:len(j.levels)-1]
		if in.top {
			return nil
		}
		return j.end()
	case len(j.levels) > maxDepth:
		return j.resume(fmt.Errorf("more than %d arrays or objects in one another", maxDepth))
	case delim == '[' && in.top:
		j.levels = append(j.levels, *in)
		j.levels[len(j.levels)-1].line = j.line
		return nil
	case in.key:
		j.field(in, token.(string))
		return nil
	case len(j.levels) == 1 && delim == 0 && j.Field != "[]":
		return j.resume(errNoObject)
	}
	if in.top {
		line := j.text[strings.LastIndexByte(j.text[:j.given-1], '\n')+1:]
		j.indent = len(line) - len(strings.TrimLeft(line, " \t"))
		j.forget()
		j.partial = false
	}
	if in.record {
		r := jsonRecord{line: j.line, begin: begin, number: j.rec.Number, saved: slices.Clone(j.values)}
		if delim == 0 && in.wants[0].path != "" {
			r.broken = errNoObject
		}
		j.records = append(j.records, r)
	}
	if delim == '[' {
		return j.array(in)
	}
	for _, w := range in.wants {
		if (w.path == "" || w.path == "[]") && (delim == 0 || w.field == 0) {
			if err := j.take(w.field, token); err != nil {
				return err
			}
		}
	}
	if delim == '{' {
		j.levels = append(j.levels, level{key: true, fields: in.wants})
		return nil
	}
	return j.end()
}

// field reads a key. The values of * are records, or parts of one.
func (j *jsonScan) field(in *level, key string) {
	in.key, in.record, in.wants = false, false, in.wants[:0]
	for _, w := range in.fields {
		rest, any, ok := descend(w.path, key)
		if ok {
			in.wants = append(in.wants, want{w.field, rest})
		}
		if any && w.field == 0 {
			in.record = j.collects(rest)
		}
	}
}

// descend returns the rest of a path in the value of key, and whether the path
// has * for it. A key may contain points.
func descend(path, key string) (rest string, any, ok bool) {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "[]"), ".")
	for _, name := range []string{key, "*"} {
		rest, ok = strings.CutPrefix(path, name)
		if ok && name != "" && (rest == "" || rest[0] == '.' || strings.HasPrefix(rest, "[]")) {
			return rest, name != key, true
		}
	}
	return "", false, false
}

// array begins an array. On the path of the messages its elements are records, or
// parts of one.
func (j *jsonScan) array(in *level) error {
	next := level{array: true, wants: slices.Clone(in.wants)}
	if len(next.wants) > 0 && next.wants[0].field == 0 {
		path := next.wants[0].path
		place := j.Field[:len(j.Field)-len(path)] + "[]" + path
		next.record = j.collects(path)
		switch {
		case !next.record:
		case strings.Contains(j.Field, "[]"):
			next.wants[0].path = strings.TrimPrefix(path, "[]")
		case !slices.ContainsFunc(j.levels, func(l level) bool { return l.array && l.record && !l.top }):
			j.path = place
		case j.path != place:
			paths := []string{j.path, place}
			for _, name := range j.names {
				if all := choices(name); len(all) > 1 && strings.ReplaceAll(name, "[]", "") == j.Field {
					paths = all
				}
			}
			return j.at(j.line, fmt.Errorf("%s passes several arrays: write [] after the one with the records: %s", quote.Quote(j.Field), list(paths)))
		}
	}
	j.levels = append(j.levels, next)
	return nil
}

// collects reports whether an array or * with this path after it contains records.
// Otherwise it contains parts of one.
func (j *jsonScan) collects(path string) bool {
	records := strings.Contains(path, "[]") || !strings.Contains(j.Field, "[]")
	r := &j.records[len(j.records)-1]
	r.joined = r.joined || !records
	r.outer = r.outer || records
	return records
}

// take takes a value of a field. Parts of a message become one text, and several
// values of another field a list.
func (j *jsonScan) take(field int, token json.Token) error {
	r := &j.records[len(j.records)-1]
	j.seen[field] = true
	if j.rec.Number > r.number {
		return j.at(j.line, fmt.Errorf("field %s comes after the records in the same value: move it before them, or do not ask for it; reading ends here", quote.Quote(j.fields[field])))
	}
	v := &j.values[field]
	_, isText := token.(string)
	_, isNumber := token.(json.Number)
	switch {
	case field == 0 && !isText && (r.joined || !isNumber && token != nil):
		r.broken = fmt.Errorf("field %s is not text: name the field in it that is, with points between the names", quote.Quote(j.Field))
	case token == nil:
	case !v.ok || field == 0 && !r.joined:
		*v = value{fmt.Sprint(token), true}
	case field == 0:
		v.text += fmt.Sprint(token)
	default:
		v.text += "," + fmt.Sprint(token)
	}
	return nil
}

// end ends a value, and hands it on if it is a record.
func (j *jsonScan) end() (err error) {
	in, last := &j.levels[len(j.levels)-1], len(j.records)-1
	in.key = !in.array
	if !in.record {
		return nil
	}
	r := j.records[last]
	switch {
	case r.outer:
	case j.decoder.InputOffset()-r.begin > maxRecord:
		err = j.skip(r.line, errTooLong)
	case r.broken != nil:
		err = j.skip(r.line, r.broken)
	default:
		err = j.message(r.line)
	}
	copy(j.values, r.saved)
	j.records = j.records[:last]
	return err
}

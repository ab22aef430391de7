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
	*window // line is the one that the decoder reads
	decoder *json.Decoder
	before  int64  // where the last token begins, or white space before it
	inLine  bool   // the decoder has not read the end of the line
	ended   bool   // the decoder came to the end of the log
	since   []byte // what it has read since the beginning of the value, up to maxRecord
	quoted  int    // length of the string around the next byte, its quote included
	escaped bool   // the next byte follows a backslash
	space   bool   // the next byte follows white space outside strings

	top    []int       // lines on which arrays of the top level begin
	depth  int         // of other arrays and objects
	arrays int         // of them, those on the path of the messages
	path   string      // of the messages, with its []
	record *jsonRecord // around the next token
}

// A want is a field that is asked for, with the rest of its path. Field 0 is the
// text of the message, and comes first.
type want struct {
	field int
	path  string
}

// A jsonRecord is a value that is a record, unless it contains records.
type jsonRecord struct {
	number int   // of the record before it
	outer  bool  // it contains records
	joined bool  // its text consists of parts
	broken error // why it is skipped
}

// A damage is an error in a value.
type damage struct{ error }

func (d damage) Unwrap() error { return d.error }

var errCut = errors.New("JSON ends too early: perhaps the file was cut off, fetch it again")

var errNoObject = errors.New("not an object: want one, with the message in a field")

const maxDepth = 100

// json reads a log of JSON.
func (s *scan) json(w *window) error {
	sample := w.sample()
	if s.Field != "[]" && strings.TrimSpace(sample) != "" && !jsonLine.MatchString(sample) {
		return s.refuse(s.looks(sample))
	}
	s.names, s.seen[0] = fieldNames(sample), false
	var wants []want
	for i, field := range s.fields {
		if field != "" {
			wants = append(wants, want{i, strings.TrimPrefix(field, "[]")})
		}
	}
	j := &jsonScan{scan: s, window: w, path: s.Field}
	defer func() { s.format = "JSON path " + quote.Quote(j.path) }()
	j.decode()
	for {
		token, err := j.token()
		line, records := j.line, s.rec.Number
		if j.since = j.since[:0]; !j.inLine {
			j.since = append(j.since, '\n')
		}
		switch {
		case errors.Is(err, io.EOF) && len(j.top) == 0:
			if !s.seen[0] && records > 0 {
				return s.refuse(noField(s.Field, s.names))
			}
			return nil
		case err != nil:
		case token == json.Delim('[') && len(j.top) < maxDepth:
			j.top = append(j.top, j.line)
		case token == json.Delim(']'):
			j.top = j.top[:len(j.top)-1]
		case token != json.Delim('{') && len(j.top) == 0 && s.Field != "[]":
			err = damage{errNoObject}
		default:
			err = j.element(token, wants)
		}
		if d, ok := err.(damage); ok {
			err = j.resume(d.error, line, records)
		}
		if err != nil {
			return err
		}
	}
}

// decode lets a new decoder read the rest of the log, inside the arrays of the top
// level.
func (j *jsonScan) decode() {
	j.decoder = json.NewDecoder(io.MultiReader(strings.NewReader(strings.Repeat("[", len(j.top))), j))
	j.decoder.UseNumber()
	j.top = nil
}

// Read gives the decoder the next line, or a part of a long one.
func (j *jsonScan) Read(p []byte) (n int, err error) {
	if j.text == "" && !j.more() {
		j.ended = true
		return 0, j.window.err
	}
	if !j.inLine {
		j.line++
	}
	given := 0
	for j.inLine = true; j.inLine && given < len(j.text) && n < len(p)-1; given++ {
		j.inLine = j.text[given] != '\n'
		c, ok := j.shorten(j.text[given])
		space := j.quoted == 0 && strings.IndexByte(" \t\r\n", c) >= 0
		if !ok || space && j.space { // a decoder reads a run of white space again and again
			continue
		}
		// A decoder that finds no white space after a value makes an error in its
		// place, which takes a third of the time.
		if j.quoted == 0 && strings.IndexByte(",:]}", c) >= 0 {
			p[n] = ' '
			n++
		}
		p[n], j.space = c, space
		n++
	}
	j.since = append(j.since[:min(len(j.since), maxRecord)], j.text[:given]...)
	j.text = j.text[given:]
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

// resume goes on after damage in a value that begins on line first, after so many
// records: at the next line or, if the value has several, at the next one that
// begins a value.
func (j *jsonScan) resume(err error, first, records int) error {
	several := j.line > first
	if j.ended && j.window.err == io.EOF {
		err = errCut
	}
	if several && (j.rec.Number > records || len(j.since) > maxRecord) || j.ended && (j.window.err != io.EOF || j.record == nil) {
		return j.at(j.line, fmt.Errorf("%w; reading ends here", err))
	}
	if string(j.since) != "\n" {
		j.text = string(j.since) + j.text
		j.next()
	}
	for j.line = first; several && (j.text != "" || j.more()) && strings.IndexAny(strings.TrimLeft(j.text, " \t"), "{[") != 0; {
		j.next()
	}
	j.top = slices.DeleteFunc(j.top, func(line int) bool { return line >= first })
	j.inLine, j.ended, j.escaped, j.quoted, j.depth, j.arrays, j.record = false, false, false, 0, 0, 0, nil
	clear(j.values)
	j.decode()
	return j.scan.record(j.window, first, fmt.Errorf("%w%s", err, cmp.Or(skippedLines(first, j.line), "; rest of the line skipped")))
}

// token reads the next token. Its error is a damage.
func (j *jsonScan) token() (json.Token, error) {
	j.before = j.decoder.InputOffset()
	token, err := j.decoder.Token()
	if err != nil {
		err = damage{fmt.Errorf("damaged JSON: %w", err)}
	}
	return token, err
}

// element reads a value, and hands it on if it is a record.
func (j *jsonScan) element(token json.Token, wants []want) error {
	r, line := &jsonRecord{number: j.rec.Number}, j.line
	if _, ok := token.(json.Delim); !ok && wants[0].path != "" {
		r.broken = errNoObject
	}
	begin, outer, saved := j.before, j.record, slices.Clone(j.values)
	j.record = r
	err := j.value(token, wants)
	if err != nil {
		return err
	}
	if j.decoder.InputOffset()-begin > maxRecord {
		r.broken = errTooLong
	}
	if !r.outer {
		err = j.scan.record(j.window, line, r.broken)
	}
	copy(j.values, saved)
	j.record = outer
	return err
}

// value reads a value.
func (j *jsonScan) value(token json.Token, wants []want) (err error) {
	if j.depth++; j.depth > maxDepth {
		return damage{fmt.Errorf("more than %d arrays or objects in one another", maxDepth)}
	}
	delim, _ := token.(json.Delim)
	for _, w := range wants {
		if (w.path == "" || w.path == "[]") && (delim == 0 || delim == '{' && w.field == 0) && err == nil {
			err = j.take(w.field, token)
		}
	}
	switch {
	case err != nil:
	case delim == 0 && token != nil && j.record.joined && len(wants) > 0 && wants[0].field == 0 && wants[0].path != "":
		j.record.broken = errNoObject // a part without the field
	case delim == '[':
		err = j.array(wants)
	case delim == '{':
		err = j.object(wants)
	}
	j.depth--
	return err
}

// object reads an object after its bracket.
func (j *jsonScan) object(wants []want) error {
	for {
		token, err := j.token()
		key, ok := token.(string)
		if err != nil || !ok {
			return err
		}
		read, inner := j.value, []want(nil)
		for _, w := range wants {
			rest, any, ok := descend(w.path, key)
			if ok {
				inner = append(inner, want{w.field, rest})
			}
			if any && w.field == 0 && j.collects(rest) {
				read = j.element
			}
		}
		if token, err = j.token(); err == nil {
			err = read(token, inner)
		}
		if err != nil {
			return err
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

// array reads an array after its bracket. On the path of the messages its elements
// are records, or parts of one.
func (j *jsonScan) array(wants []want) error {
	read := j.value
	if len(wants) > 0 && wants[0].field == 0 && j.collects(wants[0].path) {
		read = j.element
		path := wants[0].path
		place := j.Field[:len(j.Field)-len(path)] + "[]" + path
		switch {
		case strings.Contains(j.Field, "[]"):
			wants = slices.Clone(wants)
			wants[0].path = strings.TrimPrefix(path, "[]")
		case j.arrays == 0:
			j.path = place
		case j.path != place:
			paths := []string{j.path, place}
			for _, name := range j.names {
				if all := choices(name); len(all) > 1 && strings.ReplaceAll(name, "[]", "") == j.Field {
					paths = all
				}
			}
			return j.at(j.line, fmt.Errorf("%s passes several arrays: write [] after the one with the records: %q", quote.Quote(j.Field), paths))
		}
		j.arrays++
		defer func() { j.arrays-- }()
	}
	for {
		token, err := j.token()
		if err != nil || token == json.Delim(']') {
			return err
		}
		if err = read(token, wants); err != nil {
			return err
		}
	}
}

// collects reports whether an array or * with this path after it contains records.
// Otherwise it contains parts of one.
func (j *jsonScan) collects(path string) bool {
	records := strings.Contains(path, "[]") || !strings.Contains(j.Field, "[]")
	j.record.joined = j.record.joined || !records
	j.record.outer = j.record.outer || records
	return records
}

// take takes a value of a field. Parts of a message become one text, and several
// values of another field a list.
func (j *jsonScan) take(field int, token json.Token) error {
	r := j.record
	j.seen[field] = true
	if j.rec.Number > r.number {
		return j.at(j.line, fmt.Errorf("field %s comes after the records in the same value: move it before them, or do not ask for it; reading ends here", quote.Quote(j.fields[field])))
	}
	_, isText := token.(string)
	_, isNumber := token.(json.Number)
	v, text := &j.values[field], fmt.Sprint(token)
	switch {
	case field == 0 && !isText && (r.joined || !isNumber && token != nil):
		r.broken = fmt.Errorf("field %s is not text: name the field in it that is, with points between the names", quote.Quote(j.Field))
	case token == nil:
	case v.ok && r.joined && field == 0:
		v.text += text
	case v.ok && field > 0:
		v.text += "," + text
	default:
		*v = value{text, true}
	}
	return nil
}

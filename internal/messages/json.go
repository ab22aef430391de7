package messages

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/optout/internal/quote"
)

// A jsonScan reads a log of JSON in one pass, and keeps only the fields that are
// asked for. json.Decoder takes several times as long, keeps all of a value, and
// cannot go on after one that is broken or too long.
type jsonScan struct {
	*scan
	window
	pos  int // of the next byte in text
	base int // of text in the log

	line   int
	indent int // blanks that begin the line
	wants  []want
	saved  []value // of the fields of outer records
	depth  int

	sampled []string // fields that the beginning of the log has
	marked  bool     // the path of the messages has a []
	arrays  int      // on that path, around the value that is read
	found   bool     // a record has the field of the messages
	jsonRecord
}

// A jsonRecord is a value that is a record, unless it has records in it.
type jsonRecord struct {
	before int   // records before it in the log
	outer  bool  // it has records in it
	joined bool  // its text consists of parts
	broken error // why it is skipped
}

// A want is a field that is asked for, with the rest of its path.
type want struct {
	field int
	path  string
}

// damage is an error in the log after which reading goes on.
type damage struct{ error }

const maxDepth = 100

func damaged(format string, args ...any) error { return damage{fmt.Errorf(format, args...)} }

var errDeep = fmt.Errorf("more than %d arrays or objects in one another", maxDepth)

var errCut = damage{errors.New("JSON ends too early: perhaps the file was cut off, fetch it again")}

// json reads a log of JSON: values one after the other, or in arrays.
func (s *scan) json(b *bufio.Reader) error {
	sample := peek(b)
	names := fieldNames(sample)
	if len(bytes.TrimSpace(sample)) > 0 && s.Field != "[]" && !slices.ContainsFunc(bytes.Split(sample, []byte("\n")), func(line []byte) bool {
		line = bytes.TrimLeft(line, " \t")
		return len(line) > 0 && (line[0] == '{' || line[0] == '[')
	}) {
		return s.refuse(s.looks(sample))
	}
	if choices := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return strings.ReplaceAll(name, "[]", "") != s.Field || name == s.Field
	}); len(choices) > 0 {
		return s.refuse(ambiguous(s.Field, choices...))
	}
	j := &jsonScan{scan: s, window: newWindow(b), line: 1, sampled: names}
	for i, field := range s.fields {
		path := strings.TrimPrefix(field, "[]")
		if j.marked = j.marked || i == 0 && strings.Contains(field, "[]"); i > 0 {
			path = strings.ReplaceAll(field, "[]", "")
		}
		if field != "" {
			j.wants = append(j.wants, want{i, path})
		}
	}
	err := j.topLevel()
	s.names = append(s.names, names...)
	if err == nil && !j.found && s.rec.Number > 0 {
		return s.refuse(noField(s.Field, names))
	}
	return err
}

func ambiguous(path string, choices ...string) error {
	return fmt.Errorf("%s passes several arrays: write [] after the one with the records: %s", quote.Quote(path), list(choices))
}

// topLevel reads the values of the top level.
func (j *jsonScan) topLevel() error {
	open, comma := 0, true                // arrays, and whether a value may follow
	line, lineOpen, lineNumber := 0, 0, 0 // of the value, and open and the record before the line
	for {
		c, err := j.space()
		if j.line != line {
			line, lineOpen, lineNumber = j.line, open, j.rec.Number
		}
		switch {
		case err == io.EOF && open == 0:
			return nil
		case err == io.EOF:
			return j.at(j.line, errCut)
		case err != nil:
			return j.at(j.line, fmt.Errorf("%w; reading ends here", err))
		}
		j.cut()
		j.base = 0
		before, indent := j.rec.Number, j.indent
		j.depth, j.arrays = 0, 0
		switch {
		case c == ']' && open > 0:
			open, comma = open-1, false
			j.pos++
		case c == ',' && open > 0:
			comma = true
			j.pos++
		case open > 0 && !comma:
			err = damaged("comma missing between values")
		case c == '[' && open == maxDepth:
			return j.at(j.line, errDeep)
		case c == '[':
			open, comma = open+1, true
			j.pos++
		case c != '{' && open == 0 && !j.validLine():
			err = damaged("not a JSON value: want an object, with the message in a field")
		default:
			comma = false
			err = j.element(j.wants)
		}
		var d damage
		if err != nil && !errors.As(err, &d) {
			return err
		}
		if err == nil {
			continue
		}
		last := j.line
		if last > line {
			if err = fmt.Errorf("%w (line %d)", err, last); j.rec.Number > before || j.base > 0 {
				return j.at(line, fmt.Errorf("%w; reading ends here", err))
			}
			j.pos, j.line = 0, line // the lines after the first may be values
		}
		j.skipLine()
		for last > line {
			c, err := j.space()
			if err != nil || j.indent <= indent && (c == '{' || c == '[' || open > 0 && (c == ']' || c == ',')) {
				break
			}
			j.skipLine()
		}
		if comma = true; j.rec.Number == lineNumber { // the line was no array
			open = lineOpen
		}
		if err := j.skip(line, err); err != nil {
			return err
		}
	}
}

// element reads a value, and hands it on if it is a record.
func (j *jsonScan) element(wants []want) error {
	outer, saved := j.jsonRecord, len(j.saved)
	j.jsonRecord, j.saved = jsonRecord{before: j.rec.Number}, append(j.saved, j.scan.values...)
	c, err := j.space()
	j.cut()
	line, from := j.line, j.base
	if len(wants) > 0 && wants[0].field == 0 && wants[0].path != "" && c != '{' && c != '[' {
		wants, j.broken = nil, errors.New("not an object: want one, with the message in a field")
	}
	if err == nil {
		err = j.value(wants)
	}
	switch {
	case err != nil || j.outer:
	case j.base+j.pos-from > maxRecord:
		err = j.skip(line, errTooLong)
	case j.broken != nil:
		err = j.skip(line, j.broken)
	default:
		err = j.message(line)
	}
	copy(j.scan.values, j.saved[saved:])
	j.jsonRecord, j.saved = outer, j.saved[:saved]
	j.outer = true
	return err
}

// value reads a value.
func (j *jsonScan) value(wants []want) error {
	c, err := j.space()
	from := j.base + j.pos
	switch c {
	case '[':
		return j.array(wants) // its elements have the fields
	case '{':
		if len(wants) > 0 && wants[0].field == 0 {
			wants[0].path = strings.TrimPrefix(wants[0].path, "[]")
		}
		err = j.object(wants)
	case '"':
		_, err = j.str()
	case 0:
		return j.unexpected(c, err, "a value")
	default:
		err = j.scalar()
	}
	for _, w := range wants {
		if strings.TrimPrefix(w.path, "[]") == "" && err == nil {
			err = j.field(w.field, j.since(from))
		}
	}
	return err
}

// field takes a value of a field.
func (j *jsonScan) field(i int, raw string) error {
	j.seen[i], j.found = true, j.found || i == 0
	if j.rec.Number > j.before {
		return j.at(j.line, fmt.Errorf("field %s comes after the records in the same value: move it before them, or do not ask for it; reading ends here", quote.Quote(j.fields[i])))
	}
	text := raw
	switch v := &j.scan.values[i]; {
	case raw == "": // the record is too long
	case raw[0] == '"':
		text = raw[1 : len(raw)-1]
		if strings.IndexByte(raw, '\\') >= 0 {
			if err := json.Unmarshal([]byte(raw), &text); err != nil {
				return damage{err}
			}
		}
		j.add(v, i, text)
	case i == 0 && (j.joined || strings.IndexByte("{tf", raw[0]) >= 0):
		j.broken = fmt.Errorf("field %s is not text: the file has %s", quote.Quote(j.Field), list(j.sampled))
	case raw != "null":
		j.add(v, i, raw)
	}
	return nil
}

// add adds text to the value of a field: parts of a message become one text, and
// other values a list.
func (j *jsonScan) add(v *value, i int, text string) {
	switch {
	case !v.ok || i == 0 && !j.joined:
		*v = value{text, true}
	case i == 0:
		v.text += text
	default:
		v.text += "," + text
	}
}

// object reads an object. The values of * are records, or parts of one.
func (j *jsonScan) object(wants []want) error {
	return j.list('}', func() error {
		key, err := j.name()
		if err != nil {
			return err
		}
		n, star := len(j.wants), false
		for _, w := range wants {
			if rest, any, ok := descend(w.path, key); ok {
				j.wants = append(j.wants, want{w.field, rest})
				star = star || any && w.field == 0
			}
		}
		inner := j.wants[n:]
		if star && j.collects(inner[0].path) {
			err = j.element(inner)
		} else {
			j.joined = j.joined || star
			err = j.value(inner)
		}
		j.wants = j.wants[:n]
		return err
	})
}

// array reads an array. On the path of the messages its elements are records, or
// parts of one.
func (j *jsonScan) array(wants []want) error {
	read := j.value
	if len(wants) > 0 && wants[0].field == 0 {
		path := wants[0].path
		here := j.Field[:len(j.Field)-len(path)] + "[]" + path
		switch {
		case !j.collects(path):
			j.joined = true
		case !j.marked && j.arrays > 0:
			return j.at(j.line, ambiguous(j.Field, j.as.Path, here))
		default:
			if !j.marked && j.as.Path == j.Field {
				j.as.Path = here
			}
			wants[0].path = strings.TrimPrefix(path, "[]")
			j.arrays++
			defer func() { j.arrays-- }()
			j.outer = true
			read = j.element
		}
	}
	return j.elements(wants, read)
}

// elements reads the elements of an array, and of arrays in it.
func (j *jsonScan) elements(wants []want, read func([]want) error) error {
	return j.list(']', func() error {
		if c, _ := j.space(); c == '[' {
			return j.elements(wants, read)
		}
		return read(wants)
	})
}

// collects reports whether an array or * with this path after it has records in it,
// and not parts of one.
func (j *jsonScan) collects(path string) bool { return !j.marked || strings.Contains(path, "[]") }

// descend returns the rest of a path in the value of key, and whether the path
// has * for it. A key may contain points.
func descend(path, key string) (rest string, any, ok bool) {
	path = strings.TrimPrefix(path, ".")
	for _, name := range []string{key, "*"} {
		rest, ok = strings.CutPrefix(path, name)
		if ok && name != "" && (rest == "" || rest[0] == '.' || strings.HasPrefix(rest, "[]")) {
			return rest, name != key, true
		}
	}
	return "", false, false
}

// list reads what is in brackets, up to the closing one, with commas between the
// items that item reads.
func (j *jsonScan) list(closing byte, item func() error) error {
	if j.depth++; j.depth > maxDepth {
		return damage{errDeep}
	}
	j.pos++
	c, err := j.space()
	for c != closing {
		if err := item(); err != nil {
			return err
		}
		if c, err = j.space(); c == ',' {
			j.pos++
		} else if c != closing {
			return j.unexpected(c, err, "a comma or "+string(closing))
		}
	}
	j.pos++
	j.depth--
	return nil
}

// name reads the name of a field and the colon after it.
func (j *jsonScan) name() (string, error) {
	c, err := j.space()
	if c != '"' {
		return "", j.unexpected(c, err, "the name of a field")
	}
	key, err := j.str()
	if err != nil {
		return "", err
	}
	if c, err = j.space(); c != ':' {
		return "", j.unexpected(c, err, "a colon")
	}
	j.pos++
	if strings.IndexByte(key, '\\') >= 0 {
		err = json.Unmarshal([]byte(key), &key)
		return key, err
	}
	return strings.Trim(key, `"`), nil
}

// str reads a string, and returns it in its quotes.
func (j *jsonScan) str() (string, error) {
	from, escaped := j.base+j.pos, false
	for j.pos++; ; {
		for ; j.pos < len(j.text); j.pos++ {
			switch c := j.text[j.pos]; {
			case c < ' ':
				return "", damaged("line break or control character in a string")
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				j.pos++
				return j.since(from), nil
			}
		}
		if !j.fill() {
			return "", j.unexpected(0, j.window.err, "")
		}
	}
}

// scalar reads a number, true, false or null.
func (j *jsonScan) scalar() error {
	from := j.base + j.pos
	for j.pos < len(j.text) || j.fill() {
		if strings.IndexByte(" \t\r\n,\"[]{}", j.text[j.pos]) >= 0 {
			break
		}
		j.pos++
	}
	if token := j.since(from); from >= j.base && !json.Valid([]byte(token)) {
		return damaged("%.40q is not a JSON value", token)
	}
	return nil
}

// unexpected says that there is c, or the error of reading on, instead of want.
func (j *jsonScan) unexpected(c byte, err error, want string) error {
	switch {
	case err == io.EOF:
		return errCut
	case err != nil:
		return j.at(j.line, fmt.Errorf("%w; reading ends here", err))
	}
	return damaged("%q instead of %s", c, want)
}

// space skips white space, and returns the byte after it, which stays the next
// one to read.
func (j *jsonScan) space() (byte, error) {
	for {
		for ; j.pos < len(j.text); j.pos++ {
			switch c := j.text[j.pos]; c {
			case '\n':
				j.line++
				j.indent = 0
			case ' ', '\t', '\r':
				j.indent++
			default:
				return c, nil
			}
		}
		if !j.fill() {
			return 0, j.window.err
		}
	}
}

// validLine reports whether the rest of the line is a JSON value.
func (j *jsonScan) validLine() bool {
	for {
		line, _, ended := strings.Cut(j.text[j.pos:], "\n")
		if ended || len(line) > maxRecord || !j.more() {
			return json.Valid([]byte(line))
		}
	}
}

func (j *jsonScan) skipLine() {
	for ; j.pos < len(j.text) || j.fill(); j.pos = len(j.text) {
		if i := strings.IndexByte(j.text[j.pos:], '\n'); i >= 0 {
			j.pos += i + 1
			j.line++
			j.indent = 0
			return
		}
	}
}

// fill reads on, and forgets the beginning of a record that is too long.
func (j *jsonScan) fill() bool {
	if j.pos > maxRecord {
		j.cut()
	}
	return j.more()
}

// cut forgets the text before the next byte.
func (j *jsonScan) cut() {
	j.text = j.text[j.pos:]
	j.base += j.pos
	j.pos = 0
}

// since returns the text from an offset in the log on, or "" if it is forgotten.
func (j *jsonScan) since(from int) string {
	if from < j.base {
		return ""
	}
	return j.text[from-j.base : j.pos]
}

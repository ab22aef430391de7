package messages

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/optout/internal/quote"
)

// A jsonScan reads a log of JSON in one pass, and keeps only the fields that are
// asked for. A json.Decoder takes several times as long, keeps all of a value, and
// cannot go on after one that is broken or too long.
//
// The methods that read a part of a value panic with a failure, which try recovers.
type jsonScan struct {
	*scan
	*window
	pos    int // of the next byte in text
	base   int // of text, from the beginning of the value
	line   int
	indent int // blanks at the beginning of the line
	depth  int

	wants  []want  // fields of the values around the next byte
	saved  []value // of the fields, outside the record
	path   string  // of the messages, with its []
	marked bool    // the path that is asked for has a []
	arrays int     // on that path, around the next byte
	found  bool    // a record has the field of the messages
	shape  *shape  // of the value, if the names of its fields are wanted
	jsonRecord
}

// A want is a field that is asked for, with the rest of its path. Field 0 is the
// text of the message, and comes first.
type want struct {
	field int
	path  string
}

// A jsonRecord is a value that is a record, unless it has records in it.
type jsonRecord struct {
	before int   // records before it
	outer  bool  // it has records in it
	joined bool  // its text consists of parts
	broken error // why it is skipped
}

// A failure is an error in a value.
type failure struct {
	error
	final bool // reading cannot go on
}

func fail(format string, args ...any) { panic(failure{fmt.Errorf(format, args...), false}) }

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
	j := &jsonScan{scan: s, window: w, line: 1, path: s.Field, marked: strings.Contains(s.Field, "[]")}
	for i, field := range s.fields {
		path := strings.TrimPrefix(field, "[]")
		if i > 0 {
			path = strings.ReplaceAll(field, "[]", "")
		}
		if field != "" {
			j.wants = append(j.wants, want{i, path})
		}
	}
	s.names, s.format = fieldNames(sample), "JSON path "+quote.Quote(s.Field)
	f := j.try(j.values)
	if f.error == nil && !j.found && s.rec.Number > 0 {
		return s.refuse(noField(s.Field, s.names))
	}
	return f.error
}

// values reads the values of the top level, and of arrays there.
func (j *jsonScan) values() {
	for open := 0; ; {
		c := j.space()
		j.cut()
		j.base = 0
		switch {
		case c == 0 && open > 0:
			j.must(j.at(j.line, errCut))
		case c == 0:
			return
		case c == '[':
			open++
			j.pos++
		case c == ']':
			open = max(open-1, 0)
			j.pos++
		case c == ',':
			j.pos++
		default:
			line, indent, number := j.line, j.indent, j.rec.Number
			f := j.try(func() {
				if open == 0 && c != '{' && j.Field != "[]" {
					panic(failure{errNoObject, false})
				}
				j.element(j.wants)
			})
			if f.final {
				panic(f)
			}
			if f.error != nil {
				open = 0
				j.resume(f.error, line, indent, number)
			}
		}
	}
}

// resume goes on after an error in a value that begins on this line: at the next
// line, or if the value has several, at the next one with a value that is indented
// no further. number is the number of the record before the value.
func (j *jsonScan) resume(err error, line, indent, number int) {
	skipped, last := "; rest of the line skipped", j.line
	if last > line {
		err = fmt.Errorf("%w (line %d)", err, last)
		if j.rec.Number > number || j.base > 0 {
			j.end(line, err)
		}
		j.pos, j.line = 0, line // the lines after the first may be values
	}
	j.skipLine()
	if last > line {
		for c := j.space(); c != 0 && (c != '{' && c != '[' || j.indent > indent); c = j.space() {
			j.skipLine()
		}
		skipped = skippedLines(line, j.line-1)
	}
	j.must(j.skip(line, fmt.Errorf("%w%s", err, skipped)))
}

// try reads something, and returns its failure.
func (j *jsonScan) try(read func()) (f failure) {
	top := j.wants
	defer func() {
		if r := recover(); r != nil {
			var ok bool
			if f, ok = r.(failure); !ok {
				panic(r)
			}
			j.wants, j.saved, j.depth, j.arrays = top, j.saved[:0], 0, 0
			clear(j.scan.values)
		}
	}()
	read()
	return f
}

// must ends the reading if a record could not be handed on.
func (j *jsonScan) must(err error) {
	if err != nil {
		panic(failure{err, true})
	}
}

// end ends the reading.
func (j *jsonScan) end(line int, err error) {
	j.must(j.at(line, fmt.Errorf("%w; reading ends here", err)))
}

// element reads a value, and hands it on if it is a record.
func (j *jsonScan) element(wants []want) {
	outer, n := j.jsonRecord, len(j.saved)
	j.jsonRecord, j.saved = jsonRecord{before: j.rec.Number}, append(j.saved, j.scan.values...)
	c := j.space()
	j.cut()
	line, from := j.line, j.base
	if c != '{' && c != '[' && wants[0].path != "" {
		wants, j.broken = nil, errNoObject
	}
	j.value(wants)
	switch {
	case j.outer:
	case j.base+j.pos-from > maxRecord:
		j.must(j.skip(line, errTooLong))
	case j.broken != nil:
		j.must(j.skip(line, j.broken))
	default:
		j.must(j.message(line))
	}
	copy(j.scan.values, j.saved[n:])
	j.jsonRecord, j.saved = outer, j.saved[:n]
	j.outer = true
}

// value reads a value.
func (j *jsonScan) value(wants []want) {
	c := j.space()
	from := j.base + j.pos
	if j.shape != nil && c == '[' {
		j.shape.array = true
	}
	switch c {
	case '[':
		j.array(wants) // its elements have the fields
		return
	case '{':
		j.object(wants)
	case '"':
		j.str()
	default:
		j.scalar()
	}
	if j.shape != nil && c != '{' {
		j.shape.scalar = true
	}
	for _, w := range wants {
		if w.path == "" || w.path == "[]" {
			j.field(w.field, j.since(from))
		}
	}
}

// field takes a value of a field. Parts of a message become one text, and several
// values of another field a list.
func (j *jsonScan) field(i int, raw string) {
	j.seen[i], j.found = true, j.found || i == 0
	if j.rec.Number > j.before {
		j.end(j.line, fmt.Errorf("field %s comes after the records in the same value: move it before them, or do not ask for it", quote.Quote(j.fields[i])))
	}
	v := &j.scan.values[i]
	switch {
	case raw == "": // the record is too long
	case i == 0 && raw[0] != '"' && (j.joined || strings.IndexByte("{tf", raw[0]) >= 0):
		j.broken = fmt.Errorf("field %s is not text: name the field in it that is, with points between the names", quote.Quote(j.Field))
	case raw == "null":
	case !v.ok || i == 0 && !j.joined:
		*v = value{unquote(raw), true}
	case i == 0:
		v.text += unquote(raw)
	default:
		v.text += "," + unquote(raw)
	}
}

// unquote returns the text of a string, and other values as they are.
func unquote(raw string) (text string) {
	switch {
	case raw == "" || raw[0] != '"':
		return raw
	case strings.IndexByte(raw, '\\') < 0:
		return raw[1 : len(raw)-1]
	}
	if err := json.Unmarshal([]byte(raw), &text); err != nil {
		panic(failure{err, false})
	}
	return text
}

// object reads an object. The values of * are records, or parts of one.
func (j *jsonScan) object(wants []want) {
	j.items('}', func() {
		j.expect('"')
		key := unquote(j.str())
		j.expect(':')
		j.pos++
		n, star, outer := len(j.wants), false, j.shape
		if outer != nil {
			j.shape = outer.field(key)
		}
		for _, w := range wants {
			if rest, any, ok := descend(w.path, key); ok {
				j.wants = append(j.wants, want{w.field, rest})
				star = star || any && w.field == 0
			}
		}
		inner := j.wants[n:]
		if star && j.collects(inner[0].path) {
			j.element(inner)
		} else {
			j.joined = j.joined || star
			j.value(inner)
		}
		j.wants, j.shape = j.wants[:n], outer
	})
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

// array reads an array. On the path of the messages its elements are records, or
// parts of one.
func (j *jsonScan) array(wants []want) {
	if len(wants) == 0 || wants[0].field != 0 {
		j.items(']', func() { j.value(wants) })
		return
	}
	path := wants[0].path
	here := j.Field[:len(j.Field)-len(path)] + "[]" + path
	switch {
	case !j.collects(path):
		j.joined = true
		j.items(']', func() { j.value(wants) })
		return
	case j.marked:
		wants[0].path = strings.TrimPrefix(path, "[]")
	case j.arrays == 0:
		j.path, j.format = here, "JSON path "+quote.Quote(here)
	case j.path != here:
		choices := []string{j.path, here}
		for _, name := range j.names {
			if strings.ReplaceAll(name, "[]", "") == j.Field && name != j.Field && !slices.Contains(choices, name) {
				choices = append(choices, name)
			}
		}
		j.must(j.at(j.line, fmt.Errorf("%s passes several arrays: write [] after the one with the records: %s", quote.Quote(j.Field), list(choices))))
	}
	j.outer = true
	j.arrays++
	j.items(']', func() { j.element(wants) })
	j.arrays--
}

// collects reports whether an array or * with this path after it has records in it,
// and not parts of one.
func (j *jsonScan) collects(path string) bool { return !j.marked || strings.Contains(path, "[]") }

// items reads what is in brackets, and the closing one. item reads what is between
// commas.
func (j *jsonScan) items(closing byte, item func()) {
	if j.depth++; j.depth > maxDepth {
		fail("more than %d arrays or objects in one another", maxDepth)
	}
	j.pos++
	for c := j.space(); c != closing; {
		item()
		if c = j.space(); c == ',' {
			j.pos++
		} else {
			j.expect(closing)
		}
	}
	j.pos++
	j.depth--
}

// expect skips white space up to c.
func (j *jsonScan) expect(c byte) {
	switch got := j.space(); got {
	case c:
	case 0:
		panic(failure{errCut, false})
	default:
		fail("%q where %q should be", got, c)
	}
}

// str reads a string, and returns it in its quotes.
func (j *jsonScan) str() string {
	from, escaped := j.base+j.pos, false
	for j.pos++; ; {
		for ; j.pos < len(j.text); j.pos++ {
			switch c := j.text[j.pos]; {
			case c < ' ':
				fail("line break or control character in a string")
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				j.pos++
				return j.since(from)
			}
		}
		if !j.fill() {
			j.expect('"')
		}
	}
}

// scalar reads a number, true, false or null.
func (j *jsonScan) scalar() {
	from := j.base + j.pos
	for (j.pos < len(j.text) || j.fill()) && strings.IndexByte(" \t\r\n,\"[]{}", j.text[j.pos]) < 0 {
		j.pos++
	}
	token := j.since(from)
	switch {
	case from < j.base || json.Valid([]byte(token)):
	case token == "":
		j.expect('"')
	default:
		fail("%.40q is not a JSON value", token)
	}
}

// space skips white space. It returns the byte after it, which is the next one,
// and 0 at the end.
func (j *jsonScan) space() byte {
	for {
		for ; j.pos < len(j.text); j.pos++ {
			switch c := j.text[j.pos]; c {
			case '\n':
				j.line++
				j.indent = 0
			case ' ', '\t', '\r':
				j.indent++
			default:
				return max(c, 1) // 0 is the end
			}
		}
		if !j.fill() {
			return 0
		}
	}
}

// skipLine reads the rest of the line.
func (j *jsonScan) skipLine() {
	j.cut()
	for ; j.text != "" || j.more(); j.text = "" {
		if i := strings.IndexByte(j.text, '\n'); i >= 0 {
			j.text = j.text[i+1:]
			j.line++
			j.indent = 0
			return
		}
	}
}

// fill reads on. It forgets the beginning of a record that is too long.
func (j *jsonScan) fill() bool {
	if j.pos > maxRecord {
		j.cut()
	}
	if more := j.more(); more || j.err == io.EOF {
		return more
	}
	j.end(j.line, j.err)
	return false
}

// cut forgets the text before the next byte.
func (j *jsonScan) cut() {
	j.text = j.text[j.pos:]
	j.base += j.pos
	j.pos = 0
}

// since returns the text from there to the next byte, or "" if it is forgotten.
func (j *jsonScan) since(from int) string {
	if from < j.base {
		return ""
	}
	return j.text[from-j.base : j.pos]
}

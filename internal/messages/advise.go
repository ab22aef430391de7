package messages

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/internal/quote"
)

// Advise says what the log with this name looks like, and which flag reads it.
// It is advice for a person: nothing is read by it.
func Advise(name string, r io.Reader) error {
	s := &scan{Log: &Log{Format: JSON}, rec: Record{File: name}}
	b, err := s.open(r)
	if err != nil {
		return err
	}
	s.Format = ""
	return s.refuse(s.looks(peek(b, func(sample []byte) bool { // of JSON, a whole value
		text := bytes.TrimSpace(sample)
		return len(text) > 0 && (text[0] != '{' && text[0] != '[' || !cutOff(text))
	})))
}

// foreign are formats that this package does not read, by their beginning.
var foreign = []struct {
	name   string
	begins *regexp.Regexp
}{
	{"HTML", regexp.MustCompile(`(?i)^<(!doctype html|html)\b`)},
	{"XML", regexp.MustCompile(`^<[?!\w]`)},
	{"SQL", regexp.MustCompile(`^(--|/\*|(INSERT INTO|CREATE|COPY|BEGIN|SET|DROP|PRAGMA|USE)\b)`)},
	{"YAML", regexp.MustCompile(`^(---|(- )?\w+:)(\s|$)`)},
	{"logfmt", regexp.MustCompile(`^\w+=\S* \w+=`)},
	{"lines with a date before the message", regexp.MustCompile(`^\[?\d+[-/.]\d+[-/.]\d+`)},
}

// looks says what a sample looks like, and the flag to add, or if the log has a
// format, to use.
func (s *scan) looks(sample []byte) error {
	text := bytes.TrimSpace(sample)
	add := "add"
	if s.Format != "" {
		add = "use"
	}
	if fields := fieldNames(sample); len(fields) > 0 && (text[0] == '{' || text[0] == '[') {
		return fmt.Errorf("looks like JSON with the fields %s: %s %s", list(fields), add, flag(JSON, fields))
	}
	for _, f := range foreign {
		if f.begins.Match(text) {
			return fmt.Errorf("looks like %s, which has to be converted first", f.name)
		}
	}
	h, err := (&Log{}).header(sample)
	ext := strings.ToLower(path.Ext(strings.TrimSuffix(s.rec.File, ".gz")))
	switch isCSV := ext == ".csv" || ext == ".tsv" || h.fits(sample); {
	case isCSV && err == nil:
		return fmt.Errorf("looks like CSV with the columns %s: %s %s", list(h.names), add, flag(CSV, h.names))
	case isCSV && h.names != nil:
		return fmt.Errorf("looks like CSV without a header: %s %s", add, nameColumns(len(h.names)))
	case inQuotes(text):
		return fmt.Errorf("looks like CSV of one column without a header: %s -header Body -csv Body", add)
	case s.Format == "":
		return errors.New("looks like lines: add -lines if each line is one message and nothing else")
	}
	return errors.New("does not look like it: use -lines if each line is one message and nothing else")
}

// fits reports whether a sample with this header is CSV: there are several
// columns, and one has a usual name or a datum, or the next records have as many
// fields, which sentences do not have.
func (h header) fits(sample []byte) bool {
	if len(h.names) < 2 || slices.ContainsFunc(h.names, func(name string) bool { return strings.HasPrefix(name, " ") }) {
		return false
	}
	r := &csvReader{window: window{text: string(sample[h.size:]), err: io.EOF}, comma: h.comma}
	n := 0
	for r.read() == nil && len(r.fields) == len(h.names) {
		n++
	}
	return n > 1 && r.text == "" || pick(h.names) != "" || slices.ContainsFunc(h.names, datum.MatchString)
}

// inQuotes reports whether the first lines of a text are in quotes.
func inQuotes(text []byte) bool {
	for n, line := range bytes.SplitN(text, []byte("\n"), 4) {
		line = bytes.TrimRight(line, "\r")
		if n < 3 && (len(line) < 2 || line[0] != '"' || line[len(line)-1] != '"') {
			return false
		}
	}
	return true
}

// flag returns the flag that reads a format with these fields.
func flag(f Format, names []string) string {
	name := pick(names)
	if name == "" {
		return fmt.Sprintf("-%s and the name of the one with the messages", f)
	}
	var flags []string
	for _, n := range names {
		if strings.ReplaceAll(n, "[]", "") == strings.ReplaceAll(name, "[]", "") {
			if strings.ContainsFunc(n, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'`$*[]|&;<>()!", r) }) {
				n = quote.Quote(n)
			}
			flags = append(flags, fmt.Sprintf("-%s %s", f, n))
		}
	}
	return strings.Join(flags, " or ")
}

// usual are the usual names of the messages' field, the likeliest first, without
// the signs between words.
var usual = []string{"BODY", "MESSAGE", "TEXT", "CONTENT", "MESSAGEBODY", "MESSAGETEXT", "SMSTEXT", "MSG", "SMS",
	"NACHRICHT", "MENSAJE", "MENSAGEM", "MESSAGGIO", "TEXTO", "CONTENU", "BERICHT"}

// pick returns the one of names that is the likeliest for the messages, or "".
func pick(names []string) string {
	for _, u := range usual {
		for _, name := range names {
			last := strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "[]")
			if strings.NewReplacer(" ", "", "_", "", "-", "").Replace(optout.Normalize(last)) == u {
				return name
			}
		}
	}
	return ""
}

// cutOff reports whether text could go on as JSON.
func cutOff(text []byte) bool {
	err := json.NewDecoder(bytes.NewReader(text)).Decode(new(json.RawMessage))
	return err == io.EOF || err == io.ErrUnexpectedEOF
}

// A shape is what a sample of JSON has at a path.
type shape struct {
	keys          []string
	inner         map[string]*shape
	array, scalar bool
}

// fieldNames returns the paths of the fields in a sample of JSON. If a path passes
// several arrays, it is there once for each, with [] after that.
func fieldNames(sample []byte) (paths []string) {
	d, top := json.NewDecoder(bytes.NewReader(sample)), new(shape)
	for top.read(d) == nil {
	}
	top.array = false
	top.walk("", func(path string) {
		parts := strings.Split(strings.TrimPrefix(path, "."), "[]")
		for i := range max(1, len(parts)-1) {
			path := strings.Join(parts, "")
			if len(parts) > 2 {
				path = strings.Join(parts[:i+1], "") + "[]" + strings.Join(parts[i+1:], "")
			}
			if path != "" && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	})
	return paths
}

// read adds a value, as far as it is there.
func (s *shape) read(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		for s.array = true; d.More() && err == nil; {
			err = s.read(d)
		}
	case json.Delim('{'):
		for d.More() && err == nil {
			var key any
			if key, err = d.Token(); err == nil {
				name := fmt.Sprint(key)
				if s.inner[name] == nil {
					if s.inner == nil {
						s.inner = make(map[string]*shape)
					}
					s.inner[name], s.keys = new(shape), append(s.keys, name)
				}
				err = s.inner[name].read(d)
			}
		}
	default:
		s.scalar = true
		return nil
	}
	if err == nil {
		_, err = d.Token()
	}
	return err
}

// walk calls add with the path of each scalar, with [] after each array.
func (s *shape) walk(path string, add func(string)) {
	if s.array {
		path += "[]"
	}
	if s.scalar {
		add(path)
	}
	any := s.siblings()
	for _, key := range s.keys {
		if any {
			s.inner[key].walk(path+".*", add)
		} else {
			s.inner[key].walk(path+"."+key, add)
		}
	}
}

// siblings reports whether the values of an object are objects that have a field
// in common, so that its keys are not names but identifiers.
func (s *shape) siblings() bool {
	common := make(map[string]int)
	values, most := 0, 0
	for _, inner := range s.inner {
		if inner.array || inner.scalar || inner.keys != nil { // else it is empty or cut off
			values++
		}
		for _, key := range inner.keys {
			common[key]++
			most = max(most, common[key])
		}
	}
	return most > 1 && most == values
}

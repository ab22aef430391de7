package messages

import (
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

// Advise returns an error that says what the log with this name looks like, and
// which flag reads it. The error is for a person. [Log.Read] does not use it.
func Advise(name string, r io.Reader) error {
	s := &scan{Log: new(Log), rec: Record{File: name}}
	w, err := s.open(&window{r: r})
	if err != nil {
		return err
	}
	return s.refuse(s.looks(w.sample()))
}

// formats are other formats, and what to do about them, with an expression for their
// beginning.
var formats = [][2]string{
	{"a JSON array of texts: use -json '[]'", `^\[\s*"`},
	{"HTML" + convert, `(?i)^<(!doctype html|html)\b`},
	{"XML" + convert, `^<[?!\w]`},
	{"SQL" + convert, `^(--[^-]|/\*|(?i:INSERT INTO|CREATE TABLE)\b|(CREATE|COPY|BEGIN|SET|DROP|PRAGMA|USE)\b)`},
	{"YAML" + convert, `^(---|(- )?\w+:)(\s|$)`},
	{"logfmt" + convert, `^\w+=("[^"]*"|\S*) \w+=`},
	{"lines with a date before the message" + convert, `^\x{200e}?\[?\d+[-/.]\d+[-/.]\d+`},
}

const convert = ", which has to be converted first"

var jsonLine = regexp.MustCompile(`(?m)^[ \t]*[{\[]`)

// looks says what a sample looks like, and the flag to use.
func (s *scan) looks(sample string) error {
	text := strings.TrimSpace(sample)
	if fields := fieldNames(text); len(fields) > 0 {
		return fmt.Errorf("looks like JSON with the fields %q: use %s", fields, flag(JSON, fields))
	}
	for _, f := range formats {
		if regexp.MustCompile(f[1]).MatchString(text) {
			return errors.New("looks like " + f[0])
		}
	}
	r, names, _, err := new(Log).header(&window{r: strings.NewReader(sample)})
	sentence := slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, " ") })
	usual := pick(names) != "" || slices.ContainsFunc(names, datum.MatchString)
	isCSV := len(names) > 1 && !sentence && (usual || r.read() == nil && len(r.fields) == len(names))
	isCSV = isCSV || slices.Contains([]string{".csv", ".tsv"}, path.Ext(strings.TrimSuffix(s.rec.File, ".gz")))
	switch {
	case len(names) == 1 && strings.HasPrefix(text, `"`) && pick(names) == "":
		return errors.New("looks like CSV of one column without a header: use -header Body -csv Body")
	case isCSV && err == nil:
		return fmt.Errorf("looks like CSV with the columns %q: use %s", names, flag(CSV, names))
	case isCSV && names != nil:
		return fmt.Errorf("looks like CSV: %w", err)
	}
	return errors.New("looks like lines: use -lines if each line is one message and nothing else")
}

var plainName = regexp.MustCompile(`^[\w.-]+$`)

// flag returns the flag that reads a format with these fields.
func flag(f Format, names []string) string {
	name := pick(names)
	if name == "" {
		return fmt.Sprintf("-%s and the name of the one with the messages", f)
	}
	var flags []string
	for _, choice := range choices(name) {
		if !plainName.MatchString(choice) {
			choice = quote.Quote(choice)
		}
		flags = append(flags, fmt.Sprintf("-%s %s", f, choice))
	}
	return strings.Join(flags, " or ")
}

// choices returns the paths with [] after one of the arrays that a path passes.
func choices(path string) (paths []string) {
	parts := strings.Split(path, "[]")
	if len(parts) < 3 {
		return []string{strings.Join(parts, "")}
	}
	for i := range parts[1:] {
		paths = append(paths, strings.Join(parts[:i+1], "")+"[]"+strings.Join(parts[i+1:], ""))
	}
	return paths
}

// usualNames are the usual names of the messages' field, the likeliest first, without
// the signs between words.
var usualNames = []string{"BODY", "MESSAGE", "TEXT", "CONTENT", "MESSAGEBODY", "MESSAGETEXT", "SMSTEXT", "MSG", "SMS",
	"NACHRICHT", "MENSAJE", "MENSAGEM", "MESSAGGIO", "TEXTO", "CONTENU", "BERICHT"}

// pick returns the one of names that is the likeliest for the messages, or "".
func pick(names []string) string {
	for _, u := range usualNames {
		for _, name := range names {
			last := strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "[]")
			if strings.NewReplacer(" ", "", "_", "", "-", "").Replace(optout.Normalize(last)) == u {
				return name
			}
		}
	}
	return ""
}

// fieldNames returns the paths of the fields in a sample of JSON, with [] after
// each array, and nothing for other samples.
func fieldNames(sample string) (paths []string) {
	top := newShape()
	for d := json.NewDecoder(strings.NewReader(sample)); top.read(d, 0) == nil; {
	}
	top.array = false
	top.walk("", func(path string) {
		if path = strings.TrimPrefix(path, "."); path != "" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	})
	slices.SortStableFunc(paths, func(a, b string) int { return strings.Count(b, "*") - strings.Count(a, "*") })
	return paths
}

// A shape is what values of JSON have in common.
type shape struct {
	array, scalar bool
	keys          []string // of an object, in their order
	fields        map[string]*shape
}

func newShape() *shape { return &shape{fields: make(map[string]*shape)} }

// read adds the next value of a decoder to the shape. It is in so many arrays and
// objects.
func (s *shape) read(d *json.Decoder, depth int) error {
	if depth > maxDepth {
		return errTooLong
	}
	token, err := d.Token()
	delim, ok := token.(json.Delim)
	if err != nil || !ok {
		s.scalar = s.scalar || err == nil
		return err
	}
	s.array = s.array || delim == '['
	for inner := s; err == nil && d.More(); {
		if delim == '{' {
			if token, err = d.Token(); err != nil {
				return err
			}
			key := token.(string)
			if inner = s.fields[key]; inner == nil {
				inner = newShape()
				s.keys, s.fields[key] = append(s.keys, key), inner
			}
		}
		err = inner.read(d, depth+1)
	}
	if err == nil {
		_, err = d.Token() // the closing bracket
	}
	return err
}

// walk calls add with the path of each scalar, with [] after each array. If the
// values of an object are objects that have a field in common, its keys are
// identifiers, and become *.
func (s *shape) walk(path string, add func(string)) {
	if s.array {
		path += "[]"
	}
	if s.scalar {
		add(path)
	}
	objects, most, count := 0, 0, make(map[string]int)
	for _, f := range s.fields {
		if len(f.keys) > 0 || f.array || f.scalar { // and not cut off
			objects++
		}
		for _, key := range f.keys {
			count[key]++
			most = max(most, count[key])
		}
	}
	for _, key := range s.keys {
		name := key
		if most > 1 && most == objects {
			name = "*"
		}
		s.fields[key].walk(path+"."+name, add)
	}
}

package messages

import (
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

// foreign are formats that this package does not read, with an expression for
// their beginning.
var foreign = [][2]string{
	{"PDF", `^%PDF-`},
	{"HTML", `(?i)^<(!doctype html|html)\b`},
	{"XML", `^<[?!\w]`},
	{"SQL", `^(--|/\*|(?i:INSERT INTO|CREATE TABLE)\b|(CREATE|COPY|BEGIN|SET|DROP|PRAGMA|USE)\b)`},
	{"YAML", `^(---|(- )?\w+:)(\s|$)`},
	{"logfmt", `^\w+=("[^"]*"|\S*) \w+=`},
	{"lines with a date before the message", `^\x{200e}?\[?\d+[-/.]\d+[-/.]\d+`},
}

var (
	jsonLine  = regexp.MustCompile(`(?m)^[ \t]*[{\[]`)
	textArray = regexp.MustCompile(`^\[\s*"`)
)

// looks says what a sample looks like, and the flag to add, or if the log has a
// format, to use.
func (s *scan) looks(sample string) error {
	text, add := strings.TrimSpace(sample), "add"
	if s.Format != "" {
		add = "use"
	}
	if fields := fieldNames(text); len(fields) > 0 {
		return fmt.Errorf("looks like JSON with the fields %s: %s %s", list(fields), add, flag(JSON, fields))
	}
	if textArray.MatchString(text) {
		return fmt.Errorf("looks like a JSON array of texts: %s -json '[]'", add)
	}
	for _, f := range foreign {
		if regexp.MustCompile(f[1]).MatchString(text) {
			return fmt.Errorf("looks like %s, which has to be converted first", f[0])
		}
	}
	r, names, _, err := new(Log).header(&window{r: strings.NewReader(sample)})
	switch isCSV := slices.Contains([]string{".csv", ".tsv"}, path.Ext(strings.TrimSuffix(s.rec.File, ".gz"))) || r.fits(names); {
	case len(names) == 1 && strings.HasPrefix(text, `"`) && pick(names) == "":
		return fmt.Errorf("looks like CSV of one column without a header: %s -header Body -csv Body", add)
	case isCSV && err == nil:
		return fmt.Errorf("looks like CSV with the columns %s: %s %s", list(names), add, flag(CSV, names))
	case isCSV && names != nil:
		return fmt.Errorf("looks like CSV: %w", err)
	case s.Format == "":
		return errors.New("looks like lines: add -lines if each line is one message and nothing else")
	}
	return errors.New("does not look like JSON: use -lines if each line is one message and nothing else")
}

// fits reports whether a sample with these names in its header is CSV: there are
// several, and one is usual or a datum, or the next records have as many fields,
// which sentences do not have.
func (r *csvReader) fits(names []string) bool {
	if len(names) < 2 || slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, " ") }) {
		return false
	}
	n, err := 0, r.read()
	for ; err == nil && len(r.fields) == len(names); err = r.read() {
		n++
	}
	return n > 0 && err == io.EOF || pick(names) != "" || slices.ContainsFunc(names, datum.MatchString)
}

var plainName = regexp.MustCompile(`^[\w.-]+$`)

// flag returns the flag that reads a format with these fields.
func flag(f Format, names []string) string {
	name := pick(names)
	var flags []string
	for _, n := range names { // a path with several arrays is there several times
		if strings.ReplaceAll(n, "[]", "") == strings.ReplaceAll(name, "[]", "") {
			if !plainName.MatchString(n) {
				n = quote.Quote(n)
			}
			flags = append(flags, fmt.Sprintf("-%s %s", f, n))
		}
	}
	if flags == nil {
		return fmt.Sprintf("-%s and the name of the one with the messages", f)
	}
	return strings.Join(flags, " or ")
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

// fieldNames returns the paths of the fields in a sample of JSON, and nothing for
// other samples. A path that passes several arrays occurs once for each of them,
// with [] after that array.
func fieldNames(sample string) (paths []string) {
	top := new(shape)
	j := &jsonScan{scan: &scan{Log: new(Log)}, window: &window{r: strings.NewReader(sample)}, shape: top}
	j.try(func() {
		for j.space() != 0 {
			j.value(nil)
		}
	})
	top.array = false
	top.walk("", func(path string) {
		parts := strings.Split(strings.TrimPrefix(path, "."), "[]")
		for i := 1; i < max(2, len(parts)); i++ {
			path := strings.Join(parts, "")
			if len(parts) > 2 {
				path = strings.Join(parts[:i], "") + "[]" + strings.Join(parts[i:], "")
			}
			if path != "" && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	})
	return paths
}

// A shape is what values of JSON have in common.
type shape struct {
	key           string
	array, scalar bool
	fields        []*shape
}

func (s *shape) field(key string) *shape {
	for _, f := range s.fields {
		if f.key == key {
			return f
		}
	}
	s.fields = append(s.fields, &shape{key: key})
	return s.fields[len(s.fields)-1]
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
		if f.fields != nil || f.array || f.scalar { // and not cut off
			objects++
		}
		for _, inner := range f.fields {
			count[inner.key]++
			most = max(most, count[inner.key])
		}
	}
	for _, f := range s.fields {
		key := f.key
		if most > 1 && most == objects {
			key = "*"
		}
		f.walk(path+"."+key, add)
	}
}

package messages

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/internal/quote"
)

// check returns an error if the log that begins with sample has another format
// than it is to be read in.
func (l *Log) check(name string, b *bufio.Reader) error {
	// What may be JSON is looked at until that is clear.
	sample := peek(b, func(sample []byte) bool {
		text := bytes.TrimSpace(sample)
		return len(text) > 0 && text[0] != '{' && text[0] != '[' || fieldNames(sample) != nil || !json.Valid(text) && !cutOff(text)
	})
	text := bytes.TrimSpace(sample)
	if l.Sure || len(text) == 0 {
		return nil
	}
	ext := strings.ToLower(path.Ext(strings.TrimSuffix(name, ".gz")))
	var fields, columns []string
	if text[0] == '{' || text[0] == '[' {
		fields = fieldNames(sample)
	} else {
		columns = l.columns(sample)
	}
	plain := l.Format == Lines
	switch {
	case l.Format != JSON && fields != nil, plain && slices.Contains([]string{".json", ".jsonl", ".ndjson"}, ext):
		return l.refuse(JSON, "fields", fields)
	case plain && columns == nil && (ext == ".csv" || ext == ".tsv"):
		h, _ := l.header(sample)
		return l.refuse(CSV, "columns", h.names)
	case plain && inQuotes(text):
		return errors.New("each line is in quotes, as in CSV without a header: add a line with a name such as Body before them and -csv Body, or -lines if the quotes belong to the messages")
	case l.Format != CSV && columns != nil:
		return l.refuse(CSV, "columns", columns)
	case l.Format == JSON && text[0] != '{' && text[0] != '[':
		return errors.New("this is no JSON: leave out -json if each line is a message")
	}
	return nil
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

// refuse says that a log has another format, and which flag reads it.
func (l *Log) refuse(f Format, what string, names []string) error {
	advice := fmt.Sprintf("-%s and the name of the one with the messages", f)
	if name := pick(names); name != "" {
		if strings.ContainsFunc(name, func(r rune) bool {
			return !strings.ContainsRune("._-", r) && (r < '0' || r > '9' && r < 'A' || r > 'z')
		}) {
			name = quote.Quote(name)
		}
		advice = fmt.Sprintf("-%s %s", f, name)
	}
	if l.Format != Lines {
		return fmt.Errorf("this is %s, with the %s %s: use %s", strings.ToUpper(string(f)), what, list(names), advice)
	}
	return fmt.Errorf("this is %s, with the %s %s: add %s, or -lines if each line is a message", strings.ToUpper(string(f)), what, list(names), advice)
}

// usual are what the messages' field is called, the likeliest first, without
// what is between words.
var usual = []string{"BODY", "MESSAGE", "TEXT", "CONTENT", "MESSAGEBODY", "MESSAGETEXT", "SMSTEXT", "MSG", "SMS",
	"NACHRICHT", "MENSAJE", "MENSAGEM", "MESSAGGIO", "TEXTO", "CONTENU", "BERICHT"}

// pick returns the one of names that the messages' field has most likely, or "".
func pick(names []string) string {
	for _, u := range usual {
		for _, name := range names {
			last := name[strings.LastIndexByte(name, '.')+1:]
			if strings.NewReplacer(" ", "", "_", "", "-", "").Replace(optout.Normalize(last)) == u {
				return name
			}
		}
	}
	return ""
}

// columns returns the names in the header of a sample that is CSV, and nil for
// others. It is CSV if there are several columns, and one has a usual name or
// the next records have as many fields, as no sentences do.
func (l *Log) columns(sample []byte) []string {
	h, err := l.header(sample)
	if err != nil || len(h.names) < 2 || slices.ContainsFunc(h.names, func(name string) bool { return strings.TrimLeft(name, " ") != name }) {
		return nil
	}
	if pick(h.names) != "" {
		return h.names
	}
	r := csv.NewReader(bytes.NewReader(sample[h.size:]))
	r.Comma = h.comma
	for n := range 10 {
		if _, err := r.Read(); err != nil && (n < 2 || errors.Is(err, csv.ErrFieldCount)) {
			return nil
		}
	}
	return h.names
}

// fieldNames returns the paths of the fields in a sample of JSON.
func fieldNames(sample []byte) (names []string) {
	d := json.NewDecoder(bytes.NewReader(sample))
	var value func(path string) error
	value = func(path string) error {
		token, err := d.Token()
		switch {
		case err != nil:
			return err
		case token == json.Delim('['):
			for d.More() && err == nil {
				err = value(path)
			}
		case token == json.Delim('{'):
			for d.More() && err == nil {
				var key any
				if key, err = d.Token(); err == nil {
					err = value(join(path, fmt.Sprint(key)))
				}
			}
		default:
			if path != "" && !slices.Contains(names, path) {
				names = append(names, path)
			}
			return nil
		}
		if err == nil {
			_, err = d.Token()
		}
		return err
	}
	for value("") == nil {
	}
	return names
}

// cutOff reports whether text could go on as JSON.
func cutOff(text []byte) bool {
	err := json.NewDecoder(bytes.NewReader(text)).Decode(new(json.RawMessage))
	return err == io.EOF || err == io.ErrUnexpectedEOF
}

func join(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }

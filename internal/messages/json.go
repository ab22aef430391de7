package messages

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/optout/internal/quote"
)

// An object is one of JSON, by its keys; some may be paths.
type object map[string]json.RawMessage

// A jsonScan is the reading of a log of JSON.
type jsonScan struct {
	*scan
	feed feed
	dec  *json.Decoder
	open int    // arrays of the top level
	seen []bool // of each field, whether a record has it
}

// json reads a log of JSON. If that has an object on each line, a broken line is
// one record, and reading goes on behind it.
func (s *scan) json(b *bufio.Reader) error {
	sample := peek(b)
	names := fieldNames(sample)
	j := &jsonScan{scan: s, feed: feed{r: b}, seen: make([]bool, len(s.fields))}
	var err error
	if first, _, _ := bytes.Cut(bytes.TrimSpace(sample), []byte("\n")); len(first) > 0 && first[0] == '{' && json.Valid(first) {
		err = j.lines()
	} else {
		j.dec = json.NewDecoder(&j.feed)
		for err == nil {
			err = j.value()
		}
	}
	wide := errors.Is(err, errTooLong) && !j.seen[0] // perhaps for want of the path of an array
	if err != nil && err != io.EOF && !wide {
		return err
	}
	for i, field := range s.fields {
		if field != "" && (s.rec.Number > 0 || wide) && !j.seen[i] {
			return fmt.Errorf("%s: no record has field %s: take one of %s", s.rec.File, quote.Quote(field), list(names))
		}
	}
	return nil
}

// lines reads a value a line.
func (j *jsonScan) lines() error {
	for {
		line, err := j.feed.whole()
		if err == errTooLong {
			if err := j.broken(j.feed.line, err); err != nil {
				return err
			}
			continue
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			var o object
			if err := json.Unmarshal(line, &o); err != nil {
				if err := j.broken(j.feed.line, jsonError(err)); err != nil {
					return err
				}
			} else if err := j.record(j.feed.line, "", o, nil); err != nil {
				return err
			}
		}
		if err != nil {
			return j.end(err)
		}
	}
}

// value reads a value of the top level, or what is left of an array there.
func (j *jsonScan) value() error {
	token, err := j.token()
	switch {
	case err == io.EOF && j.open == 0:
		return err
	case err != nil:
		return j.end(err)
	case token == json.Delim('[') && j.open < 100: // its elements are read like values of the top level
		j.open++
		return nil
	case token == json.Delim('['):
		return j.end(errors.New("arrays stand more than 100 deep in one another"))
	case token == json.Delim(']'):
		j.open--
		return nil
	case token != json.Delim('{'):
		return j.broken(j.feed.line, errors.New("no object: want one, with the message in a field"))
	}
	line, number, outer := j.feed.line, j.rec.Number, make(object)
	if err := j.walk("", outer); err != nil {
		return err
	}
	if j.rec.Number > number {
		return nil
	}
	return j.record(line, "", outer, nil)
}

// walk reads what is left of the object at path, and adds its values to outer,
// by their paths. In an array on the way to the messages' field it takes each
// element for a record.
func (j *jsonScan) walk(path string, outer object) error {
	for j.dec.More() {
		key, err := j.token()
		if err != nil {
			return j.end(err)
		}
		name := join(path, fmt.Sprint(key))
		if !strings.HasPrefix(j.Field, name+".") {
			var raw json.RawMessage
			if err := j.decode(&raw); err != nil {
				return j.end(err)
			}
			outer[name] = raw
			continue
		}
		token, err := j.token()
		switch {
		case err != nil:
		case token == json.Delim('{'):
			if err := j.walk(name, outer); err != nil {
				return err
			}
		case token == json.Delim('['):
			for j.dec.More() {
				var raw json.RawMessage
				if err := j.decode(&raw); err != nil {
					return j.end(err)
				}
				line, element := j.feed.line-bytes.Count(raw, []byte("\n")), object(nil)
				err := json.Unmarshal(raw, &element)
				if err != nil {
					err = j.broken(line, jsonError(err))
				} else {
					err = j.record(line, name, element, outer)
				}
				if err != nil {
					return err
				}
			}
			_, err = j.token()
		}
		if err != nil {
			return j.end(err)
		}
	}
	if _, err := j.token(); err != nil {
		return j.end(err)
	}
	return nil
}

func (j *jsonScan) token() (json.Token, error) {
	j.feed.size = 0
	return j.dec.Token()
}

func (j *jsonScan) decode(v any) error {
	j.feed.size = 0
	return j.dec.Decode(v)
}

// end says why and where reading ends.
func (j *jsonScan) end(err error) error {
	if err == io.EOF && j.dec == nil {
		return err
	}
	return j.at(j.feed.line, fmt.Errorf("%w; nothing is decided from here on", jsonError(err)))
}

func jsonError(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("%s where an object should be, with the message in a field", wrong.Value)
	case err == io.EOF || err == io.ErrUnexpectedEOF || errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return errors.New("JSON ends too early: perhaps the file was cut off, fetch it again")
	}
	return err
}

// record hands on the object at path, or of an array on the way to the
// messages' field each element. Fields that are not below path are in outer.
func (j *jsonScan) record(line int, path string, o, outer object) error {
	below := func(field string) (string, object) {
		if rest, ok := strings.CutPrefix(field, path+"."); ok || path == "" {
			return rest, o
		}
		return field, outer
	}
	rest, _ := below(j.Field)
	if at, array := o.array(rest); array != nil {
		var elements []object
		if err := json.Unmarshal(array, &elements); err != nil {
			return j.broken(line, jsonError(err))
		}
		for _, element := range elements {
			if err := j.record(line, join(path, at), element, o); err != nil {
				return err
			}
		}
		return nil
	}
	for i, field := range j.fields {
		j.values[i] = value{}
		if field == "" {
			continue
		}
		rest, o := below(field)
		raw := o.get(rest)
		j.seen[i] = j.seen[i] || raw != nil
		switch {
		case raw == nil || string(raw) == "null":
			continue
		case raw[0] == '"':
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return j.broken(line, err)
			}
			j.values[i] = value{text, true}
		case i == 0 && (raw[0] == '{' || raw[0] == '[' || raw[0] == 't' || raw[0] == 'f'):
			return j.broken(line, fmt.Errorf("field %s is no text: want the path of one, with points between the names", quote.Quote(field)))
		default:
			j.values[i] = value{string(raw), true}
		}
	}
	return j.message(line)
}

// get returns the value at path, or nil.
func (o object) get(path string) json.RawMessage {
	if raw, ok := o[path]; ok {
		return raw
	}
	for at, c := range path {
		if c != '.' || o[path[:at]] == nil {
			continue
		}
		var inner object
		if json.Unmarshal(o[path[:at]], &inner) == nil {
			return inner.get(path[at+1:])
		}
	}
	return nil
}

// array returns the first array on the way along path, and where it is.
func (o object) array(path string) (string, json.RawMessage) {
	for at, c := range path {
		if c != '.' {
			continue
		}
		if raw := o.get(path[:at]); len(raw) > 0 && raw[0] == '[' {
			return path[:at], raw
		}
	}
	return "", nil
}

// A feed gives a json.Decoder one line at a time, so that the decoder is in the
// line that it has got last.
type feed struct {
	r    *bufio.Reader
	size int // bytes that were read for a value
	line int
	rest []byte // of the line
	more bool   // the line goes on behind the rest
}

func (f *feed) Read(p []byte) (int, error) {
	if f.size > maxRecord {
		return 0, errTooLong
	}
	if len(f.rest) == 0 {
		line, err := f.r.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err
		}
		if !f.more {
			f.line++
		}
		f.rest, f.more = line, line[len(line)-1] != '\n'
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	f.size += n
	return n, nil
}

// whole returns the next line, which is valid until the next call.
func (f *feed) whole() ([]byte, error) {
	f.line++
	line, err := f.r.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return line, err
	}
	long := bytes.Clone(line)
	for err == bufio.ErrBufferFull {
		if line, err = f.r.ReadSlice('\n'); len(long) <= maxRecord {
			long = append(long, line...)
		}
	}
	if len(long) > maxRecord && (err == nil || err == io.EOF) {
		return nil, errTooLong
	}
	return long, err
}

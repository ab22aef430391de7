// Package keywordfile reads a table of keywords from JSON, strictly: it returns
// all rows, or an error that names the lines with mistakes.
//
// A table is an array of rows, or a sequence of rows:
//
//	[
//	  {"text": "STOP", "class": "opt-out", "action": "drop"},
//	  {"text": "AIDE", "class": "help", "action": "forward"}
//	]
//
// With [encoding/json] alone, a row without an action would forward, the last of
// two actions would count, and bytes of another encoding would become U+FFFD.
package keywordfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"example.com/optout"
	"example.com/optout/internal/quote"
)

// An Error reports one mistake in a table.
type Error struct {
	// File is the name of the file, "" if it has none.
	File string

	// Line is counted from 1. If the mistake is in a row, it is the row's
	// first line.
	Line int

	// Row is counted from 0, as in [optout.KeywordError]. It is -1 if the
	// mistake is not in a row.
	Row int

	// Text is the row's text, "" if it could not be read.
	Text string

	// Reason says what is wrong, and what would be right.
	Reason string
}

// Error begins with the file and the line:
//
//	k.json:3: keyword 2 ("Stop"): no action: want forward, drop or intercept
func (e Error) Error() string {
	at := fmt.Sprintf("keywordfile: line %d: ", e.Line)
	if e.File != "" {
		at = fmt.Sprintf("%s:%d: ", e.File, e.Line)
	}
	if e.Row >= 0 {
		at += fmt.Sprintf("keyword %d (%s): ", e.Row, quote.Quote(e.Text))
	}
	return at + e.Reason
}

// Read returns the rows of a table, in their order. A row is an object that has
// each of the fields text, class and action once, and no other: text is
// [optout.Keyword.Text], class is opt-out, opt-in or help, and action is forward,
// drop or intercept. The file is UTF-8; a byte order mark is skipped.
//
// For anything else Read returns no rows, and an error that joins one [Error]
// for each mistake, in their order (see [errors.Join]). It also reports the rows
// that [optout.NewPolicy] refuses, such as two with the same key. So [optout.NewPolicy]
// accepts all rows that Read returns, alone or merged with another table (see
// [optout.Merge]). Read stops at the first text that is not JSON.
//
// If r has a method Name, as [os.File] has, errors begin with the name.
func Read(r io.Reader) ([]optout.Keyword, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("keywordfile: %w", err)
	}
	rows, end := readRows(data)
	keywords := make([]optout.Keyword, len(rows))
	for i, row := range rows {
		keywords[i] = row.Keyword
	}
	_, err = optout.NewPolicy(keywords)
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			if e := (optout.KeywordError{}); errors.As(err, &e) && rows[e.Row].hasText {
				rows[e.Row].fail("%s", e.Reason)
			}
		}
	}
	var file string
	if named, ok := r.(interface{ Name() string }); ok {
		file = named.Name()
	}
	var errs []error
	for i, row := range append(rows, end) {
		if i == len(rows) {
			i = -1
		}
		for _, reason := range row.wrong {
			errs = append(errs, Error{file, row.line, i, row.Text, reason})
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return keywords, err
}

// A row has the fields that could be read, and the mistakes.
type row struct {
	optout.Keyword
	hasText bool
	line    int
	wrong   []string
}

func (r *row) fail(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// readRows reads the rows, good and bad. The mistakes after them are in end.
func readRows(data []byte) (rows []row, end row) {
	const space = " \t\r\n"
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.TrimRight(data, space) // an error at the end is in the last line of text
	d := json.NewDecoder(bytes.NewReader(data))
	before, closing, want := space, "", "the end of the file"
	if bytes.HasPrefix(bytes.TrimLeft(data, space), []byte("[")) {
		d.Token()
		before, closing, want = space+",", "]", `"]" and the end of the file`
	}
	at := 0
	for end.line = 1; ; {
		more := d.More()
		next := len(data) - len(bytes.TrimLeft(data[d.InputOffset():], before))
		end.line += bytes.Count(data[at:next], []byte("\n"))
		at = next
		if !more || at == len(data) {
			break
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			end.fail("not JSON in UTF-8; rows after this are not checked: %v", err)
			return rows, end
		}
		rows = append(rows, readRow(value, end.line))
	}
	if string(data[at:]) != closing {
		end.fail("want another row, or %s", want)
	} else if rows == nil {
		end.fail(`no keywords: want rows such as {"text":"STOP","class":"opt-out","action":"drop"}`)
	}
	return rows, end
}

// wants describes the value of each field.
var wants = map[string]string{
	"text":   "the whole message, in quotes",
	"class":  "opt-out, opt-in or help",
	"action": "forward, drop or intercept",
}

// readRow reads a row from a value that is known to be JSON.
func readRow(value []byte, line int) row {
	r := row{line: line}
	r.Class = optout.ClassOptOut // so that NewPolicy checks the text even if the class is bad
	valid := utf8.Valid(value)
	if !valid {
		r.fail("not UTF-8: save the file as UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(value))
	if open, _ := d.Token(); open != json.Delim('{') {
		r.fail("not an object: want one with text, class and action")
		return r
	}
	times := make(map[string]int)
	for d.More() {
		token, _ := d.Token()
		name := token.(string)
		times[name]++
		var field any
		d.Decode(&field) // leaves nil for a number beyond float64, such as 1e999
		text, ok := field.(string)
		known := ok
		switch name {
		case "text":
			r.Text, r.hasText = text, ok && valid
		case "class":
			known = r.Class.UnmarshalText([]byte(text)) == nil
		case "action":
			known = r.Action.UnmarshalText([]byte(text)) == nil
		default:
			r.fail("unknown field %s: want text, class and action", quote.Quote(name))
			continue
		}
		if !ok {
			r.fail("%s is not a string: want %s", name, wants[name])
		} else if !known {
			r.fail("unknown %s %s: want %s", name, quote.Quote(text), wants[name])
		}
	}
	for _, name := range []string{"text", "class", "action"} {
		if times[name] == 0 {
			r.fail("no %s: want %s", name, wants[name])
		} else if times[name] > 1 {
			r.fail("%s occurs %d times: want it once", name, times[name])
		}
	}
	return r
}

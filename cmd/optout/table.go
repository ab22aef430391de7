package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/optout"
)

// readTable reads a policy from a file of keywords in JSON: one array, or one
// object after the other.
func readTable(file string) (optout.Policy, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return optout.Policy{}, err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	rows, at, err := parseTable(data)
	if err != nil {
		line := 1 + bytes.Count(data[:at], []byte("\n"))
		return optout.Policy{}, fmt.Errorf("%s:%d: keyword %d: %s", file, line, len(rows), reason(err))
	}
	policy, err := optout.NewPolicy(rows)
	if err != nil {
		return optout.Policy{}, fmt.Errorf("%s: %s", file, reason(err))
	}
	return policy, nil
}

// reason returns the text of an error without the name of the package, which is
// also the command's.
func reason(err error) string { return strings.TrimPrefix(err.Error(), "optout: ") }

// parseTable returns the rows of a table, or those before an error and the
// offset of the row that has it.
func parseTable(data []byte) (rows []optout.Keyword, at int, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	array := bytes.HasPrefix(bytes.TrimSpace(data), []byte("["))
	if array {
		d.Token()
	}
	for d.More() {
		// What comes before a row is no part of it.
		at = int(d.InputOffset())
		at = len(data) - len(bytes.TrimLeft(data[at:], " \t\r\n,"))
		// Pointers, as a row that has no action must not mean forward.
		var row struct {
			Text   *string        `json:"text"`
			Class  *optout.Class  `json:"class"`
			Action *optout.Action `json:"action"`
		}
		if err := d.Decode(&row); err != nil {
			return rows, at, err
		}
		switch {
		case row.Text == nil:
			return rows, at, errors.New(`no "text": add what the message says`)
		case row.Class == nil:
			return rows, at, errors.New(`no "class": add opt-out, opt-in or help`)
		case row.Action == nil:
			return rows, at, errors.New(`no "action": add forward, drop or intercept`)
		}
		rows = append(rows, optout.Keyword{Text: *row.Text, Class: *row.Class, Action: *row.Action})
	}
	at = int(d.InputOffset())
	if array {
		if _, err := d.Token(); err != nil {
			return rows, at, errors.New(`array is not closed: add "]"`)
		}
	}
	if _, err := d.Token(); err != io.EOF {
		return rows, at, errors.New("text behind the table: remove it")
	}
	return rows, at, nil
}

// Command vectors writes the golden vectors, testdata/vectors.jsonl, to
// standard output:
//
//	go run ./internal/vectors >testdata/vectors.jsonl
//
// It multiplies spellings with keywords and nothing else. What is expected of
// them stands in these files as literals, or as a rule that the group states,
// written from the sources that testdata/README.md names. The package under
// test is not imported: its answers are no expectations.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

func main() {
	log.SetFlags(0)
	if err := write(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// write writes all vectors, a line each.
func write(w io.Writer) error {
	all = nil
	for _, group := range []func(){
		truthTable, letterCase, history, nearMisses, wholeMessage, inside,
		whiteSpace, invisible, fullwidth, mathematical, enclosed, letters,
		accents, carriers, markOrder, marks, lookAlikes,
		punctuation, compatibility, emoji, typedSigns, trimMarks,
		folding, hangul, scripts, tables, lookUp,
		damaged, longText, empty,
	} {
		group()
	}
	var errs []error
	seen := make(map[string]string)
	buf := bufio.NewWriter(w)
	for _, v := range all {
		input := fmt.Sprintf("%+q %q %v %v", v.raw, v.Table, v.Flags, v.IgnorePunctuation)
		if reason, ok := seen[input]; ok {
			errs = append(errs, fmt.Errorf("vectors: %s: two vectors decide %s: %q and %q", v.Group, input, reason, v.Reason))
		}
		seen[input] = string(v.Reason)
		enc := json.NewEncoder(buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return errors.Join(append(errs, buf.Flush())...)
}

// A text is a string whose JSON is printable ASCII.
type text string

// MarshalJSON escapes all but printable ASCII by \u and four lower-case digits.
func (t text) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('"')
	for _, r := range string(t) {
		switch {
		case r == '"' || r == '\\':
			fmt.Fprintf(&b, `\%c`, r)
		case ' ' <= r && r <= '~':
			b.WriteByte(byte(r))
		case r > 0xffff:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.Bytes(), nil
}

// A vector is one line. Its fields are in the order of testdata/README.md.
type vector struct {
	Group             string   `json:"group"`
	Message           *text    `json:"message,omitempty"`
	Base64            string   `json:"message_base64,omitempty"`
	Table             []row    `json:"table,omitempty"`
	Flags             flags    `json:"flags"`
	IgnorePunctuation bool     `json:"ignore_punctuation"`
	Key               text     `json:"key"`
	Decision          decision `json:"decision"`
	Rules             []string `json:"rules"`
	Interpretations   []string `json:"interpretations"`
	Reason            text     `json:"reason"`

	raw string // the message
}

type row struct {
	Text   text   `json:"text"`
	Class  string `json:"class"`
	Action string `json:"action"`
}

type flags struct {
	Respect bool `json:"respect_sms_stop_filter"`
	Filter  bool `json:"sms_stop_filter"`
}

type decision struct {
	Action  string `json:"action"`
	Code    int    `json:"code,omitempty"`
	Class   string `json:"class"`
	Keyword text   `json:"keyword,omitempty"`
}

const (
	forward   = "forward"
	drop      = "drop"
	intercept = "intercept"

	optOut = "opt-out"
	optIn  = "opt-in"
	help   = "help"
)

// settings are the four account settings, in the order of the truth table:
// twice a line where the second flag is not consulted.
var settings = [4]flags{
	{Respect: false, Filter: false},
	{Respect: false, Filter: true},
	{Respect: true, Filter: true},
	{Respect: true, Filter: false},
}

// A word is a row of the built-in table, with its action under each of the
// settings.
type word struct {
	text    string
	class   string
	column  string // of the truth table
	actions [4]string
}

// words is the truth table, cell by cell, for the documented words:
// docs/proxy/opt-out-keywords (2026-06-16), docs/proxy/proxy-changelog
// (2020-09-15, 2020-10-26), support article 223134027.
var words = []word{
	{"STOP", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"REVOKE", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"OPTOUT", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"UNSUBSCRIBE", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"END", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"CANCEL", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"QUIT", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"STOPALL", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"ARRETT", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"ARRET", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"ARRETE", optOut, optOut, [4]string{drop, drop, drop, intercept}},
	{"UNSTOP", optIn, optOut, [4]string{drop, drop, drop, intercept}},
	{"START", optIn, optIn, [4]string{forward, forward, forward, intercept}},
	{"YES", optIn, optIn, [4]string{forward, forward, forward, intercept}},
	{"DEBUT", optIn, optIn, [4]string{forward, forward, forward, intercept}},
	{"HELP", help, help, [4]string{forward, forward, forward, forward}},
	{"INFO", help, help, [4]string{forward, forward, forward, forward}},
}

// is returns the decision on a message that is the built-in word given, under
// the first setting.
func is(text string) decision { return is4(text, 0) }

// is4 returns the decision on a message that is the built-in word given, under
// setting i.
func is4(text string, i int) decision {
	for _, w := range words {
		if w.text == text {
			return decide(w.actions[i], w.class, w.text)
		}
	}
	panic("no word " + text)
}

// decide returns a decision; its code is 80901 exactly if it drops.
func decide(action, class, keyword string) decision {
	d := decision{Action: action, Class: class, Keyword: text(keyword)}
	if action == drop {
		d.Code = 80901
	}
	return d
}

// none is the decision on a message that is no keyword.
var none = decision{Action: forward, Class: "none"}

var all []vector

// A spec is what vectors have in common. Its methods return a changed copy.
type spec struct {
	group   string
	rules   []string
	rests   []string // on these interpretations
	table   []row
	setting int
	ignore  bool
	reason  string
}

func in(group string, rules ...string) spec { return spec{group: group, rules: rules} }

func (s spec) rule(ids ...string) spec {
	s.rules = union(s.rules, ids)
	return s
}

func (s spec) restsOn(names ...string) spec {
	s.rests = union(s.rests, names)
	return s
}

func (s spec) with(rows ...row) spec {
	s.table = rows
	return s.rule("C")
}

// ignoring sets ignore_punctuation.
func (s spec) ignoring() spec {
	s.ignore = true
	s.rules = slices.DeleteFunc(slices.Clone(s.rules), func(id string) bool { return id == "I.off" })
	return s.rule("I.on").restsOn("punctuation")
}

// under chooses one of the settings.
func (s spec) under(i int) spec {
	s.setting = i
	return s
}

// underFor is under for a built-in word: some cells are interpretations.
func (s spec) underFor(w word, i int) spec {
	s.setting = i
	switch {
	case w.column == optIn && i == 2:
		s = s.restsOn("opt-in-forwarded")
	case w.column == optIn && i == 3:
		s = s.restsOn("opt-in-intercepted")
	case w.column == help && i == 3:
		s = s.restsOn("help-not-intercepted")
	}
	return s
}

func (s spec) because(format string, args ...any) spec {
	s.reason = fmt.Sprintf(format, args...)
	return s
}

// add adds a vector: a message, its key, what is decided.
func (s spec) add(message, key string, d decision) {
	keywords := make([]string, 0, len(words)+len(s.table))
	for _, w := range words {
		keywords = append(keywords, w.text)
	}
	for _, r := range s.table {
		keywords = append(keywords, string(r.Text))
		// A row's own punctuation is matched exactly.
		s = s.restsOn(slices.DeleteFunc(touched(string(r.Text), nil), func(name string) bool { return name == "punctuation" })...)
	}
	v := vector{
		Group:             s.group,
		Table:             s.table,
		Flags:             settings[s.setting],
		IgnorePunctuation: s.ignore,
		Key:               text(key),
		Decision:          d,
		Rules:             s.rules,
		Interpretations:   append([]string{}, union(s.rests, touched(message, keywords))...),
		Reason:            text(s.reason),
		raw:               message,
	}
	if utf8.ValidString(message) {
		m := text(message)
		v.Message = &m
	} else {
		v.Base64 = base64.StdEncoding.EncodeToString([]byte(message))
	}
	all = append(all, v)
}

// both adds a vector for either setting of ignore_punctuation.
func (s spec) both(message, key string, off, on decision) {
	s.add(message, key, off)
	s.ignoring().add(message, key, on)
}

func union(a, b []string) []string {
	a = slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// upper is the key of a text in printable ASCII without two spaces in a row and
// without one at an end: that text with its letters in upper case.
func upper(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			panic("not printable ASCII: " + s)
		}
	}
	if strings.Join(strings.Fields(s), " ") != s {
		panic("white space: " + s)
	}
	return strings.ToUpper(s)
}

// respell replaces the letters of an ASCII word by those of an alphabet that
// starts at the two code points, but for the exceptions.
func respell(word string, capital, small rune, exceptions map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if e, ok := exceptions[r]; ok {
			return e
		}
		if 'a' <= r && r <= 'z' {
			return small + r - 'a'
		}
		return capital + r - 'A'
	}, word)
}

// between puts s between the letters of a word.
func between(word, s string) string { return strings.Join(strings.Split(word, ""), s) }

// behind puts s behind each letter of a word.
func behind(word, s string) string { return between(word, s) + s }

// title is a word with its first letter in upper case.
func title(word string) string { return word[:1] + strings.ToLower(word[1:]) }

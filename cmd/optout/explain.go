package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"

	"example.com/optout"
	"example.com/optout/regime"
)

// explanation prints how the message of -explain is decided, and why: four tables or,
// in JSON, an object with the fields of the first one and the rows of the others.
func (o *options) explanation(w io.Writer) {
	message := o.explain
	k, _ := o.policy.Match(message)
	miss := newNearer(o.policy).finder.Find(message)
	text := &table{columns: columns("", "message", "key", "keyword", "near_keyword", "near")}
	text.rows = [][]string{{message, optout.Normalize(message), k.Text, miss.Keyword, string(miss.Kind)}}

	decisions := &table{columns: columns("", "flags", "action", "code", "class", "keyword")}
	for i := range 8 {
		flags, policy := optout.Flags{}, o.policy
		policy.IgnorePunctuation, flags.RespectSMSStopFilter, flags.SMSStopFilter = i&4 != 0, i&2 != 0, i&1 != 0
		var names []string
		for bit, name := range []string{"-sms-stop-filter", "-respect-sms-stop-filter", "-ignore-punctuation"} {
			if i&(1<<bit) != 0 {
				names = append(names, name)
			}
		}
		d := decided{Decision: policy.Decide(message, flags)}
		decisions.rows = append(decisions.rows, append([]string{strings.Join(names, " ")}, d.decision()...))
	}

	judgments := &table{columns: columns("", "regime", "class", "certainty", "keyword", "source")}
	judges := regime.All()
	if o.compare != nil {
		judges = o.compare.regimes
	}
	for _, r := range judges {
		v, source := r.Judge(message), r.Sources()[0]
		for _, row := range r.Rows() {
			documented := v.Certainty != regime.Documented || row.Evidence == regime.EvidenceDocumented
			if row.Text == v.Keyword && row.Class == v.Class && documented {
				source = row.Source
			}
		}
		judgments.rows = append(judgments.rows, []string{r.ID, v.Class.String(), v.Certainty.String(), v.Keyword, source.Page})
	}

	tables, names := []*table{changes(message), decisions, judgments}, []string{"changes", "decisions", "regimes"}
	if o.format == jsonlFormat {
		all := object(text.columns, text.rows[0])
		for i, t := range tables {
			rows := []any{}
			for _, row := range t.rows {
				rows = append(rows, object(t.columns, row))
			}
			all[names[i]] = rows
		}
		newJSON(w).Encode(all)
		return
	}
	text.print(newOutput(textFormat, w))
	for _, t := range tables {
		fmt.Fprintln(w)
		t.print(newOutput(textFormat, w))
	}
}

// changes returns the characters that Normalize changes. To find out what one of
// them becomes, it compares the keys of the texts before it and up to it. These
// texts begin at the last ASCII letter or sign, which nothing before it changes.
func changes(message string) *table {
	t := &table{columns: columns("", "character", "name", "becomes")}
	from, seen := 0, make(map[string]bool)
	for i, r := range message {
		_, size := utf8.DecodeRuneInString(message[i:])
		if ' ' < r && r < utf8.RuneSelf {
			from = i
		}
		before, after := optout.Normalize(message[from:i]+"|"), optout.Normalize(message[from:i+size]+"|")
		became := strings.TrimSuffix(after, "|")
		for _, r := range strings.TrimSuffix(before, "|") {
			rest, ok := strings.CutPrefix(became, string(r))
			if !ok {
				break // marks that change places
			}
			became = rest
		}
		if optout.Normalize(message[i:]) == "" { // white space at the end
			became = ""
		}
		if became == message[i:i+size] {
			continue
		}
		row := []string{fmt.Sprintf("%U", r), runenames.Name(r), codePoints(became)}
		if r == utf8.RuneError && size == 1 {
			row[0], row[1] = fmt.Sprintf("%#x", message[i]), "not UTF-8"
		}
		if key := row[0] + row[2]; !seen[key] {
			seen[key], t.rows = true, append(t.rows, row)
		}
	}
	return t
}

// codePoints returns the code points of a text, such as U+0053, or "removed".
func codePoints(s string) string {
	if s == "" {
		return "removed"
	}
	return strings.Trim(fmt.Sprintf("%U", []rune(s)), "[]")
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/runenames"

	"example.com/optout"
	"example.com/optout/regime"
)

// explanation prints how the message of -explain is decided, and why: four tables or,
// in JSON, an object with the fields of the first one and the rows of the others.
func (o *options) explanation(w io.Writer) {
	message := o.explain
	k, _ := o.policy.Match(message)
	nearKeyword, kind := newNearer(o.policy).find(message)
	text := &table{columns: columns("", "message", "key", "keyword", "near_keyword", "near")}
	text.rows = [][]string{{message, optout.Normalize(message), k.Text, nearKeyword, kind}}

	decisions := &table{columns: columns("", "flags", "action", "code", "class", "keyword")}
	policy := o.policy
	for _, ignore := range []string{"", "-ignore-punctuation"} {
		for _, respect := range []string{"", "-respect-sms-stop-filter "} {
			for _, filter := range []string{"", "-sms-stop-filter "} {
				policy.IgnorePunctuation = ignore != ""
				d := decided{Decision: policy.Decide(message, optout.Flags{RespectSMSStopFilter: respect != "", SMSStopFilter: filter != ""})}
				cells := append([]string{strings.TrimSpace(filter + respect + ignore)}, d.decision()...)
				decisions.rows = append(decisions.rows, cells)
			}
		}
	}

	judgments := &table{columns: columns("", "regime", "class", "certainty", "keyword", "source")}
	for _, r := range cmp.Or(o.compare, &comparer{regimes: regime.All()}).regimes {
		v, source := r.Judge(message), r.Sources()[0]
		for _, row := range r.Rows() {
			documented := v.Certainty != regime.Documented || row.Evidence == regime.EvidenceDocumented
			if row.Text == v.Keyword && row.Class == v.Class && documented {
				source = row.Source
			}
		}
		judgments.rows = append(judgments.rows, []string{r.ID, v.Class.String(), v.Certainty.String(), v.Keyword, source.Page})
	}

	tables := []*table{text, changes(message), decisions, judgments}
	if o.format == textFormat {
		for i, t := range tables {
			if i > 0 {
				fmt.Fprintln(w)
			}
			t.print(textFormat, w)
		}
		return
	}
	all := object(text.columns, text.rows[0])
	for i, name := range []string{"changes", "decisions", "regimes"} {
		rows := []any{}
		for _, row := range tables[i+1].rows {
			rows = append(rows, object(tables[i+1].columns, row))
		}
		all[name] = rows
	}
	newJSON(w).Encode(all)
}

// changes returns the characters that Normalize changes. To find out what one of
// them becomes, it compares the keys of the texts before it and up to it. The sign
// after them keeps white space at their end.
func changes(message string) *table {
	t := &table{columns: columns("", "character", "name", "becomes")}
	seen, before, runes := make(map[string]bool), []rune("|"), []rune(message)
	for i, r := range runes {
		after := []rune(optout.Normalize(string(runes[:i+1]) + "|"))
		same := 0 // a mark can change places with those before it
		for same < min(len(before), len(after))-1 && before[same] == after[same] {
			same++
		}
		became := after[same : len(after)-1]
		before = after
		if optout.Normalize(string(runes[i:])) == "" { // white space at the end
			became = nil
		}
		row := []string{fmt.Sprintf("%U", r), runenames.Name(r), codePoints(string(became))}
		if key := row[0] + row[2]; row[0] != row[2] && !seen[key] {
			seen[key], t.rows = true, append(t.rows, row)
		}
	}
	return t
}

// codePoints returns the code points of a text, such as U+0053, or "removed".
func codePoints(s string) string {
	return cmp.Or(strings.Trim(fmt.Sprintf("%U", []rune(s)), "[]"), "removed")
}

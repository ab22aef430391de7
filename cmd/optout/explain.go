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
	k, _ := o.policy.Match(o.explain)
	nearKeyword, kind := newNearer(o.policy).find(o.explain)
	text := &table{columns: columns("", "message", "key", "keyword", "near_keyword", "near")}
	text.rows = [][]string{{o.explain, optout.Normalize(o.explain), k.Text, nearKeyword, kind}}

	decisions := &table{columns: columns("", "flags", "action", "code", "class", "keyword")}
	policy := o.policy
	for _, ignore := range []string{"", " -ignore-punctuation"} {
		for _, flags := range []string{"", "-sms-stop-filter", "-respect-sms-stop-filter", "-sms-stop-filter -respect-sms-stop-filter"} {
			policy.IgnorePunctuation = ignore != ""
			d := decided{Decision: policy.Decide(o.explain, optout.Flags{
				SMSStopFilter: strings.HasPrefix(flags, "-sms"), RespectSMSStopFilter: strings.Contains(flags, "-respect")})}
			decisions.rows = append(decisions.rows, append([]string{strings.TrimSpace(flags + ignore)}, d.decision()...))
		}
	}

	judgments := &table{columns: columns("", "regime", "class", "certainty", "keyword", "source")}
	for _, r := range o.compare.regimes {
		v, source := r.Judge(o.explain), r.Sources()[0]
		for _, row := range r.Rows() {
			documented := v.Certainty != regime.Documented || row.Evidence == regime.EvidenceDocumented
			if row.Text == v.Keyword && row.Class == v.Class && documented {
				source = row.Source
			}
		}
		judgments.rows = append(judgments.rows, []string{r.ID, v.Class.String(), v.Certainty.String(), v.Keyword, source.Page})
	}

	changed := changes(o.explain)
	if o.format == "jsonl" {
		all := object(text.columns, text.rows[0])
		for name, t := range map[string]*table{"changes": changed, "decisions": decisions, "regimes": judgments} {
			objects := make([]any, len(t.rows))
			for i, row := range t.rows {
				objects[i] = object(t.columns, row)
			}
			all[name] = objects
		}
		newJSON(w).Encode(all)
		return
	}
	text.print(o.format, w)
	for _, t := range []*table{changed, decisions, judgments} {
		fmt.Fprintln(w)
		t.print(o.format, w)
	}
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
		code, codes := fmt.Sprintf("%U", r), cmp.Or(strings.Trim(fmt.Sprintf("%U", became), "[]"), "removed")
		if key := code + codes; code != codes && !seen[key] {
			seen[key], t.rows = true, append(t.rows, []string{code, runenames.Name(r), codes})
		}
	}
	return t
}

package main

import (
	"strings"
	"testing"

	"example.com/optout"
	"example.com/optout/regime"

	"github.com/google/go-cmp/cmp"
)

func TestExamine(t *testing.T) {
	const messages = "Stop at the corner please\nARRET\nyes\nopt out\nStop!\nOK\n"
	tests := []struct {
		name, args, stdout, stderr string // stderr is a part of it
	}{
		{
			"compare", "-compare aws,telnyx,fcc", `
place      action     code   class    keyword      aws       telnyx    fcc       message
stdin:1    forward    -      none     -            opt-out   none      opt-out?  "Stop at the corner please"
stdin:2    drop       80901  opt-out  ARRET        opt-out   none      none?     "ARRET"
stdin:3    forward    -      opt-in   YES          none      none      none?     "yes"
stdin:4    forward    -      none     -            none      none      opt-out   "opt out"
stdin:5    forward    -      none     -            opt-out~  opt-out~  opt-out~  "Stop!"
`, `
regime  opt-out there  opt-out here  opt-in there  opt-in here  help there  help here
aws     2              0             0             1            0           0
telnyx  1              1             0             1            0           0
fcc     2 + 1?         0 + 1?        0             0            0           0
`,
		},
		{
			"what follows", "-compare telnyx", `
place      action     code   class    keyword      telnyx    message
stdin:2    drop       80901  opt-out  ARRET        none      "ARRET"
stdin:3    forward    -      opt-in   YES          none      "yes"
stdin:5    forward    -      none     -            opt-out~  "Stop!"
`, `
      1  sender presumably blocked by telnyx, and the other party reads the word as chat
      1  dropped here as opt-out, and nothing is done by telnyx: your app must record the opt-out and answer
      1  forwarded here as opt-in, and nothing is done by telnyx: whom they block stays blocked
`,
		},
		{
			"near", "-near", `
place      action     code   class    keyword      near_keyword  near                   message
stdin:1    forward    -      none     -            STOP          first word             "Stop at the corner please"
stdin:4    forward    -      none     -            OPTOUT        spaces or signs in it  "opt out"
stdin:5    forward    -      none     -            STOP          punctuation around it  "Stop!"
`, `
No keyword, but near to an opt-out word: evidence for a person to look at, not a decision. Most of it is chat.
      1  punctuation around it
`,
		},
		{
			"CSV", "-compare aws -o csv", "\ufeff" + `file,line,record,action,code,class,keyword,aws,message
stdin,1,1,forward,,none,,opt-out,Stop at the corner please
stdin,3,3,forward,,opt-in,YES,none,yes
stdin,5,5,forward,,none,,opt-out~,Stop!
`, "sender blocked by aws",
		},
		{
			"JSON lines", "-compare aws -near -o jsonl", `
{"file":"stdin","line":1,"record":1,"action":"forward","class":"none","examined":{"aws":"opt-out","near":"first word","near_keyword":"STOP"},"message":"Stop at the corner please"}
{"file":"stdin","line":3,"record":3,"action":"forward","class":"opt-in","keyword":"YES","examined":{"aws":"none","near":"","near_keyword":""},"message":"yes"}
{"file":"stdin","line":4,"record":4,"action":"forward","class":"none","examined":{"aws":"none","near":"spaces or signs in it","near_keyword":"OPTOUT"},"message":"opt out"}
{"file":"stdin","line":5,"record":5,"action":"forward","class":"none","examined":{"aws":"opt-out~","near":"punctuation around it","near_keyword":"STOP"},"message":"Stop!"}
`, "sender blocked by aws",
		},
		{
			"the table of a regime", "-regime aws", `
stdin:2    drop       80901  opt-out  ARRET        "ARRET"
`, "1  dropped",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			if status := run(strings.Fields(tt.args), strings.NewReader(messages), &stdout, &stderr); status != 0 {
				t.Errorf("optout %s: exit status %d, standard error %s", tt.args, status, stderr.String())
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.stdout, "\n"), stdout.String()); diff != "" {
				t.Errorf("optout %s: standard output (-want +got):\n%s", tt.args, diff)
			}
			if want := strings.TrimPrefix(tt.stderr, "\n"); !strings.Contains(stderr.String(), want) {
				t.Errorf("optout %s: standard error is %s, want in it %s", tt.args, stderr.String(), want)
			}
		})
	}
}

// TestRegimes holds that each regime can be listed, printed and decided with.
func TestRegimes(t *testing.T) {
	var list strings.Builder
	if status := run([]string{"-regimes"}, nil, &list, &list); status != 0 {
		t.Fatalf("optout -regimes: exit status %d, %s", status, list.String())
	}
	for _, r := range regime.All() {
		if !strings.Contains(list.String(), "\n"+r.ID+" ") {
			t.Errorf("optout -regimes has no %s", r.ID)
		}
		for _, format := range []string{textFormat, csvFormat, jsonlFormat} {
			var table, stderr strings.Builder
			status := run([]string{"-regime", r.ID, "-keywords", "-o", format}, nil, &table, &stderr)
			if status != 0 || stderr.Len() > 0 {
				t.Errorf("optout -regime %s -keywords: exit status %d, %s", r.ID, status, stderr.String())
			}
			for _, row := range r.Rows() {
				if !strings.Contains(table.String(), row.Text) || !strings.Contains(table.String(), row.Source.Page) {
					t.Errorf("optout -regime %s -keywords -o %s lacks %q or its source", r.ID, format, row.Text)
				}
			}
		}
		for _, k := range r.Keywords() {
			var out, stderr strings.Builder
			run([]string{"-regime", r.ID, "-o", "csv"}, strings.NewReader(k.Text), &out, &stderr)
			if want := k.Action.String() + ","; !strings.Contains(out.String(), ",1,"+want) || k.Class == optout.ClassNone {
				t.Errorf("optout -regime %s decides %q as %q, want %s", r.ID, k.Text, out.String(), want)
			}
		}
	}
}

func TestExamineErrors(t *testing.T) {
	tests := []struct{ args, want string }{
		{"-regime nope", `no regime "nope": optout -regimes lists those there are`},
		{"-compare aws,nope", `no regime "nope": optout -regimes lists those there are`},
		{"-regime aws -table x.json", "-table and -regime exclude each other"},
		{"-regimes -near", "-keywords and -regimes read no messages"},
		{"-keywords -compare all", "-keywords and -regimes read no messages"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			var stdout, stderr strings.Builder
			if status := run(strings.Fields(tt.args), strings.NewReader(""), &stdout, &stderr); status != 2 {
				t.Errorf("optout %s: exit status %d, want 2", tt.args, status)
			}
			if !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("optout %s: standard error %q, want in it %q", tt.args, stderr.String(), tt.want)
			}
		})
	}
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"example.com/optout"
	"example.com/optout/regime"
)

const usage = `usage: optout [flags] [file ...]

Optout decides messages as a number-masking relay would, and prints those that
are opt-out, opt-in or help keywords: where each one stands, the action, the
code, the class, the keyword, and the message. It reads the files, or standard
input if there are none or for "-". A summary on standard error ends its work.

What the files are:
                  a message on each line; an empty line is an empty message
  -csv COLUMN     CSV with a header, and the messages in this column; empty lines
                  are left out
  -jsonl FIELD    a JSON object on each line, and the messages in this field of
                  it, which is a string; blank lines are left out

How to decide:
  -respect-sms-stop-filter  the account flag ProxyRespectSmsStopFilterFlag is on
  -sms-stop-filter          SMS STOP Filtering is on; consulted only if the flag
                            above is on
  -ignore-punctuation       "Stop." and "STOP!" are keywords, too
  -table FILE               the keywords: a JSON array, or lines, of objects
                            {"text":"STOP","class":"opt-out","action":"drop"}
  -regime ID                the keywords of another system: aws, telnyx, fcc and
                            others; opt-out words are dropped, others forwarded

What else to find, in place of the keywords:
  -compare IDS    messages about which the table in use and these regimes differ:
                  IDs with commas between, or all. A class behind ~ or ? is
                  presumed or unknown: see the summary
  -near           messages that are no keyword, but near to an opt-out word:
                  evidence for a person to look at, never a decision

A page to look at, beside the usual output:
  -report FILE    an HTML page with the counts, a chart of the keywords, what is
                  dropped, and what -compare and -near find. It is written when all
                  is read, and holds no text of a message without -texts
  -texts          put the texts of the messages in it

What to print:
  -all            every message, keyword or not
  -keywords       the keywords that it knows, and read no messages; with -regime
                  their sources, too
  -regimes        the regimes that it knows, and read no messages
  -o FORMAT       text (the default; messages quoted, with what is invisible as
                  \u200b), csv, or jsonl

Examples:
  optout -csv Body log.csv                    Twilio's export of a message log
  zcat log.gz | optout -jsonl body -o csv     decisions for a spreadsheet
  optout -csv Body -compare aws log.csv       where Amazon's filter differs
  optout -keywords -o jsonl > keywords.jsonl  a table to edit, for -table

A record that cannot be read is reported on standard error and counted, and the
others are decided. Behind a broken CSV record reading goes on at the next line.
Text is UTF-8. A record may have up to 16 MiB.

Exit status:
  0  all is read and decided
  1  a file or record could not be read, or the output not written
  2  wrong usage, or a table that cannot be read; then no message is decided
`

// Formats of files, named like their flags.
const (
	csvFormat   = "csv"
	jsonlFormat = "jsonl"
	textFormat  = "text"
)

// options is what the command line asks for.
type options struct {
	input    string // a format
	field    string // its column or field
	files    []string
	policy   optout.Policy
	flags    optout.Flags
	format   string // of the output
	all      bool
	keywords bool
	regimes  bool

	regime    regime.Regime // with an ID if -regime is given
	examiners []examiner
	reporter  *reporter // nil without -report
}

// parse reads the command line. It returns flag.ErrHelp if that asks for help.
func parse(args []string) (*options, error) {
	o := &options{input: textFormat}
	fs := flag.NewFlagSet("optout", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for _, format := range []string{csvFormat, jsonlFormat} {
		fs.Func(format, "", func(field string) error {
			if field == "" {
				return errors.New("want the name of the messages' column or field")
			}
			if o.input != textFormat && o.input != format {
				return errors.New("-csv and -jsonl exclude each other: all files have one format")
			}
			o.input, o.field = format, field
			return nil
		})
	}
	fs.BoolVar(&o.flags.RespectSMSStopFilter, "respect-sms-stop-filter", false, "")
	fs.BoolVar(&o.flags.SMSStopFilter, "sms-stop-filter", false, "")
	ignorePunctuation := fs.Bool("ignore-punctuation", false, "")
	var table string
	var compare *comparer
	fs.Func("table", "", func(file string) error {
		if file == "" {
			return errors.New("want the name of a file")
		}
		table = file
		return nil
	})
	fs.BoolVar(&o.all, "all", false, "")
	fs.BoolVar(&o.keywords, "keywords", false, "")
	fs.BoolVar(&o.regimes, "regimes", false, "")
	fs.Func("regime", "", func(id string) (err error) {
		o.regime, err = lookup(id)
		return err
	})
	fs.Func("compare", "", func(ids string) error {
		c, err := newComparer(ids)
		compare = c
		return err
	})
	near := fs.Bool("near", false, "")
	page := &reporter{args: args}
	fs.StringVar(&page.file, "report", "", "")
	fs.BoolVar(&page.texts, "texts", false, "")
	fs.StringVar(&o.format, "o", textFormat, "")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}

	o.files = fs.Args()
	separated := len(o.files) < len(args) && args[len(args)-len(o.files)-1] == "--"
	for _, file := range o.files {
		if strings.HasPrefix(file, "-") && file != stdinName && !separated {
			return nil, fmt.Errorf("%s comes after a file: put flags first, or write ./%[1]s if it is a file", file)
		}
	}
	switch o.format {
	case textFormat, csvFormat, jsonlFormat:
	default:
		return nil, fmt.Errorf("-o %q: want text, csv or jsonl", o.format)
	}
	if (o.keywords || o.regimes) && (len(o.files) > 0 || o.input != textFormat || o.all || *near || compare != nil || page.file != "") {
		return nil, errors.New("-keywords and -regimes read no messages: leave out -all, -csv, -jsonl, -compare, -near, -report and files")
	}
	if table != "" && o.regime.ID != "" {
		return nil, errors.New("-table and -regime exclude each other: each is a table of keywords")
	}
	if o.regime.ID != "" {
		var err error
		if o.policy, err = optout.NewPolicy(o.regime.Keywords()); err != nil {
			return nil, fmt.Errorf("-regime %s: %s", o.regime.ID, reason(err))
		}
	}
	if table != "" {
		var err error
		if o.policy, err = readTable(table); err != nil {
			return nil, err
		}
	}
	o.policy.IgnorePunctuation = *ignorePunctuation
	if compare != nil {
		o.examiners = append(o.examiners, compare)
	}
	if *near {
		o.examiners = append(o.examiners, newNearer(o.policy))
	}
	if len(o.files) == 0 {
		o.files = []string{stdinName}
	}
	if page.file != "" {
		o.reporter = page
		return o, page.open(o)
	}
	if page.texts {
		return nil, errors.New("-texts is for a page: add -report FILE.html")
	}
	return o, nil
}

// stdinName is what the command line calls standard input.
const stdinName = "-"

// displayName returns what places call a file.
func displayName(file string) string {
	if file == stdinName {
		return "stdin"
	}
	return file
}

package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"example.com/optout"
	"example.com/optout/internal/messages"
	"example.com/optout/keywordfile"
	"example.com/optout/regime"
)

//go:embed doc.go
var doc string

// usage returns the text for -h: the package comment.
func usage() string {
	text, _, _ := strings.Cut(doc, "package main")
	return strings.NewReplacer("// ", "", "//\t", "", "//", "").Replace(text)
}

// An options is a command line that was parsed.
type options struct {
	lines    bool
	csv      string // the column of the messages
	json     string // the path of the messages
	log      messages.Log
	files    []string
	policy   optout.Policy
	flags    optout.Flags
	format   string // of the output
	by       []string
	senders  *senderList // nil without -by
	dates    dateReader  // for -date
	all      bool
	near     bool
	explain  *string // nil without -explain
	keywords bool
	regimes  bool
	version  bool

	ignorePunctuation bool
	table             string        // the file of -table
	regime            regime.Regime // with an ID if -regime is given
	languages         []string      // of -language
	compare           *comparer     // nil without -compare
	examiners         []examiner
	page              string // the file of -report
	texts             bool
	reporter          *reporter // nil without -report
}

// flagSet returns the flags, which set o.
func (o *options) flagSet() *flag.FlagSet {
	fs := flag.NewFlagSet("optout", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for name, to := range map[string]*bool{
		"lines": &o.lines, "noquote": &o.log.NoQuote, "all": &o.all, "near": &o.near, "texts": &o.texts,
		"keywords": &o.keywords, "regimes": &o.regimes, "version": &o.version, "ignore-punctuation": &o.ignorePunctuation,
		"respect-sms-stop-filter": &o.flags.RespectSMSStopFilter, "sms-stop-filter": &o.flags.SMSStopFilter,
	} {
		fs.BoolVar(to, name, false, "")
	}
	for name, to := range map[string]*string{
		"csv": &o.csv, "json": &o.json, "jsonl": &o.json, "o": &o.format, "date": &o.log.Date, "date-layout": &o.dates.layout, "table": &o.table, "report": &o.page,
	} {
		fs.StringVar(to, name, "", "")
	}
	for name, to := range map[string]*[]string{
		"header": &o.log.Header, "keep": &o.log.Keep, "by": &o.by, "language": &o.languages,
	} {
		fs.Func(name, "", func(list string) error {
			for _, name := range strings.Split(list, ",") {
				if name = strings.TrimSpace(name); name == "" {
					return errors.New("want names, with commas between")
				}
				*to = append(*to, name)
			}
			return nil
		})
	}
	fs.Func("comma", "", func(s string) error {
		s = strings.ReplaceAll(s, `\t`, "\t")
		if utf8.RuneCountInString(s) != 1 || strings.ContainsAny(s, "\"\r\n\ufffd") {
			return errors.New("want one character, or \\t for a tab")
		}
		o.log.Comma, _ = utf8.DecodeRuneInString(s)
		return nil
	})
	fs.Func("encoding", "", func(name string) (err error) {
		if o.log.Encoding, err = htmlindex.Get(name); err != nil {
			return errors.New("no such encoding: encoding.spec.whatwg.org/#names-and-labels has the names, windows-1252 and shift_jis among them")
		}
		return nil
	})
	fs.Func("where", "", func(s string) error {
		field, value, ok := strings.Cut(s, "=")
		field, not := strings.CutSuffix(field, "!")
		if !ok || field == "" {
			return errors.New("want COLUMN=VALUE or COLUMN!=VALUE")
		}
		o.log.Where = append(o.log.Where, messages.Condition{Field: field, Value: value, Not: not})
		return nil
	})
	fs.Func("explain", "", func(message string) error {
		o.explain = &message
		return nil
	})
	fs.Func("regime", "", func(id string) (err error) {
		o.regime, err = lookup(id)
		return err
	})
	fs.Func("compare", "", func(ids string) (err error) {
		o.compare, err = newComparer(ids)
		return err
	})
	return fs
}

// parse reads the command line. It returns flag.ErrHelp if that asks for help.
func parse(args []string) (*options, error) {
	o := &options{}
	fs := o.flagSet()
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	o.files = fs.Args()
	for _, file := range o.files {
		if strings.HasPrefix(file, "-") && file != stdinName {
			return nil, fmt.Errorf("%s comes after a file: put flags first, or write ./%[1]s if it is a file", file)
		}
	}
	if o.format == "" {
		o.format = textFormat
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := o.readTable(); err != nil {
		return nil, err
	}
	o.policy.IgnorePunctuation = o.ignorePunctuation
	if o.by != nil {
		o.log.Keep, o.senders = o.by, &senderList{options: o, index: make(map[string]*sender)}
		o.examiners = append(o.examiners, o.senders)
	}
	if o.compare != nil {
		o.examiners = append(o.examiners, o.compare)
	}
	if o.near {
		o.examiners = append(o.examiners, newNearer(o.policy))
	}
	if len(o.files) == 0 {
		o.files = []string{stdinName}
	}
	if o.page == "" || o.log.Format == "" {
		return o, nil
	}
	o.reporter, o.log.Hash = &reporter{options: o, args: args, tables: make(map[string]*pageTable)}, true
	return o, o.reporter.check()
}

// check finds flags that do not go together.
func (o *options) check() error {
	formats := 0
	for _, f := range []struct {
		given  bool
		format messages.Format
		field  string
	}{{o.lines, messages.Lines, ""}, {o.csv != "", messages.CSV, o.csv}, {o.json != "", messages.JSON, o.json}} {
		if f.given {
			formats, o.log.Format, o.log.Field = formats+1, f.format, f.field
		}
	}
	format := o.log.Format
	fields := o.log.Keep != nil || o.by != nil || o.log.Where != nil || o.log.Date != ""
	read := len(o.files) > 0 || fields || format != "" || o.all || o.near || o.page != "" || o.compare != nil && o.explain == nil
	for _, mistake := range []struct {
		made   bool
		advice string
	}{
		{!slices.Contains([]string{textFormat, csvFormat, jsonlFormat}, o.format), fmt.Sprintf("-o %q: want text, csv or jsonl", o.format)},
		{(o.keywords || o.regimes || o.explain != nil) && read, "-keywords, -regimes and -explain read no messages: leave out files and the flags that are about messages"},
		{o.explain != nil && o.format == csvFormat, "-explain prints text or, with -o jsonl, an object: leave out -o csv"},
		{o.table != "" && o.regime.ID != "", "-table and -regime exclude each other: each is a table of keywords"},
		{o.languages != nil && len(o.regime.Languages()) == 0, "-language chooses words of a regime that has languages: add -regime languages"},
		{formats > 1, "-lines, -csv and -json exclude each other: all files have one format"},
		{fields && (format == "" || format == messages.Lines), "-keep, -by, -where and -date name columns or fields: add -csv or -json"},
		{format != messages.CSV && (o.log.Comma != 0 || o.log.Header != nil || o.log.NoQuote), "-comma, -header and -noquote are for CSV: add -csv"},
		{o.by != nil && (o.near || o.compare != nil || o.all || o.log.Keep != nil), "-by prints one row for each sender: leave out -compare, -near, -all and -keep, or run the command twice"},
		{o.texts && o.page == "", "-texts is for a page: add -report FILE.html"},
		{o.log.Date != "" && o.page == "" && o.by == nil && o.compare == nil, "-date is for -by, -compare and -report: add one of them"},
		{o.dates.layout != "" && o.log.Date == "", "-date-layout is the form of dates: add -date and their column or field"},
		{o.dates.layout != "" && !strings.Contains(o.dates.layout, "06"), `-date-layout: want the date 2 January 2006, 15:04:05 in your form, such as "02.01.2006 15:04"`},
	} {
		if mistake.made {
			return errors.New(mistake.advice)
		}
	}
	return nil
}

// readTable makes the policy of -table or -regime.
func (o *options) readTable() error {
	rows := o.regime.Keywords(o.languages...)
	for _, tag := range o.languages {
		if len(o.regime.Keywords(tag)) == 0 {
			return fmt.Errorf("-language %q: regime %q has no words of it: take one of %s", tag, o.regime.ID, strings.Join(o.regime.Languages(), ", "))
		}
	}
	if o.table != "" {
		f, err := openFile(o.table)
		if err != nil {
			return err
		}
		defer f.Close()
		if rows, err = keywordfile.Read(f); err != nil {
			return err
		}
	}
	if rows == nil {
		return nil
	}
	policy, err := optout.NewPolicy(rows)
	o.policy = policy
	return err
}

// stdinName is the name of standard input on the command line.
const stdinName = "-"

// displayName returns what places call a file.
func displayName(file string) string {
	if file == stdinName {
		return "stdin"
	}
	return file
}

// formatError returns the error of a command line without a format. It says what
// the first file looks like.
func (o *options) formatError(stdin io.Reader) error {
	const missing = "add -lines, -csv COLUMN or -json PATH, which say how to read the messages"
	name, r := o.files[0], stdin
	if name != stdinName {
		f, err := openFile(name)
		if err != nil {
			return fmt.Errorf("%s; %w", missing, err)
		}
		defer f.Close()
		r = f
	}
	if isTerminal(r) {
		return errors.New(missing)
	}
	return fmt.Errorf("%s; %w", missing, messages.Advise(displayName(name), r))
}

// isTerminal reports whether somebody types into f, or looks at it.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

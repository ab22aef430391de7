package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
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

var errFormats = errors.New("-lines, -csv and -json exclude each other: all files have one format")

// An options is a command line that was parsed.
type options struct {
	log      messages.Log
	files    []string
	policy   optout.Policy
	flags    optout.Flags
	format   string // of the output
	by       []string
	senders  *senderList // nil without -by
	dates    dateReader  // for -date
	all      bool
	explain  *string // nil without -explain
	keywords bool
	regimes  bool
	version  bool

	table     string          // the file of -table
	judges    []regime.Regime // for -explain, from -compare; without it, all
	regime    regime.Regime   // with an ID if -regime is given
	languages []string        // of -language
	examiners []examiner
	reporter  *reporter // nil without -report
}

// parse reads the command line. It returns flag.ErrHelp if that asks for help.
func parse(args []string) (*options, error) {
	o := &options{}
	fs := flag.NewFlagSet("optout", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for name, format := range map[string]messages.Format{"csv": messages.CSV, "json": messages.JSON, "jsonl": messages.JSON} {
		fs.Func(name, "", func(field string) error {
			if field == "" {
				return errors.New("want the name of the messages' column or field")
			}
			if o.log.Format != "" && o.log.Format != format {
				return errFormats
			}
			o.log.Format, o.log.Field = format, field
			return nil
		})
	}
	fs.BoolFunc("lines", "", func(string) error {
		if o.log.Format != "" && o.log.Format != messages.Lines {
			return errFormats
		}
		o.log.Format = messages.Lines
		return nil
	})
	fs.Func("header", "", func(names string) error {
		o.log.Header = strings.Split(names, ",")
		return nil
	})
	fs.BoolVar(&o.log.NoQuote, "noquote", false, "")
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
	list := func(to *[]string, what string) func(string) error {
		return func(list string) error {
			for _, name := range strings.Split(list, ",") {
				if name = strings.TrimSpace(name); name == "" {
					return fmt.Errorf("want %s, with commas between", what)
				}
				*to = append(*to, name)
			}
			return nil
		}
	}
	fs.Func("keep", "", list(&o.log.Keep, "names of columns or fields"))
	fs.Func("by", "", list(&o.by, "names of columns or fields"))
	fs.StringVar(&o.log.Date, "date", "", "")
	fs.Func("date-layout", "", func(layout string) error {
		if o.dates.layout = layout; !strings.Contains(layout, "06") { // of the year
			return errors.New("want the date 2 January 2006, 15:04:05 in your form, such as 02.01.2006 15:04")
		}
		return nil
	})
	fs.Func("explain", "", func(message string) error {
		o.explain = &message
		return nil
	})
	fs.BoolVar(&o.flags.RespectSMSStopFilter, "respect-sms-stop-filter", false, "")
	fs.BoolVar(&o.flags.SMSStopFilter, "sms-stop-filter", false, "")
	ignorePunctuation := fs.Bool("ignore-punctuation", false, "")
	fs.StringVar(&o.table, "table", "", "")
	fs.BoolVar(&o.all, "all", false, "")
	fs.BoolVar(&o.keywords, "keywords", false, "")
	fs.BoolVar(&o.regimes, "regimes", false, "")
	fs.BoolVar(&o.version, "version", false, "")
	fs.Func("language", "", list(&o.languages, "tags of languages, such as es,pt-BR"))
	fs.Func("regime", "", func(id string) (err error) {
		o.regime, err = lookup(id)
		return err
	})
	var compare *comparer
	fs.Func("compare", "", func(ids string) (err error) {
		compare, err = newComparer(ids)
		return err
	})
	near := fs.Bool("near", false, "")
	page := &reporter{options: o, args: args}
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
	fields := o.log.Format == messages.CSV || o.log.Format == messages.JSON
	examined := *near || compare != nil
	switch {
	case o.format != textFormat && o.format != csvFormat && o.format != jsonlFormat:
		return nil, fmt.Errorf("-o %q: want text, csv or jsonl", o.format)
	case (o.keywords || o.regimes || o.explain != nil) && (len(o.files) > 0 || o.log.Format != "" || o.all || *near || o.by != nil || page.file != "" || compare != nil && o.explain == nil):
		return nil, errors.New("-keywords, -regimes and -explain read no messages: leave out files and the flags that are about messages")
	case o.explain != nil && o.format == csvFormat:
		return nil, errors.New("-explain prints text or, with -o jsonl, an object: leave out -o csv")
	case o.table != "" && o.regime.ID != "":
		return nil, errors.New("-table and -regime exclude each other: each is a table of keywords")
	case o.languages != nil && len(o.regime.Languages()) == 0:
		return nil, errors.New("-language chooses words of a regime that has languages: add -regime languages")
	case !fields && (o.log.Keep != nil || o.by != nil || o.log.Where != nil || o.log.Date != ""):
		return nil, errors.New("-keep, -by, -where and -date name columns or fields: add -csv or -json")
	case o.log.Format != messages.CSV && (o.log.Comma != 0 || o.log.Header != nil || o.log.NoQuote):
		return nil, errors.New("-comma, -header and -noquote are for CSV: add -csv")
	case o.by != nil && (examined || o.all || o.log.Keep != nil):
		return nil, errors.New("-by prints one row for each sender: leave out -compare, -near, -all and -keep, or run the command twice")
	case page.file == "" && page.texts:
		return nil, errors.New("-texts is for a page: add -report FILE.html")
	case o.log.Date != "" && page.file == "" && o.by == nil && compare == nil:
		return nil, errors.New("-date is for -by, -compare and -report: add one of them")
	case o.log.Date == "" && o.dates.layout != "":
		return nil, errors.New("-date-layout is the form of dates: add -date and their column or field")
	}
	if o.by != nil {
		o.log.Keep, o.senders = o.by, &senderList{options: o, index: make(map[string]*sender)}
		o.examiners = append(o.examiners, o.senders)
	}
	if err := o.readTable(); err != nil {
		return nil, err
	}
	o.policy.IgnorePunctuation = *ignorePunctuation
	o.judges = regime.All()
	if compare != nil {
		o.judges = compare.regimes
		o.examiners = append(o.examiners, compare)
	}
	if *near {
		o.examiners = append(o.examiners, newNearer(o.policy))
	}
	if len(o.files) == 0 {
		o.files = []string{stdinName}
	}
	if page.file == "" {
		return o, nil
	}
	o.reporter, o.log.Hash = page, true
	return o, page.check()
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
		f, err := os.Open(o.table)
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

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

	"golang.org/x/text/encoding/htmlindex"

	"example.com/optout"
	"example.com/optout/internal/messages"
	"example.com/optout/internal/quote"
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
	given  map[string]bool // flags
	log    messages.Log    // its Format is "" if no messages are to be read
	files  []string
	regime regime.Regime // with an ID if -regime is given
	policy optout.Policy
	flags  optout.Flags
	dates  dateReader // for -date
	format string     // of the output

	// The values of -table, -regime, -encoding, -report, -explain, -language, -compare,
	// -all and -texts.
	table, regimeID, encoding, page, explain string
	languages, ids                           []string
	all, texts                               bool

	examiners []examiner
	senders   *senderList // nil without -by
	compare   *comparer   // nil without -compare
	reporter  *reporter   // nil without -report
}

// flagSet returns the flags, which set o.
func (o *options) flagSet() *flag.FlagSet {
	fs := flag.NewFlagSet("optout", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for name, to := range map[string]*bool{
		"lines": new(bool), "near": new(bool), "keywords": new(bool), "regimes": new(bool), "version": new(bool), "ignore-punctuation": new(bool),
		"all": &o.all, "texts": &o.texts, "noquote": &o.log.NoQuote,
		"respect-sms-stop-filter": &o.flags.RespectSMSStopFilter, "sms-stop-filter": &o.flags.SMSStopFilter,
	} {
		fs.BoolVar(to, name, false, "")
	}
	for name, to := range map[string]*string{
		"csv": &o.log.Field, "json": &o.log.Field, "jsonl": &o.log.Field, "comma": &o.log.Comma, "date": &o.log.Date, "date-layout": &o.dates.layout,
		"table": &o.table, "regime": &o.regimeID, "encoding": &o.encoding, "report": &o.page, "explain": &o.explain,
	} {
		fs.StringVar(to, name, "", "")
	}
	fs.StringVar(&o.format, "o", "text", "")
	for name, to := range map[string]*[]string{
		"header": &o.log.Header, "keep": &o.log.Keep, "by": &o.log.Keep, "language": &o.languages, "compare": &o.ids,
	} {
		fs.Func(name, "", func(list string) error {
			for _, name := range strings.Split(list, ",") {
				if name = strings.TrimSpace(name); name == "" || slices.Contains(*to, name) {
					return errors.New("want names, each once, with commas between")
				}
				*to = append(*to, name)
			}
			return nil
		})
	}
	fs.Func("where", "", func(s string) error {
		field, value, ok := strings.Cut(s, "=")
		field, not := strings.CutSuffix(field, "!")
		if !ok || field == "" {
			return errors.New("want COLUMN=VALUE or COLUMN!=VALUE")
		}
		o.log.Where = append(o.log.Where, messages.Condition{Field: field, Value: value, Not: not})
		return nil
	})
	return fs
}

// has reports whether one of these flags is given.
func (o *options) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return o.given[name] })
}

// parse reads the command line, and refuses flags that do not go together. It
// returns flag.ErrHelp if the command line asks for help.
func parse(args []string) (o *options, err error) {
	o = &options{given: make(map[string]bool)}
	fs := o.flagSet()
	err = fs.Parse(args)
	fs.Visit(func(f *flag.Flag) { o.given[f.Name] = f.DefValue != "false" || f.Value.String() == "true" })
	o.files = fs.Args()
	refuse := func(mistake bool, advice string, args ...any) {
		if mistake && err == nil {
			err = fmt.Errorf(advice, args...)
		}
	}
	o.regime, _ = regime.Lookup(o.regimeID)
	o.log.Encoding, _ = htmlindex.Get(o.encoding)
	isFlag := func(file string) bool { return strings.HasPrefix(file, "-") && file != stdinName }
	noWords := func(tag string) bool { return len(o.regime.Keywords(tag)) == 0 }
	formats := 0
	for name, format := range map[string]messages.Format{"lines": messages.Lines, "csv": messages.CSV, "json": messages.JSON, "jsonl": messages.JSON} {
		if o.given[name] {
			o.log.Format, formats = format, formats+1
		}
	}
	o.log.Comma = strings.ReplaceAll(o.log.Comma, `\t`, "\t")
	fields := o.has("keep", "by", "where", "date")
	read := len(o.files) > 0 || formats > 0 || fields || o.has("all", "near", "report") || o.has("compare") && !o.has("explain")

	refuse(slices.ContainsFunc(o.files, isFlag), "a flag comes after a file: put flags first, or write ./-NAME if it is a file")
	refuse(!slices.Contains([]string{"text", "csv", "jsonl"}, o.format), "-o %q: want text, csv or jsonl", o.format)
	refuse(o.has("keywords", "regimes", "explain") && read, "-keywords, -regimes and -explain read no messages: leave out files and the flags that are about messages")
	refuse(o.has("explain") && o.format == "csv", "-explain prints text or, with -o jsonl, an object: leave out -o csv")
	refuse(o.has("regime") && o.regime.ID == "", "-regime %q: want an ID that optout -regimes lists", o.regimeID)
	refuse(o.table == stdinName, "-table %q: want a file, as standard input is a log", o.table)
	refuse(o.has("table") && o.has("regime"), "-table and -regime exclude each other: each is a table of keywords")
	refuse(slices.ContainsFunc(o.languages, noWords), "-language %q: the table in use has the languages %q, and regime languages has the most", o.languages, o.regime.Languages())
	refuse(o.has("csv", "json", "jsonl") && o.log.Field == "" || o.has("date") && o.log.Date == "", `-csv, -json and -date want the name of a column or field, not ""`)
	refuse(formats > 1, "-lines, -csv and -json exclude each other: all files have one format")
	refuse(o.has("encoding") && o.log.Encoding == nil, "-encoding %q: want a name from encoding.spec.whatwg.org/#names-and-labels, such as windows-1252 or shift_jis", o.encoding)
	refuse(fields && !o.has("csv", "json", "jsonl"), "-keep, -by, -where and -date name columns or fields: add -csv or -json")
	refuse(o.has("comma", "header", "noquote") && !o.has("csv"), "-comma, -header and -noquote are for CSV: add -csv")
	refuse(o.has("comma") && (len([]rune(o.log.Comma)) != 1 || strings.ContainsAny(o.log.Comma, "\"\r\n\ufffd")), `-comma %q: want one character, or \t for a tab`, o.log.Comma)
	refuse(o.has("by") && o.has("near", "compare", "all", "keep"), "-by prints one row for each sender: leave out -compare, -near, -all and -keep, or run the command twice")
	refuse(o.has("texts") && !o.has("report"), "-texts is for a page: add -report FILE.html")
	refuse(o.has("date") && !o.has("report", "by", "compare"), "-date is for -by, -compare and -report: add one of them")
	refuse(o.has("date-layout") && !o.has("date"), "-date-layout is the form of dates: add -date and their column or field")
	refuse(o.has("date-layout") && !strings.Contains(o.dates.layout, "06"), "-date-layout: want "+wantLayout)
	if err != nil {
		return nil, err
	}
	if len(o.files) == 0 {
		o.files = []string{stdinName}
	}
	return o, o.prepare(args)
}

// prepare looks up what the flags name, before messages are read.
func (o *options) prepare(args []string) (err error) {
	rows := o.regime.Keywords(o.languages...)
	if o.has("table") {
		err = readFile(o.table, strings.NewReader(""), func(_ string, f io.Reader) (err error) {
			rows, err = keywordfile.Read(f)
			return err
		})
		if err != nil {
			return err
		}
	}
	if rows != nil {
		o.policy = optout.MustPolicy(rows) // Read and Keywords return no rows that it refuses
	}
	o.policy.IgnorePunctuation = o.has("ignore-punctuation")
	if o.has("by") {
		o.senders = &senderList{options: o, index: make(map[string]*sender), optOut: make(map[string]int)}
		o.examiners = append(o.examiners, o.senders)
	}
	if o.has("compare", "explain") {
		if o.compare, err = newComparer(o.ids); err != nil {
			return err
		}
		o.examiners = append(o.examiners, o.compare)
	}
	if o.has("near") {
		o.examiners = append(o.examiners, newNearer(o.policy))
	}
	if o.has("report") && o.log.Format != "" {
		o.reporter, o.log.Hash = &reporter{options: o, args: args, tables: make(map[string]*pageTable)}, true
		return o.reporter.check()
	}
	return nil
}

// stdinName is the name of standard input on the command line.
const stdinName = "-"

// readFile calls read with a file, or standard input, and the name that places have.
func readFile(name string, stdin io.Reader, read func(name string, r io.Reader) error) error {
	if name == stdinName {
		return read("stdin", stdin)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: name the files in it", quote.Printable(name))
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open %s: %w", quote.Printable(name), errors.Unwrap(err))
	}
	defer f.Close()
	return read(name, f)
}

// formatError returns the error of a command line without a format. It says what
// the first file looks like.
func (o *options) formatError(stdin io.Reader) error {
	const missing = "add -lines, -csv COLUMN or -json PATH, which say how to read the messages"
	if o.files[0] == stdinName && isTerminal(stdin) {
		return errors.New(missing)
	}
	return fmt.Errorf("%s; %w", missing, readFile(o.files[0], stdin, messages.Advise))
}

// isTerminal reports whether somebody types into f, or looks at it.
func isTerminal(f any) bool {
	file, _ := f.(*os.File)
	info, err := file.Stat() // which also has an error for nil
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

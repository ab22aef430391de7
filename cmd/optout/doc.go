// Optout decides messages as a number-masking relay would, and prints those that
// are opt-out, opt-in or help keywords: where each one stands, the action, the
// code, the class, the keyword, and the message. It reads the files, or standard
// input if there are none or for "-". A summary on standard error ends its work.
//
//	usage: optout [flags] [file ...]
//
// What the files are; gzip and UTF-16 are read as what they hold:
//
//	                a message on each line; an empty line is an empty message
//	-lines          that is so, even if the file looks like CSV or JSON
//	-csv COLUMN     CSV with a header, and the messages in this column
//	-comma C        the separator of CSV; without it, comma, semicolon, tab or
//	                bar, whichever the header fits
//	-json FIELD     JSON objects, one after the other, in arrays, or in an array of
//	                an object, and the messages in this field: a path such as
//	                body, message.body or messages.body. -jsonl is the same
//	-encoding NAME  of text that is not UTF-8, such as windows-1252 or shift_jis:
//	                every name of encoding.spec.whatwg.org
//
// Which records, and what of them:
//
//	-where F=VALUE  only records with this value in a column or field, whatever its
//	                case; F!=VALUE for those with another. Repeated, all must hold
//	-keep F,G       columns or fields to print beside each message
//	-date F         when a message came, for the chart of -report: in a common form,
//	                in UTC if it has no zone
//
// How to decide:
//
//	-respect-sms-stop-filter  the account flag ProxyRespectSmsStopFilterFlag is on
//	-sms-stop-filter          SMS STOP Filtering is on; consulted only if the flag
//	                          above is on
//	-ignore-punctuation       "Stop." and "STOP!" are keywords, too
//	-table FILE               the keywords: a JSON array, or values one after
//	                          another, of objects
//	                          {"text":"STOP","class":"opt-out","action":"drop"}
//	-regime ID                the keywords of another system: aws, telnyx, fcc and
//	                          others; opt-out words are dropped, others forwarded
//
// What else to find, in place of the keywords:
//
//	-compare IDS    messages about which the table in use and these regimes differ:
//	                IDs with commas between, or all. A class behind ~ or ? is
//	                presumed or unknown: see the summary
//	-near           messages that are no keyword, but near to an opt-out word:
//	                evidence for a person to look at, never a decision
//
// A page to look at, beside the usual output:
//
//	-report FILE    an HTML page with the counts, charts of the keywords and of when
//	                they came, what is dropped, and what -compare and -near find.
//	                It is written when all is read, and holds no text of a message
//	                without -texts
//	-texts          put the texts of the messages in it
//
// What to print:
//
//	-all            every message, keyword or not
//	-keywords       the keywords that it knows, and read no messages; with -regime
//	                their sources, too
//	-regimes        the regimes that it knows, and read no messages
//	-version        the version
//	-o FORMAT       text (the default; messages quoted, with what is invisible as
//	                \u200b), csv or jsonl. CSV is for spreadsheets: a value that one
//	                would run, as it begins with = + - @ or a control character, has
//	                an apostrophe before it. jsonl has all values as they are
//
// Examples:
//
//	optout -csv Body log.csv                    Twilio's export of a message log
//	optout -csv Body -where Direction=inbound -keep From,To log.csv
//	zcat log.gz | optout -json body -o csv      decisions for a spreadsheet
//	optout -csv Body -compare aws log.csv       where Amazon's filter differs
//	optout -keywords -o jsonl > keywords.jsonl  a table to edit, for -table
//
// A record that cannot be read is reported on standard error and counted, and the
// others are decided, unless it is said that nothing is decided from there on. A
// record may have up to 4 MiB. Damaged text, which is not valid in its encoding,
// is decided as it is, and counted. Ctrl-C ends the work with a summary.
//
// Exit status:
//
//	0    all is read and decided
//	1    a file or record could not be read, a message is damaged, or the output
//	     not written
//	2    wrong usage, or a table that cannot be read; then no message is decided
//	130  Ctrl-C
package main

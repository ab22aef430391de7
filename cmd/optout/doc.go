// Optout decides messages as a number-masking relay would, and prints those that
// are opt-out, opt-in or help keywords: where each one stands, the action, the
// code, the class, the keyword, and the message. It reads the files, or standard
// input if there are none or for "-". A summary on standard error ends its work.
//
//	usage: optout [flags] [file ...]
//
// How to read the files: one of -lines, -csv and -json is required. Compressed
// files (gzip) are read as their content:
//
//	-lines          one message on each line; an empty line is an empty message
//	-csv COLUMN     CSV with a header, and the messages in this column
//	-header A,B     the names of the columns of CSV without a header
//	-noquote        fields of CSV are never quoted, as in mysql -B, COPY and most
//	                TSV
//	-comma C        the separator of CSV; without it, comma, semicolon, tab or
//	                bar, whichever fits the header
//	-json PATH      JSON values, one after the other or in arrays, and the path of
//	                the messages: see below. -jsonl is the same
//	-encoding NAME  of text that is not UTF-8 and has no byte order mark, such as
//	                windows-1252 or shift_jis: every name of
//	                encoding.spec.whatwg.org
//
// Which records, and which of their fields:
//
//	-where F=VALUE  only records with this value in a column or field, ignoring
//	                case; F!=VALUE for those with another. All -where must be met
//	-keep F,G       columns or fields to print beside each message
//	-date F         when a message came, for the chart of -report: in a common form,
//	                in UTC if it has no zone
//
// A path in JSON has the names of fields, with points between them, such as
// message.body. It passes through arrays: messages.body takes each element of
// messages for a record. * is any name, as in messages.*.text. If there are
// several arrays on the path of the messages, [] follows the one with the records,
// as in entry.changes.messages[].text.body: arrays before it are walked, and
// strings in arrays after it are joined to one text. [] at the beginning means
// that each value of the file is one record. -where, -keep and -date take such
// paths also, and join several values with commas. A field outside the records
// has to come before them.
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
//	optout -json 'entry.changes.value.messages[].text.body' hooks.jsonl
//	optout -csv Body -where Direction=inbound -keep From,To log.csv
//	zcat log.gz | optout -json body -o csv      decisions for a spreadsheet
//	optout -csv Body -compare aws log.csv       where Amazon's filter differs
//	optout -keywords -o jsonl > keywords.jsonl  a table to edit, for -table
//
// A record that cannot be read is reported on standard error and counted, and the
// others are decided, unless the report says that reading ends there. A record
// may have up to 4 MiB. Damaged text, which is not valid in its encoding, is
// decided as it is, and counted.
//
// Exit status:
//
//	0    all is read and decided
//	1    a file or record could not be read, a message is damaged, no record meets
//	     -where or has a field that is asked for, or the output is not written
//	2    wrong usage, no format, or a table that cannot be read; then no message is
//	     decided
package main

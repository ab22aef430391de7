// Optout decides the messages of a log as a number-masking relay would. It prints
// those that are opt-out, opt-in or help keywords: where each one is, the action,
// the code, the class, the keyword and the message. It reads the files, or
// standard input if there are none or for "-". A summary goes to standard error.
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
//	-where F=VALUE  only records with this value in a column or field, in any case;
//	                F!=VALUE for the records with another value. All of several
//	                -where must apply
//	-keep F,G       columns or fields to print beside each message
//	-date F         the column or field with the date of a message, for -by,
//	                -compare and -report: RFC 3339 and its relatives, e-mail dates,
//	                JavaScript's, Unix time in s, ms or µs; 3/4/2026 is March 4.
//	                A date without a zone is in UTC
//	-date-layout L  the form of other dates: the date 2 January 2006, 15:04:05 in
//	                it, such as "02.01.2006 15:04"
//
// A path in JSON has the names of fields, with points between them, such as
// message.body. It passes through arrays: messages.body takes each element of
// messages for a record. * is any name, as in messages.*.text. If there are
// several arrays on the path of the messages, [] follows the one with the records,
// as in entry.changes.messages[].text.body: arrays before it are walked, and
// strings in arrays after it are joined to one text. [] at the beginning means
// that each value of the file is one record. -where, -keep, -by and -date take
// such paths also, and join several values with commas. An object is not a value:
// name the fields in it. A field outside the records has to come before them.
//
// How to decide:
//
//	-respect-sms-stop-filter  the account flag ProxyRespectSmsStopFilterFlag is on
//	-sms-stop-filter          SMS STOP Filtering is on; it matters only if the flag
//	                          above is on
//	-ignore-punctuation       "Stop." and "STOP!" are also keywords
//	-table FILE               the keywords: a JSON array, or values one after
//	                          another, of objects
//	                          {"text":"STOP","class":"opt-out","action":"drop"}
//	-regime ID                the keywords of another system: aws, telnyx, fcc and
//	                          others; opt-out words are dropped, others forwarded
//	-language TAGS            with -regime languages, only the words of these: es,pt
//
// What to print in place of the keywords:
//
//	-by F           one row for each sender who wrote an opt-out or opt-in keyword:
//	                the state now, since when and by which word, and how often each.
//	                F,G is for a sender and the number that was texted: an opt-out
//	                covers that number. The state follows -date or, without it, the
//	                order of the files. "opted in?" is a return by a word that
//	                people also use in chat, such as YES: do not text this number.
//	                A keyword without a value of F has no row, and is counted
//	-compare IDS    messages about which the table in use and these regimes differ:
//	                IDs with commas between, or all. A class with ~ is presumed, one
//	                with ? unknown. With -date, the edition of its day judges each
//	                message: twilio-2016 for twilio-2025 before 2025-05-14
//	-near           near misses: messages that are not keywords, but close to an
//	                opt-out word. A person has to look at them
//	-all            every message
//
// Without messages:
//
//	-explain TEXT   how this one message is decided, and why: its key, the
//	                characters that change, the keyword or the nearest one, the
//	                decision under all flags, and the verdict of each regime, or
//	                of those that -compare lists. TEXT is used as it is, without
//	                escapes
//	-keywords       the table in use; with -regime also its sources
//	-regimes        the regimes
//	-version        the version and, if the build recorded it, the commit
//
// Output:
//
//	-o FORMAT       text (the default), csv or jsonl. In text, messages are quoted,
//	                with invisible characters as \u200b. csv is for spreadsheets and
//	                for loading: a part of a cell that would be a formula gets an
//	                apostrophe, a number such as +15555550100 does not. jsonl has
//	                one object per line, with all values as they are
//	-report FILE    also write an HTML page: the answer of -by, counts, the messages
//	                that are keywords, the results of -compare and -near, and how
//	                each file was read. It has texts of messages with -texts only
//	-texts          put the texts of messages on the page
//
// Fields of jsonl, for a message; outside of examined and kept, a field without a
// value is absent:
//
//	file, line, record              where it is
//	action, class, code, keyword    the decision; code is 80901 if it is dropped
//	examined                        an object: a class by regime for -compare;
//	                                near_keyword and near (why) for -near
//	kept                            an object: the values of -keep
//	message                         its text
//
// For a sender: kept (the values of -by), state, since, keyword, file, line,
// record, opt_outs, opt_ins. For -explain: message, key, changes, keyword,
// near_keyword, near, decisions, regimes. For -keywords and -regimes: the columns
// that text has.
//
// Examples:
//
//	optout -csv Body -by From -date DateSent -o csv log.csv   who is opted out
//	optout -csv Body -where Direction=inbound -keep From,To log.csv
//	optout -json 'entry.changes.value.messages[].text.body' hooks.jsonl
//	zcat log.gz | optout -json body -o csv      decisions for a spreadsheet
//	optout -csv Body -compare aws log.csv       where Amazon's filter differs
//	optout -keywords -o jsonl > keywords.jsonl  a table to edit, for -table
//
// A record that cannot be read is reported on standard error and counted, and
// the other records are decided, unless the report says that reading ends there.
// A record may have up to 4 MiB, in JSON a little less. Damaged text, which is not
// valid in its encoding, is decided as it is, and counted.
//
// Exit status:
//
//	0    everything was read and decided
//	1    a file, a record or all dates could not be read, a message is damaged, a
//	     keyword has no value of -by, no record meets -where or has a field that is
//	     asked for, or the output could not be written
//	2    wrong usage, no format, or a table that cannot be read; no message was
//	     decided
package main

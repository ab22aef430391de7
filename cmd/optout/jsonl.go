package main

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// A jsonReader reads one field of JSON lines. It takes the same lines as
// encoding/json, and finds the same strings in them, several times faster: of
// two fields with one name the last counts, and bytes that are not UTF-8 become
// U+FFFD. Names must agree in case. Lines of nothing but white space are none.
type jsonReader struct {
	src   *source
	name  string // of the field
	scan  jsonScanner
	value []byte // the field, if src does not hold it as it is
}

// next consumes a line that is not blank, and returns its number and the text
// of its field.
func (j *jsonReader) next() (int, []byte, error) {
	for {
		n, line, err := j.src.next()
		if err != nil {
			return n, nil, err
		}
		s := &j.scan
		*s = jsonScanner{text: line, name: j.name}
		s.space()
		if s.at == len(line) {
			continue
		}
		switch ok := s.line(); {
		case s.depth > maxDepth:
			err = brokenRecord(fmt.Sprintf("JSON is nested deeper than %d: want less", maxDepth))
		case !ok && s.at == len(line):
			err = brokenRecord("JSON ends too early: want a whole object on each line, as jq -c . writes it")
		case !ok:
			err = brokenRecord(fmt.Sprintf("no JSON object, from byte %d on: want one on each line, as jq -c . writes it", s.at+1))
		case !s.found:
			err = brokenRecord(fmt.Sprintf("no field %q: add it, or name another one", j.name))
		case !s.isString:
			err = brokenRecord(fmt.Sprintf("field %q is no string: put it in quotes", j.name))
		case s.field.plain(line):
			return n, line[s.field.start:s.field.end], nil
		default:
			j.value = s.field.appendTo(j.value[:0], line)
			return n, j.value, nil
		}
		return n, nil, err
	}
}

// A jsonString is where a string stands in a text, without its quotes.
type jsonString struct {
	start, end int
	escapes    bool // it has some
	ascii      bool // it is known to have nothing else
}

// plain reports whether the string is what stands in text.
func (s jsonString) plain(text []byte) bool {
	return !s.escapes && (s.ascii || utf8.Valid(text[s.start:s.end]))
}

// appendTo appends the string to dst. Its escapes are known to be correct.
func (s jsonString) appendTo(dst, text []byte) []byte {
	for text = text[s.start:s.end]; len(text) > 0; {
		if text[0] != '\\' {
			r, size := utf8.DecodeRune(text)
			dst = utf8.AppendRune(dst, r)
			text = text[size:]
			continue
		}
		c := text[1]
		if c == 'u' {
			r := unit(text)
			text = text[6:]
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if len(text) >= 2 && text[0] == '\\' && text[1] == 'u' {
					low = unit(text)
				}
				// U+FFFD if the two are no pair; the second then is on its own.
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					text = text[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		text = text[2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		}
		dst = append(dst, c)
	}
	return dst
}

// unit returns the UTF-16 code unit that the escape at the start of text, such
// as \u00ea, stands for.
func unit(text []byte) rune {
	r := rune(0)
	for _, c := range text[2:6] {
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c&^0x20 - 'A' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

// maxDepth is how deep JSON may be nested, as in encoding/json.
const maxDepth = 10000

// A jsonScanner checks JSON (RFC 8259) and looks for a field of the outermost
// object. Its methods go on behind what they are named for, and report whether
// that was there; if it was not, they stop where it ceases to be JSON.
type jsonScanner struct {
	text  []byte
	name  string // of the field
	at    int
	depth int        // of the object or array around
	last  jsonString // the string that was read last

	found    bool // the field is there
	isString bool // it is a string, namely
	field    jsonString
}

// line reads an object and nothing behind it.
func (s *jsonScanner) line() bool {
	s.space()
	if !s.object() {
		return false
	}
	s.space()
	return s.at == len(s.text)
}

func (s *jsonScanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end: no JSON goes on with it.
func (s *jsonScanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *jsonScanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

func (s *jsonScanner) value() bool {
	switch s.peek() {
	case '{':
		return s.object()
	case '[':
		return s.array()
	case '"':
		return s.string()
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	return s.number()
}

func (s *jsonScanner) object() bool { return s.list('{', '}', (*jsonScanner).member) }
func (s *jsonScanner) array() bool  { return s.list('[', ']', (*jsonScanner).value) }

// list reads what is between two brackets.
func (s *jsonScanner) list(opening, closing byte, item func(*jsonScanner) bool) bool {
	if !s.take(opening) {
		return false
	}
	if s.depth++; s.depth > maxDepth {
		return false
	}
	s.space()
	if !s.take(closing) {
		for {
			if !item(s) {
				return false
			}
			s.space()
			if s.take(closing) {
				break
			}
			if !s.take(',') {
				return false
			}
			s.space()
		}
	}
	s.depth--
	return true
}

// member reads a field of an object.
func (s *jsonScanner) member() bool {
	if !s.string() {
		return false
	}
	wanted := s.depth == 1 && s.isName(s.last)
	s.space()
	if !s.take(':') {
		return false
	}
	s.space()
	isString := s.peek() == '"'
	if !s.value() {
		return false
	}
	if wanted {
		s.found, s.isString, s.field = true, isString, s.last
	}
	return true
}

func (s *jsonScanner) isName(str jsonString) bool {
	if str.plain(s.text) {
		return string(s.text[str.start:str.end]) == s.name
	}
	return string(str.appendTo(nil, s.text)) == s.name
}

func (s *jsonScanner) string() bool {
	if !s.take('"') {
		return false
	}
	text, at := s.text, s.at
	str := jsonString{start: at}
	seen := uint64(0) // the bytes of the string, and maybe some behind it, or-ed
	for at < len(text) {
		if len(text)-at >= 8 {
			word := binary.LittleEndian.Uint64(text[at:])
			seen |= word
			end := special(word)
			if end == 0 {
				at += 8
				continue
			}
			at += bits.TrailingZeros64(end) / 8
		}
		switch c := text[at]; {
		case c == '"':
			str.end = at
			str.ascii = seen&(0x80*each) == 0
			s.last = str
			s.at = at + 1
			return true
		case c == '\\':
			str.escapes = true
			s.at = at
			if !s.escape() {
				return false
			}
			at = s.at
		case c < ' ':
			s.at = at
			return false
		default:
			seen |= uint64(c)
			at++
		}
	}
	s.at = at
	return false
}

// each is a word of eight bytes b.
const each = 0x0101010101010101

// special returns a word whose lowest bit that is set is the highest bit of the
// lowest byte of word that a string cannot hold as it is: a quote, a backslash
// or a control character.
func special(word uint64) uint64 {
	quote := word ^ '"'*each
	backslash := word ^ '\\'*each
	return ((word - ' '*each) | (quote - each) | (backslash - each)) &^ word & (0x80 * each)
}

func (s *jsonScanner) escape() bool {
	s.at++ // the backslash
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at++
		return true
	case 'u':
		s.at++
		for range 4 {
			if !isHex(s.peek()) {
				return false
			}
			s.at++
		}
		return true
	}
	return false
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (s *jsonScanner) literal(word string) bool {
	for i := range len(word) {
		if !s.take(word[i]) {
			return false
		}
	}
	return true
}

func (s *jsonScanner) number() bool {
	s.take('-')
	if !s.take('0') && !s.digits() {
		return false
	}
	if s.take('.') && !s.digits() {
		return false
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		return s.digits()
	}
	return true
}

func (s *jsonScanner) digits() bool {
	start := s.at
	for isDigit(s.peek()) {
		s.at++
	}
	return s.at > start
}

package hub

import (
	"encoding/json"
	"unicode/utf8"
)

// Nearly all JSON that a hub reads, from clients and from other instances, and that it
// writes, is plain: one object of strings without escapes and of whole numbers. That is
// read and written here, in one pass and without memory for what lies between. All else
// is left to encoding/json. FuzzPlain holds the two to one result.

// plain tells whether an object is plain, and valid UTF-8, and calls member with each
// of its keys, without the quotes, and its value, with them. Where the object turns out
// not to be plain, the calls until then mean nothing.
func plain(object []byte, member func(key, value []byte)) bool {
	i := space(object, 0)
	if !is(object, i, '{') || !utf8.Valid(object) {
		return false
	}
	if i = space(object, i+1); is(object, i, '}') {
		return space(object, i+1) == len(object)
	}
	for {
		key := i
		keyEnd := quoted(object, key)
		if i = space(object, keyEnd); keyEnd < 0 || !is(object, i, ':') {
			return false
		}
		value := space(object, i+1)
		end := quoted(object, value)
		if end < 0 {
			end = digits(object, value)
		}
		if end < 0 {
			return false
		}
		member(object[key+1:keyEnd-1], object[value:end])
		switch i = space(object, end); {
		case is(object, i, ','):
			i = space(object, i+1)
		default:
			return is(object, i, '}') && space(object, i+1) == len(object)
		}
	}
}

func is(b []byte, i int, c byte) bool { return i < len(b) && b[i] == c }

// space is where the white space that begins at i ends.
func space(b []byte, i int) int {
	for i >= 0 && i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// quoted is where the string that begins at i ends, and -1 where there is none, or one
// with escapes.
func quoted(b []byte, i int) int {
	if !is(b, i, '"') {
		return -1
	}
	for i++; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c == '\\' || c < ' ':
			return -1
		}
	}
	return -1
}

// digits is where the whole number that begins at i ends, and -1 where there is none. It
// is 0, or does not begin with it.
func digits(b []byte, i int) int {
	begin := i
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	if i == begin || b[begin] == '0' && i > begin+1 {
		return -1
	}
	return i
}

// unquote is a JSON string's value.
func unquote(value []byte) (s string, ok bool) {
	if quoted(value, 0) == len(value) && utf8.Valid(value) {
		return string(value[1 : len(value)-1]), true
	}
	var p *string // null is no string
	if err := json.Unmarshal(value, &p); err != nil || p == nil {
		return "", false
	}
	return *p, true
}

// appendQuoted appends s as a JSON string. Like encode, it leaves < > & as they are.
func appendQuoted(b []byte, s string) []byte {
	ascii := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == '"' || c == '\\' || c == 0xe2 { // the last begins U+2028, which is escaped
			return append(b, encode(s)...)
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if !ascii && !utf8.ValidString(s) {
		return append(b, encode(s)...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

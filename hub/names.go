package hub

import "unicode/utf8"

const (
	maxName = 64   // bytes of a user's or a room's name
	maxText = 4096 // bytes of a message's text
	maxRef  = 64   // bytes of a client's own reference

	// MaxFrame bounds one frame from a client, in bytes, once reassembled. A
	// text of 4096 bytes fits, escaped or not to twice its size.
	MaxFrame = 8 << 10
)

// ValidName tells whether s can be a user's or a room's name: 1 to 64 of
// A-Z a-z 0-9 _ . - and neither "." nor "..". Such a name needs no escaping in
// a URL, in JSON, in a log line or in a Redis key.
func ValidName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= maxName && s != "." && s != ".."
}

func validText(s string) bool { return len(s) >= 1 && len(s) <= maxText && utf8.ValidString(s) }

func validRef(s string) bool { return len(s) >= 1 && len(s) <= maxRef }

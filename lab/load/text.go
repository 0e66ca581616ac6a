package load

import (
	"strconv"
	"strings"

	"secondserver/lab/ledger"
)

// text is what a message says: the crowd's tag, the message's name, its length, and as
// many dots as it takes: "k3jq7x 17 64 .....". One that is too short for that is longer.
func (c *Crowd) text(id ledger.ID, size int) string {
	if size == 0 {
		size = 64
	}
	text := c.tag + " " + strconv.FormatUint(uint64(id), 10) + " " + strconv.Itoa(size) + " "
	return text + strings.Repeat(".", max(0, size-len(text)))
}

// parse knows a message of this crowd by the beginning of its text, and tells whether
// the rest is what was sent.
func (c *Crowd) parse(text string) (id ledger.ID, whole, ours bool) {
	rest, ours := strings.CutPrefix(text, c.tag+" ")
	if !ours {
		return 0, false, false
	}
	number, rest, _ := strings.Cut(rest, " ")
	length, _, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return 0, false, false
	}
	size, err := strconv.Atoi(length)
	whole = err == nil && size > 0 && size <= len(text)+len(c.tag)+20 && text == c.text(ledger.ID(n), size)
	return ledger.ID(n), whole, true
}

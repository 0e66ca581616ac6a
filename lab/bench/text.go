package bench

import (
	"bytes"
	"fmt"
	"time"
)

// A text of a bench is 64 bytes that say who says it, in which of its rooms, for the
// how manieth time, and when:
//
//	1 017 0000001042 1764325800000000000 ………………………
//
// The numbers have fixed places, so that reading them costs next to nothing.
const textSize = 64

var padding = bytes.Repeat([]byte("."), textSize-37)

func text(speaker, room, turn int, at time.Time) string {
	return fmt.Sprintf("%d %03d %010d %019d %s", speaker, room, turn, at.UnixNano(), padding)
}

var textKey = []byte(`"text":"`)

// A spoken is a text, read.
type spoken struct {
	speaker, room, turn int
	at                  int64 // Unix time in nanoseconds
}

// readText finds a text in a message's frame.
func readText(frame []byte) (s spoken, ours bool) {
	i := bytes.Index(frame, textKey)
	if i < 0 {
		return s, false
	}
	text := frame[i+len(textKey):]
	if len(text) < textSize {
		return s, false
	}
	return spoken{
		speaker: int(text[0] - '0'),
		room:    int(number(text[2:5])),
		turn:    int(number(text[6:16])),
		at:      number(text[17:36]),
	}, true
}

func number(digits []byte) (n int64) {
	for _, d := range digits {
		n = 10*n + int64(d-'0')
	}
	return n
}

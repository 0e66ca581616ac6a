package bench

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// frame is a text frame as servers send it: not masked.
func frame(payload string) []byte {
	switch n := len(payload); {
	case n < 126:
		return append([]byte{0x81, byte(n)}, payload...)
	case n < 1<<16:
		return append([]byte{0x81, 126, byte(n >> 8), byte(n)}, payload...)
	default:
		return append([]byte{0x81, 127, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, payload...)
	}
}

// Whatever comes, in whichever parts: whole frames are cut off, and a part waits.
func TestFramesAreFoundInWhatHasCome(t *testing.T) {
	var want []string
	var stream []byte
	for _, size := range []int{0, 1, 125, 126, 65_535, 65_536} {
		want = append(want, strings.Repeat("x", size))
		stream = append(stream, frame(want[len(want)-1])...)
	}
	for _, part := range []int{1, 3, 1000, len(stream)} {
		var got []string
		var waiting []byte
		for rest := stream; len(rest) > 0; {
			n := min(part, len(rest))
			waiting, rest = append(waiting, rest[:n]...), rest[n:]
			for {
				var payload []byte
				if payload, waiting = nextFrame(waiting); payload == nil {
					break
				}
				got = append(got, string(payload))
			}
		}
		if len(got) != len(want) || len(waiting) > 0 {
			t.Fatalf("in parts of %d: %d frames, %d bytes are left, want %d and 0", part, len(got), len(waiting), len(want))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("in parts of %d: frame %d has %d bytes, want %d", part, i, len(got[i]), len(want[i]))
			}
		}
	}
}

func TestATextSaysWhoSaysItAndWhen(t *testing.T) {
	now := time.Now()
	said := text(1, 17, 1042, now)
	if len(said) != textSize {
		t.Errorf("%q has %d bytes, want %d", said, len(said), textSize)
	}
	got, ours := readText(fmt.Appendf(nil, `{"type":"message","room":"room-1","offset":7,"from":"a","text":"%s","server_id":"b"}`, said))
	if want := (spoken{1, 17, 1042, now.UnixNano()}); got != want || !ours {
		t.Errorf("read %+v, %v, want %+v", got, ours, want)
	}
	for _, other := range []string{``, `{"text":"hi"}`, `{"type":"message"}`} {
		if got, ours := readText([]byte(other)); ours {
			t.Errorf("%s is read as %+v", other, got)
		}
	}
}

// A frame to a server is masked, as RFC 6455 wants it of clients.
func TestFramesToServersAreMasked(t *testing.T) {
	for _, size := range []int{1, 125, 126, 4000} {
		payload := strings.Repeat("x", size)
		f := appendFrame(nil, payload)
		if f[1]&0x80 == 0 || !bytes.HasSuffix(f, []byte("\x00\x00\x00\x00"+payload)) {
			t.Errorf("%d bytes: not masked: %q", size, f[:8])
		}
	}
}

func FuzzNextFrame(f *testing.F) {
	f.Add(frame("hi"))
	f.Add([]byte{0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		payload, rest := nextFrame(b)
		if len(payload)+len(rest) > len(b) || payload == nil && len(rest) != len(b) {
			t.Errorf("%d bytes and %d are left of %d", len(payload), len(rest), len(b))
		}
	})
}

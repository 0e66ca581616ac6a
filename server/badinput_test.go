package server_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"secondserver/hub"
)

// What no good client sends. Each is answered by an error or by the end of the
// connection, and a bystander in the same room hears nothing of it, nor of a part
// of it: the next thing that he hears is a good message, whole, and its offset is
// the next.

// part is what would be heard if a bad input were delivered.
const part = `{"type":"message","room":"general","text":"part"}`

var badInputs = []struct {
	name string
	sent []byte
	want any // the code of an error, or of a close frame
}{
	{"an empty frame", wsFrame(fin|textFrame, ""), "bad_frame"},
	{"no JSON", wsFrame(fin|textFrame, "hi"), "bad_frame"},
	{"truncated JSON", wsFrame(fin|textFrame, part[:len(part)-1]), "bad_frame"},
	{"JSON in JSON", wsFrame(fin|textFrame, `[`+part+`]`), "bad_frame"},
	{"two objects", wsFrame(fin|textFrame, part+part), "bad_frame"},
	{"a byte order mark", wsFrame(fin|textFrame, "\ufeff"+part), "bad_frame"},
	{"a NUL behind it", wsFrame(fin|textFrame, part+"\x00"), "bad_frame"},
	{"a NUL in it", wsFrame(fin|textFrame, strings.Replace(part, "part", "pa\x00rt", 1)), "bad_frame"},
	{"a line break in a string", wsFrame(fin|textFrame, strings.Replace(part, "part", "pa\nrt", 1)), "bad_frame"},
	{"8,000 deep", wsFrame(fin|textFrame, strings.Replace(part, "{", `{"x":`+strings.Repeat("[", 8000), 1)), "bad_frame"},
	{"10,000 deep", wsFrame(fin|textFrame, strings.Replace(part, "{", `{"x":`+strings.Repeat("[", 10000), 1)), 1009},
	{"a key given twice, the last one bad", wsFrame(fin|textFrame, strings.Replace(part, "}", `,"text":7}`, 1)), "bad_frame"},
	{"a number out of range", wsFrame(fin|textFrame, strings.Replace(part, `"part"`, "1e999", 1)), "bad_frame"},
	{"binary", wsFrame(fin|binaryFrame, part), "bad_frame"},
	{"binary in fragments", slices.Concat(wsFrame(binaryFrame, part[:9]), wsFrame(fin|continuation, part[9:])), "bad_frame"},
	{"empty fragments", slices.Concat(wsFrame(textFrame, ""), wsFrame(continuation, ""), wsFrame(fin|continuation, "")), "bad_frame"},

	{"not UTF-8", wsFrame(fin|textFrame, strings.Replace(part, "part", "\xff", 1)), 1007},
	{"UTF-8 cut off", wsFrame(fin|textFrame, strings.Replace(part, "part", "\xc3", 1)), 1007},
	{"a surrogate in UTF-8", wsFrame(fin|textFrame, strings.Replace(part, "part", "\xed\xa0\x80", 1)), 1007},
	{"not UTF-8, in fragments", slices.Concat(wsFrame(textFrame, part[:9]), wsFrame(fin|continuation, "\xff")), 1007},

	{"more than 8 KiB", wsFrame(fin|textFrame, part+strings.Repeat(" ", 8<<10+1-len(part))), 1009},
	{"more than 8 KiB in fragments", slices.Concat(wsFrame(textFrame, part), wsFrame(continuation, strings.Repeat(" ", 5000)), wsFrame(fin|continuation, strings.Repeat(" ", 5000))), 1009},
	{"a length of 1 TiB", wsHeader(fin|textFrame, 1<<40), 1009},
	{"a length beyond 63 bits", wsHeader(fin|textFrame, 1<<63), 1009},

	{"no mask", append([]byte{fin | textFrame, byte(len(part))}, part...), 1002},
	{"compressed, though that was not agreed on", wsFrame(fin|reserved|textFrame, part), 1002},
	{"another reserved bit", wsFrame(fin|0x10|textFrame, part), 1002},
	{"an opcode of nothing", wsFrame(fin|0x3, part), 1002},
	{"a control opcode of nothing", wsFrame(fin|0xb, part), 1002},
	{"a continuation without a start", wsFrame(fin|continuation, part), 1002},
	{"a start within a message", slices.Concat(wsFrame(textFrame, part[:9]), wsFrame(fin|textFrame, part)), 1002},
	{"a ping too long", wsFrame(fin|pingFrame, strings.Repeat("x", 126)), 1002},
	{"a ping in fragments", wsFrame(pingFrame, "x"), 1002},
	{"a pong too long", wsFrame(fin|pongFrame, strings.Repeat("x", 126)), 1002},
	{"a pong in fragments", wsFrame(pongFrame, "x"), 1002},
	{"a close frame too long", wsFrame(fin|closeFrame, "\x03\xe8"+strings.Repeat("x", 124)), 1002},
	{"a close frame of one byte, which gorilla takes for one of none", wsFrame(fin|closeFrame, "\x03"), 1005},
	{"a close code that is never sent", wsFrame(fin|closeFrame, "\x03\xed"), 1002},
	{"a close reason that is not UTF-8", wsFrame(fin|closeFrame, "\x03\xe8\xff"), 1002},
	{"a message behind the close frame", slices.Concat(wsFrame(fin|closeFrame, "\x03\xe8"), wsFrame(fin|textFrame, part)), 1000},
	{"the end", wsFrame(fin|closeFrame, ""), 1005},
}

func TestBadInputIsRefusedWhole(t *testing.T) {
	url := start(t, new(hub.Memory))
	bob, carol := member(t, url, "bob"), member(t, url, "carol")
	offset := 0
	next := func(t *testing.T) {
		t.Helper()
		offset++
		carol.says(`{"type":"message","room":"general","text":"whole"}`)
		for _, c := range []*rawConn{carol, bob} {
			c.t = t
			c.wants(fmt.Sprintf(`{"type":"message","room":"general","offset":%d,"from":"carol","text":"whole","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`, offset))
		}
	}
	for _, test := range badInputs {
		t.Run(test.name, func(t *testing.T) {
			alice := member(t, url, "alice")
			alice.send(test.sent)
			if code, isError := test.want.(string); isError {
				if got := alice.hears(); !strings.HasPrefix(got, `{"type":"error",`) || !strings.Contains(got, `"code":"`+code+`"`) {
					t.Errorf("answered by %s, want the error %s", got, code)
				}
			} else {
				// More than it is going to read: the close frame must come through.
				alice.Write(bytes.Repeat(wsFrame(fin|textFrame, part), 100)) // may fail: it has ended
				if got, reason := alice.ends(); got != test.want {
					t.Errorf("closed by %d %q, want %d", got, reason, test.want)
				}
			}
			next(t)
			if _, isError := test.want.(string); isError {
				alice.wants(fmt.Sprintf(`{"type":"message","room":"general","offset":%d,"from":"carol","text":"whole","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`, offset))
				alice.Close()
			}
		})
	}
	// What does not arrive whole, because the connection breaks.
	for name, sent := range map[string][]byte{
		"half a header":        wsHeader(fin|textFrame, 1000)[:3],
		"half a pong":          wsFrame(fin|pongFrame, "x")[:4],
		"half a frame":         append(wsHeader(fin|textFrame, 1000), mask(part)...),
		"a message but no FIN": wsFrame(textFrame, part),
	} {
		t.Run(name, func(t *testing.T) {
			alice := member(t, url, "alice")
			alice.send(sent)
			alice.Close()
			next(t)
		})
	}
	for name, header := range map[string]string{
		"half a body":  "Content-Length: 1000\r\n\r\n" + `{"text":"part"}`,
		"half a chunk": "Transfer-Encoding: chunked\r\n\r\nf\r\n" + `{"text":"part"}` + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			url := startWith(t, serviceConfig, new(hub.Memory))
			bob := member(t, url, "bob")
			service := dialRaw(t, url)
			service.send([]byte("POST /rooms/general/messages HTTP/1.1\r\nHost: raw\r\nAuthorization: Bearer " + apiToken + "\r\n" + header))
			service.Close()
			ask(t, "POST", url+"/rooms/general/messages", "Bearer "+apiToken, `{"text":"whole"}`)
			bob.wants(`{"type":"message","room":"general","offset":1,"from":"@server","text":"whole","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`)
		})
	}
}

// member is a WebSocket in "general".
func member(t testing.TB, url, user string) *rawConn {
	t.Helper()
	c := connectRaw(t, url, "user="+user+"&room=general")
	c.hears()
	c.hears()
	return c
}

// What looks strange, and is right.
func TestGoodInputIsDeliveredWhole(t *testing.T) {
	url := start(t, new(hub.Memory))
	bob, alice := member(t, url, "bob"), member(t, url, "alice")
	whole := `{"type":"message","room":"general","text":"é"}`
	middle := strings.Index(whole, "é") + 1 // within a character
	inputs := map[string][]byte{
		"in one piece":                  wsFrame(fin|textFrame, whole),
		"in fragments":                  slices.Concat(wsFrame(textFrame, whole[:middle]), wsFrame(continuation, ""), wsFrame(fin|continuation, whole[middle:])),
		"with a ping between them":      slices.Concat(wsFrame(textFrame, whole[:middle]), wsFrame(fin|pingFrame, "x"), wsFrame(fin|continuation, whole[middle:])),
		"exactly 8 KiB":                 wsFrame(fin|textFrame, whole+strings.Repeat(" ", 8<<10-len(whole))),
		"8 KiB in fragments":            slices.Concat(wsFrame(textFrame, whole), wsFrame(fin|continuation, strings.Repeat(" ", 8<<10-len(whole)))),
		"behind an unasked pong":        slices.Concat(wsFrame(fin|pongFrame, "x"), wsFrame(fin|textFrame, whole)),
		"behind a short and a long one": slices.Concat(wsFrame(fin|pongFrame, ""), wsFrame(fin|pongFrame, strings.Repeat("x", 125)), wsFrame(fin|textFrame, whole)),
		"with a pong between fragments": slices.Concat(wsFrame(textFrame, whole[:middle]), wsFrame(fin|pongFrame, "x"), wsFrame(fin|continuation, whole[middle:])),
	}
	offset := 0
	for name, sent := range inputs {
		t.Run(name, func(t *testing.T) {
			offset++
			alice.t, bob.t = t, t
			alice.send(sent)
			if strings.Contains(name, "ping") {
				if opcode, payload, err := alice.next(); opcode != pongFrame || payload != "x" {
					t.Errorf("a ping is answered by %x %q, %v, want its pong", opcode, payload, err)
				}
			}
			for _, c := range []*rawConn{alice, bob} {
				c.wants(fmt.Sprintf(`{"type":"message","room":"general","offset":%d,"from":"alice","text":"é","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`, offset))
			}
		})
	}
}

// Compression that is offered is not taken.
func TestCompressionIsNotAgreedOn(t *testing.T) {
	answer, _ := dialRaw(t, start(t, new(hub.Memory))).asks("GET /ws?user=alice HTTP/1.1\nHost: raw"+handshake+"\nSec-WebSocket-Extensions: permessage-deflate", "")
	if got := answer.Header.Get("Sec-WebSocket-Extensions"); answer.StatusCode != 101 || got != "" {
		t.Errorf("%s with extensions %q, want 101 and none", answer.Status, got)
	}
}

// One who reads too late gets what was sent in time, and then the reason. bob
// reads: alice's slowness is not his.
func TestASlowConsumerIsToldSo(t *testing.T) {
	plane := new(hub.Memory)
	alice := member(t, start(t, plane), "alice")
	payload := []byte(`{"from":"carol","text":"` + strings.Repeat("x", 4096) + `"}`)
	for range 5000 { // 20 MB at once: more than the kernel's buffers and hers hold
		plane.Publish(hub.Publication{To: hub.Room("general"), Payload: payload}, func(hub.Position, error) {})
	}
	if code, reason := alice.ends(); code != 1008 || reason != "slow consumer" {
		t.Errorf("closed by %d %q, want 1008 slow consumer", code, reason)
	}
}

// A close frame is the last one of each side (RFC 6455, section 5.5.1), also where
// answers are on their way when the peer's comes in.
func TestNothingFollowsTheCloseFrame(t *testing.T) {
	url := start(t, new(hub.Memory))
	for range 50 {
		c := connectRaw(t, url, "user=alice&room=general")
		var sent []byte
		for i := range 50 {
			sent = append(sent, wsFrame(fin|textFrame, fmt.Sprintf(`{"type":"message","room":"general","text":"hi","ref":"%d"}`, i))...)
		}
		c.send(append(sent, wsFrame(fin|closeFrame, "\x03\xe8")...))
		closed := false
		for {
			opcode, payload, err := c.frame()
			if err == io.EOF && closed {
				break
			}
			if err != nil || closed {
				t.Fatalf("a close frame came: %v; then opcode %d %q, %v; want a close frame, then the end", closed, opcode, payload, err)
			}
			closed = opcode == closeFrame
			if closed && payload != "\x03\xe8" {
				t.Fatalf("the close frame says %x, want 1000 as was said", payload)
			}
		}
	}
}

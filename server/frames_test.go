package server_test

import (
	"fmt"
	"strings"
	"testing"

	"secondserver/hub"
)

// The protocol's tables, row by row, from outside: alice and bob are in "general",
// and what alice sends is answered to her.

func TestFrames(t *testing.T) {
	name, text := strings.Repeat("n", 64), strings.Repeat("é", 2048)
	said := func(offset int, text string) string {
		return fmt.Sprintf(`{"type":"message","room":"general","offset":%d,"from":"alice","text":"%s","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`, offset, text)
	}
	bad := func(ref, room, code string) string {
		frame := `{"type":"error",`
		if ref != "" {
			frame += `"ref":"` + ref + `",`
		}
		if room != "" {
			frame += `"room":"` + room + `",`
		}
		return frame + `"code":"` + code + `","message":"…"}`
	}
	tests := []struct{ name, frame, want string }{ // more than one answer: one a line
		{"a join", `{"type":"join","room":"other","ref":"r"}`, `{"type":"joined","room":"other","count":1,"offset":0,"epoch":"…","ref":"r"}`},
		{"a join of a room joined already", `{"type":"join","room":"general","offset":9,"epoch":"x"}`, `{"type":"joined","room":"general","count":2,"offset":0,"epoch":"…"}`},
		{"a join that resumes another history", `{"type":"join","room":"other","offset":1,"epoch":"x","ref":"r"}`, `{"type":"joined","room":"other","count":1,"offset":0,"epoch":"…","recovered":false,"ref":"r"}`},
		{"a leave", `{"type":"leave","room":"general","ref":"r"}`, `{"type":"left","room":"general","ref":"r"}`},
		{"a leave without ref", `{"type":"leave","room":"general"}`, `{"type":"left","room":"general"}`},
		{"a message without ref", `{"type":"message","room":"general","text":"hi"}`, said(1, "hi")},
		{"a message", `{"type":"message","room":"general","text":"hi","ref":"1"}`, said(1, "hi") + "\n" + `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":"…"}`},
		{"a message to a user", `{"type":"message","to":"bob","text":"hi","ref":"2"}`, `{"type":"ack","ref":"2","to":"bob"}`},
		{"a message to oneself", `{"type":"message","to":"alice","text":"hi"}`, `{"type":"message","to":"alice","from":"alice","text":"hi","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`},

		{"the longest text", `{"type":"message","room":"general","text":"` + text + `"}`, said(1, text)},
		{"a text too long", `{"type":"message","room":"general","text":"` + text + `x","ref":"r"}`, bad("r", "general", "bad_text")},
		{"an empty text", `{"type":"message","room":"general","text":""}`, bad("", "general", "bad_text")},
		{"a text of control characters", `{"type":"message","room":"general","text":"\u0000\u0007\n"}`, said(1, `\u0000\u0007\n`)},
		{"a lone surrogate", `{"type":"message","room":"general","text":"\ud800"}`, said(1, "\ufffd")},
		{"the longest ref", `{"type":"leave","room":"general","ref":"` + name + `"}`, `{"type":"left","room":"general","ref":"` + name + `"}`},
		{"a ref too long", `{"type":"leave","room":"general","ref":"` + name + `x"}`, bad("", "general", "bad_frame")},
		{"an empty ref", `{"type":"leave","room":"general","ref":""}`, bad("", "general", "bad_frame")},
		{"the longest room", `{"type":"join","room":"` + name + `"}`, `{"type":"joined","room":"` + name + `","count":1,"offset":0,"epoch":"…"}`},

		{"unknown keys", `{"type":"leave","room":"general","x":{"y":[null]}}`, `{"type":"left","room":"general"}`},
		{"unknown keys, 4,000 deep", `{"type":"leave","room":"general","x":` + strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + `}`, `{"type":"left","room":"general"}`},
		{"a key given twice", `{"type":"message","room":"general","text":"first","text":"last"}`, said(1, "last")},
		{"a key in other letters", `{"Type":"leave","room":"general"}`, bad("", "general", "bad_frame")},
		{"no type", `{"room":"general","ref":"r"}`, bad("r", "general", "bad_frame")},
		{"a type of nobody", `{"type":"welcome","room":"general"}`, bad("", "general", "bad_frame")},
		{"no room", `{"type":"join"}`, bad("", "", "bad_frame")},
		{"no text", `{"type":"message","room":"general"}`, bad("", "general", "bad_frame")},
		{"text of another kind", `{"type":"message","room":"general","text":["hi"]}`, bad("", "general", "bad_frame")},
		{"room and to", `{"type":"message","room":"general","to":"bob","text":"hi"}`, bad("", "general", "bad_frame")},
		{"offset without epoch", `{"type":"join","room":"other","offset":1}`, bad("", "other", "bad_frame")},
		{"epoch without offset", `{"type":"join","room":"other","epoch":"e"}`, bad("", "other", "bad_frame")},
		{"an offset too large", `{"type":"join","room":"other","offset":18446744073709551616,"epoch":"e"}`, bad("", "other", "bad_frame")},
		{"an offset far too large", `{"type":"join","room":"other","offset":1e999,"epoch":"e"}`, bad("", "other", "bad_frame")},
		{"an offset below 0", `{"type":"join","room":"other","offset":-1,"epoch":"e"}`, bad("", "other", "bad_frame")},
		{"half an offset", `{"type":"join","room":"other","offset":0.5,"epoch":"e"}`, bad("", "other", "bad_frame")},
		{"a bad room", `{"type":"join","room":"a b","ref":"r"}`, bad("r", "", "bad_name")},
		{"a bad addressee", `{"type":"message","to":"@server","text":"hi"}`, bad("", "", "bad_name")},
		{"a message to a room not joined", `{"type":"message","room":"other","text":"hi","ref":"r"}`, bad("r", "other", "not_in_room")},
		{"a leave of a room not joined", `{"type":"leave","room":"other"}`, bad("", "other", "not_in_room")},
		{"a bad text for a room not joined", `{"type":"message","room":"other","text":""}`, bad("", "other", "bad_text")},
		{"a message to nobody", `{"type":"message","to":"charlie","text":"hi","ref":"r"}`, bad("r", "", "user_offline")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url := start(t, new(hub.Memory))
			bob := connectRaw(t, url, "user=bob&room=general")
			bob.wants(`{"type":"welcome","server_id":"server-1","user":"bob"}`)
			bob.wants(`{"type":"joined","room":"general","count":1,"offset":0,"epoch":"…"}`)
			alice := connectRaw(t, url, "user=alice&room=general")
			alice.wants(`{"type":"welcome","server_id":"server-1","user":"alice"}`)
			alice.wants(`{"type":"joined","room":"general","count":2,"offset":0,"epoch":"…"}`)
			alice.says(test.frame)
			for want := range strings.SplitSeq(test.want, "\n") {
				alice.wants(want)
			}
		})
	}
}

func TestTheHundredAndFirstRoomIsOneTooMany(t *testing.T) {
	alice := connectRaw(t, start(t, new(hub.Memory)), "user=alice")
	alice.hears()
	for n := range 100 {
		alice.says(fmt.Sprintf(`{"type":"join","room":"room-%d"}`, n))
		alice.wants(fmt.Sprintf(`{"type":"joined","room":"room-%d","count":1,"offset":0,"epoch":"…"}`, n))
	}
	alice.says(`{"type":"join","room":"room-100","ref":"r"}`)
	alice.wants(`{"type":"error","ref":"r","room":"room-100","code":"too_many_rooms","message":"…"}`)
}

// One rule, wherever a name can be given.
func TestNames(t *testing.T) {
	url := start(t, new(hub.Memory))
	for name, valid := range map[string]bool{
		"a": true, strings.Repeat("n", 64): true, strings.Repeat("n", 65): false,
		"Az09_.-": true, "-": true, "...": true, ".": false, "..": false,
		"a b": false, "@server": false, "é": false, "a/b": false, "a\x00": false, "a\n": false, "a,b": false, "room:a": false,
	} {
		t.Run(name, func(t *testing.T) {
			escaped := ""
			for _, b := range []byte(name) {
				escaped += fmt.Sprintf("%%%02x", b)
			}
			alice := connectRaw(t, url, "user=alice")
			alice.hears()
			for place, refused := range map[string]func() bool{
				"GET /ws?user":      func() bool { return status(t, url, "GET /ws?user="+escaped, handshake) == 400 },
				"GET /ws?room":      func() bool { return status(t, url, "GET /ws?user=alice&room="+escaped, handshake) == 400 },
				"POST /poll?user":   func() bool { return status(t, url, "POST /poll?user="+escaped, "") == 400 },
				"POST /poll?room":   func() bool { return status(t, url, "POST /poll?user=alice&room="+escaped, "") == 400 },
				"GET /rooms":        func() bool { return status(t, url, "GET /rooms/"+escaped, "") == 400 },
				"GET …/messages":    func() bool { return status(t, url, "GET /rooms/"+escaped+"/messages", "") == 400 },
				"a join":            func() bool { return answers(alice, "join", "room", name) == "bad_name" },
				"a message to":      func() bool { return answers(alice, "message", "to", name) == "bad_name" },
				"a message in room": func() bool { return answers(alice, "message", "room", name) == "bad_name" },
				"a leave":           func() bool { return answers(alice, "leave", "room", name) == "bad_name" },
			} {
				if got := refused(); got == valid {
					t.Errorf("%s: refused is %v, want %v", place, got, !valid)
				}
			}
		})
	}
}

func status(t *testing.T, url, request, header string) int {
	t.Helper()
	answer, _ := dialRaw(t, url).asks(request+" HTTP/1.1\nHost: raw"+header, "")
	return answer.StatusCode
}

// answers is the code with which a frame is answered, or "".
func answers(c *rawConn, kind, key, name string) (code string) {
	c.t.Helper()
	c.says(`{"type":"` + kind + `","` + key + `":` + quoted(name) + `,"text":"hi","ref":"r"}`)
	answer := c.hears()
	for !strings.Contains(answer, `"ref":"r"`) { // the message itself comes too
		answer = c.hears()
	}
	_, rest, _ := strings.Cut(answer, `"code":"`)
	code, _, _ = strings.Cut(rest, `"`)
	return code
}

// quoted is a string in JSON, every character of it escaped.
func quoted(s string) string {
	b := `"`
	for _, r := range s {
		b += fmt.Sprintf(`\u%04x`, r)
	}
	return b + `"`
}

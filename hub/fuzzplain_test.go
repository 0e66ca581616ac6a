package hub

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"
)

// What is read in the quick way is what encoding/json reads, and a string that is
// written in the quick way is what encoding/json writes.
func FuzzPlain(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { } `, `{"type":"join","room":"general"}`, "\t{\"offset\" : 0 ,\r\n\"epoch\":\"e\"}\n", `{"offset":18446744073709551616}`,
		`{"a":"b",}`, `{"a":"b"`, `{"a":"b"}}`, `{"a" "b"}`, `{"a":01}`, `{"a":-1}`, `{"a":1.5}`, `{"a":null}`, `{"a":["b"]}`, `{"a":"\u00e4"}`,
		`{"room":"a","room":"b"}`, "{\"a\":\"\xff\"}", "{\"a\":\"\x00\"}", `{"ä":"ö"}`, `["a"]`, ``, `{"":""}`, "hi \u2028 there", `<b>&"\`, "\x7f",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		quick := make(map[string]json.RawMessage)
		if plain(text, func(key, value []byte) { quick[string(key)] = value }) {
			var want map[string]json.RawMessage
			if err := json.Unmarshal(text, &want); err != nil || !utf8.Valid(text) || len(want) != len(quick) {
				t.Fatalf("%q is read as %q, want %q, %v", text, quick, want, err)
			}
			for key, value := range want {
				got, ok := unquote(quick[key])
				var s string
				isString := json.Unmarshal(value, &s) == nil
				if !bytes.Equal(quick[key], value) || ok != isString || got != s {
					t.Errorf("%q: %q is read as %q, want %q", text, key, quick[key], value)
				}
			}
		}
		if got, want := appendQuoted(nil, string(text)), encode(string(text)); !bytes.Equal(got, want) {
			t.Errorf("%q is written as %s, want %s", text, got, want)
		}
	})
}

// Frames of the course of things are read in the quick way: if they were not, nothing
// but a benchmark would tell.
func TestUsualFramesArePlain(t *testing.T) {
	payload := messagePayload("alice", "Grüße, Bob …", "server-1", time.Now())
	frame, ours := messageFrame(Room("general"), 46, payload)
	if !ours {
		t.Errorf("%s is no message of ours", payload)
	}
	for _, frame := range [][]byte{
		payload, frame, ack("7", Room("general"), Position{"123", 46}),
		[]byte(`{"type": "message", "room": "general", "text": "Grüße", "ref": "7"}`),
		[]byte(`{"type":"join","room":"general","offset":45,"epoch":"123"}`),
	} {
		if !plain(frame, func(_, _ []byte) {}) {
			t.Errorf("not plain: %s", frame)
		}
	}
}

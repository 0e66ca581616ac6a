package hub_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

// A told is what these tests read of a frame to a client.
type told struct{ Type, Room, To, From, Text, Ref, Code, Message string }

func tell(t testing.TB, frame string) (f told) {
	t.Helper()
	if err := json.Unmarshal([]byte(frame), &f); err != nil { // the wire has looked too: see wire.Send
		t.Fatalf("%q: %v", frame, err)
	}
	return f
}

var knownCodes = map[string]bool{
	hub.CodeBadFrame: true, hub.CodeBadName: true, hub.CodeBadText: true, hub.CodeTooManyRooms: true,
	hub.CodeNotInRoom: true, hub.CodeUserOffline: true, hub.CodeUnavailable: true,
}

// Whatever a client sends is answered once, or it is a message without a ref, and
// is heard: nothing in between, and no second reading of what it says.
func FuzzFrame(f *testing.F) {
	for _, frame := range []string{
		joinGeneral, hi, hiAgain,
		`{"type":"leave","room":"general","ref":"r"}`,
		`{"type":"join","room":"other","offset":1,"epoch":"e","ref":"r"}`,
		`{"type":"message","to":"bob","text":"\ud800 <b>\u0000","ref":"r"}`,
		`{"type":"message","to":"bob","room":"general","text":"hi"}`,
		`{"type":"message","room":"general","text":"a","text":"b"}`,
		`{"TYPE":"leave","room":"general"}`, `[]`, `null`, `{}`, ``, `{"type":"message","room":"general","text":""}`,
	} {
		f.Add([]byte(frame))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		synctest.Test(t, func(t *testing.T) {
			h := hub.New("server-1", new(hub.Memory))
			alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
			alice.says(joinGeneral)
			bob.says(joinGeneral)
			alice.takesAll()
			bob.takesAll()

			alice.Handle(frame)

			said := bySomebodyElse(frame)
			answer := checkAnswer(t, frame, said, alice.takesAll())
			heard := messages(t, bob.takesAll())
			if reaches := said.Type == "message" && answer.Code == "" && (said.To == "" || said.To == "bob"); reaches != (len(heard) == 1) {
				t.Errorf("after %q, answered by %+v, bob hears %+v", frame, answer, heard)
			} else if reaches && (heard[0].Text != said.Text || heard[0].From != "alice" || !sayable(said.Text)) {
				t.Errorf("%q is heard as %+v", frame, heard[0])
			}
			closeAll(alice, bob)
			if cause := alice.Cause(); !errors.Is(cause, errGone) {
				t.Errorf("%q ends alice: %v", frame, cause)
			}
			nothingLeft(t, h)
		})
	})
}

// bySomebodyElse is a frame as encoding/json alone reads it: into values of any
// kind, which match the keys as they are written.
func bySomebodyElse(frame []byte) (said told) {
	var keys map[string]any
	if json.Unmarshal(frame, &keys) != nil {
		return told{}
	}
	said.Type, _ = keys["type"].(string)
	said.Room, _ = keys["room"].(string)
	said.To, _ = keys["to"].(string)
	said.Text, _ = keys["text"].(string)
	said.Ref, _ = keys["ref"].(string)
	return said
}

// checkAnswer finds the one answer among the frames to the sender. It is the zero
// one after a message without a ref, of which nobody tells him.
func checkAnswer(t *testing.T, frame []byte, said told, frames []string) (answer told) {
	t.Helper()
	var answers []told
	for _, f := range frames {
		if f := tell(t, f); f.Type != "message" && f.Type != "presence" {
			answers = append(answers, f)
		}
	}
	silent := said.Type == "message" && said.Ref == ""
	if len(answers) > 1 || len(answers) == 0 && !silent {
		t.Fatalf("%q is answered by %q, want one answer", frame, frames)
	}
	if len(answers) == 0 {
		return told{}
	}
	answer = answers[0]
	want := map[string]string{"join": "joined", "leave": "left", "message": "ack"}[said.Type]
	switch {
	case answer.Type == "error":
		if !knownCodes[answer.Code] || answer.Message == "" {
			t.Errorf("%q is answered by %+v: no such code, or no message", frame, answer)
		}
		if answer.Ref != "" && answer.Ref != said.Ref || answer.Room != "" && answer.Room != said.Room {
			t.Errorf("%q is answered by %+v, of another frame", frame, answer)
		}
	case silent:
		t.Errorf("%q, which has no ref, is answered by %+v", frame, answer)
	case answer.Type != want || answer.Ref != said.Ref || answer.Room != said.Room || answer.To != said.To && said.Type == "message":
		t.Errorf("%q is answered by %+v, want %s", frame, answer, want)
	}
	return answer
}

// sayable is the rule of texts, which encoding/json has made UTF-8 already.
func sayable(text string) bool { return len(text) >= 1 && len(text) <= 4096 }

func messages(t *testing.T, frames []string) (messages []told) {
	for _, f := range frames {
		if f := tell(t, f); f.Type == "message" {
			messages = append(messages, f)
		}
	}
	return messages
}

package hub_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

// Whatever a backend service posts is said once, as it stands there, or refused
// with a known code. Each body goes to a room, to a user, to one who is not there
// and to everyone.
func FuzzPost(f *testing.F) {
	for _, body := range []string{
		`{"text":"hi"}`, `{"text":"hi","ref":"r"}`, `{"text":"","ref":"r"}`, `{"text":"hi","ref":""}`, `{"text":7}`,
		`{"text":"a","text":"b"}`, `{"TEXT":"hi"}`, `{"text":"\ud800\u0000<"}`, `{"text":"hi","type":"join","room":"x","to":"bob"}`, `[]`, ``,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		synctest.Test(t, func(t *testing.T) {
			h := hub.New("server-1", new(hub.Memory))
			bob := connect(t, h, "bob")
			bob.says(joinGeneral)
			bob.takesAll()
			said := bySomebodyElse(body)
			for _, to := range []hub.Destination{hub.Room("general"), hub.User("bob"), hub.User("nobody"), hub.Everyone} {
				answer, err := h.Post(t.Context(), to, body)
				heard := bob.takesAll()
				if err != nil {
					problem, ok := errors.AsType[*hub.Problem](err)
					if !ok || !knownCodes[problem.Code] || answer != nil || len(heard) > 0 {
						t.Errorf("to %s %q: %s, %v, bob hears %q, want one of the codes and nothing else", to, body, answer, err, heard)
					}
					continue
				}
				var ack told
				if err := json.Unmarshal(answer, &ack); err != nil || ack.Type != "ack" || ack.Ref != said.Ref || len(heard) != 1 {
					t.Fatalf("to %s %q: %s (%v), bob hears %q, want an ack and one message", to, body, answer, err, heard)
				}
				if got := tell(t, heard[0]); got.Text != said.Text || !sayable(got.Text) || got.From != "@server" && to != hub.Everyone {
					t.Errorf("to %s %q is heard as %+v", to, body, got)
				}
			}
			closeAll(bob)
			nothingLeft(t, h)
		})
	})
}

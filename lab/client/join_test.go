package client_test

import (
	"testing"

	"secondserver/lab/client"
)

func TestJoinTellsWhereTheRoomIs(t *testing.T) {
	alice := dial(t, serve(t, func(p *peer) { p.joins(); p.untilGone() }))
	got, err := alice.Join(within(t), "general")
	if want := (client.Joined{Position: client.Position{Offset: 7, Epoch: "e1"}, Count: 2}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestResumeSaysWhatWasSeenAndIsToldWhetherTheRestFollows(t *testing.T) {
	for recovered, answer := range map[bool]string{
		true:  `{"type":"joined","room":"general","offset":7,"epoch":"e1","recovered":true,"ref":"$"}`,
		false: `{"type":"joined","room":"general","offset":0,"epoch":"e2","recovered":false,"ref":"$"}`,
	} {
		alice := dial(t, serve(t, func(p *peer) {
			r := p.heard()
			if r.Type != "join" || r.Offset != 5 || r.Epoch != "e1" {
				t.Errorf("the server got %+v, want a join after offset 5 of epoch e1", r)
			}
			p.says(r, answer)
			if recovered {
				p.says(nil, message("general", 6))
			}
			p.untilGone()
		}))
		in, err := alice.Resume(within(t), "general", client.Position{Offset: 5, Epoch: "e1"})
		if err != nil || in.Recovered != recovered {
			t.Errorf("got %+v, %v, want recovered %v", in, err, recovered)
		}
		if recovered {
			wantNext(t, alice, "general", 6)
		}
	}
}

// An offset of 0 is one too: nothing was seen yet.
func TestResumeFromTheBeginningSaysSo(t *testing.T) {
	frame := make(chan string, 1)
	alice := dial(t, serve(t, func(p *peer) {
		_, b, _ := p.ReadMessage()
		frame <- string(b)
	}))
	_, _ = alice.Resume(within(t), "general", client.Position{Epoch: "e1"}) // it is not answered
	want := `"offset":0,"epoch":"e1"}` + "\n"
	if got := <-frame; len(got) < len(want) || got[len(got)-len(want):] != want {
		t.Errorf("the server got %s, want it to end with %s", got, want)
	}
}

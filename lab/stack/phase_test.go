package stack_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"secondserver/lab/stack"
)

func TestOnlyThePhasesAreFoundByName(t *testing.T) {
	for _, phase := range stack.Phases {
		if got, err := stack.PhaseNamed(phase.Name); got != phase {
			t.Errorf("%s: got %+v (%v), want that phase", phase.Name, got, err)
		}
	}
	for _, name := range []string{"wrongturns", "lab/wrongturns", "0", "phase0", "", "4"} {
		if got, err := stack.PhaseNamed(name); err == nil {
			t.Errorf("%q is %+v, want an error", name, got)
		}
	}
}

// A polled broker shows that the environment has arrived: the program has no default.
func TestWrongTurnsIsAStackLikeOthers(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.Name(), func(t *testing.T) {
			s, err := stack.Start(t.Context(), engine, stack.WrongTurns, 3, "BROKER=polled")
			must(t, err)
			defer func() { must(t, s.Close()) }()
			who := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			response, err := who.Get(s.URL() + "/instance")
			must(t, err)
			defer response.Body.Close()
			if body, err := io.ReadAll(response.Body); !strings.Contains(string(body), `"phase":"wrongturns"`) {
				t.Errorf("/instance says %s (%v), want the phase wrongturns", body, err)
			}

			alice, carol := arrive(t, "alice", "lobby", s.Servers[0]), arrive(t, "carol", "lobby", s.Servers[2])
			before := traffic(t, s)
			alice.says(frame{Room: "lobby", Text: "hello"})
			alice.hears("hello")
			carol.hears("hello")
			if sent, received := traffic(t, s)[0].Sent, traffic(t, s)[2].Received; sent.Messages != before[0].Sent.Messages+1 || received.Messages != before[2].Received.Messages+1 {
				t.Errorf("server-1 has sent %+v and server-3 received %+v, want one message more than %+v", sent, received, before)
			}
		})
	}
}

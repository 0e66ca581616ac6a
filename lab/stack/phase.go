package stack

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
)

// A Phase is one of the three ways to run the chat server, or [WrongTurns].
type Phase struct {
	Name    string // what GET /instance calls it: "phase2-broken"
	Package string // the folder of its program; empty: the one of its name
	Number  int    // 1, 2 or 3; 0 for what is none of the three
	Servers int    // how many it is shown with
	Redis   bool   // its servers share a Redis
}

// Phases are the three, in the order of the course.
var Phases = []Phase{
	{Name: "phase1-single", Number: 1, Servers: 1},
	{Name: "phase2-broken", Number: 2, Servers: 2},
	{Name: "phase3-redis", Number: 3, Servers: 2, Redis: true},
}

// WrongTurns is the program for experiments with other brokers than that of phase 3. Which one is for the environment
// to say: Start(ctx, e, WrongTurns, 3, "BROKER=polled"). It is not among the Phases, which people run by name, and the
// image of the containers does not have it.
var WrongTurns = Phase{Name: "wrongturns", Package: "lab/wrongturns", Servers: 3, Redis: true}

// Tutorial is what phase 3 is measured against: two servers and Redis Pub/Sub, as tutorials have it.
var Tutorial = Phase{Name: "tutorial", Package: "lab/tutorial", Servers: 2, Redis: true}

// PhaseNamed understands what people type: "2", "phase2" and "phase2-broken".
func PhaseNamed(s string) (Phase, error) {
	for _, p := range Phases {
		if number := strconv.Itoa(p.Number); s == number || s == "phase"+number || s == p.Name {
			return p, nil
		}
	}
	return Phase{}, fmt.Errorf("no phase is called %q: there are 1, 2 and 3", s)
}

// Balanced says whether clients go through a balancer: always, except in phase 1, which is a single server.
func (p Phase) Balanced() bool { return p.Number != 1 }

// folder is where `go build` finds the program, and program what it calls it.
func (p Phase) folder() string { return cmp.Or(p.Package, p.Name) }

func (p Phase) program() string { return path.Base(p.folder()) }

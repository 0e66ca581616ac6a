package stack

import (
	"fmt"
	"strconv"
)

// A Phase is one of the three ways to run the chat server.
type Phase struct {
	Name    string // its folder, and what GET /instance calls it: "phase2-broken"
	Number  int    // 1, 2 or 3
	Servers int    // how many it is shown with
	Redis   bool   // its servers share a Redis
}

// Phases are the three, in the order of the course.
var Phases = []Phase{
	{Name: "phase1-single", Number: 1, Servers: 1},
	{Name: "phase2-broken", Number: 2, Servers: 2},
	{Name: "phase3-redis", Number: 3, Servers: 2, Redis: true},
}

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

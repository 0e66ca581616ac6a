package stack

import (
	"slices"
	"testing"
)

// at is a server of which only the address is known.
type at struct {
	ServerPart
	addr string
}

func (a at) Backend() string { return a.addr }

func TestTheBalancerIsToldOfEachAddressOnce(t *testing.T) {
	var s Stack
	for _, addr := range []string{"127.0.0.1:1", "", "127.0.0.1:2", "127.0.0.1:1"} { // down; at the port of a dead one
		s.Servers = append(s.Servers, &Server{ServerPart: at{addr: addr}})
	}
	if got, want := s.backends(), []string{"127.0.0.1:1", "127.0.0.1:2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

package stack_test

import (
	"errors"
	"slices"
	"testing"

	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
)

func TestTrafficIsWhatTheBusCarries(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.Name(), func(t *testing.T) {
			s := stacktest.Start(t, engine, "3")
			_, err := s.AddServer(t.Context())
			must(t, err)
			alice, bob := arrive(t, "alice", "lobby", s.Servers[0]), arrive(t, "bob", "lobby", s.Servers[1])
			carol := arrive(t, "carol", "elsewhere", s.Servers[2])
			before := traffic(t, s)

			alice.says(frame{Room: "lobby", Text: "hello all"})
			alice.hears("hello all")
			bob.hears("hello all")
			alice.says(frame{To: "carol", Text: "hello carol"})
			carol.hears("hello carol") // what was for all could have come to her server before
			wantMessages(t, s, before, [][2]int64{{2, 1}, {0, 1}, {0, 1}})

			sent, received := traffic(t, s)[0].Sent.Bytes-before[0].Sent.Bytes, traffic(t, s)[1].Received.Bytes-before[1].Received.Bytes
			if least := int64(len("hello all")); sent < least || received < least {
				t.Errorf("server-1 sent %d bytes and server-2 received %d, want the message at least", sent, received)
			}
		})
	}
}

func TestTrafficGoesOnAfterARestart(t *testing.T) {
	s := stacktest.Start(t, engines[0], "3")
	alice := arrive(t, "alice", "lobby", s.Servers[0])
	alice.says(frame{Room: "lobby", Text: "hello"})
	alice.hears("hello")
	before := traffic(t, s)
	must(t, s.Servers[0].Kill())
	must(t, s.Servers[0].Start(t.Context()))
	if after := traffic(t, s)[0]; after.Sent.Bytes <= before[0].Sent.Bytes || after.Received.Messages < before[0].Received.Messages {
		t.Errorf("got %+v, want more than %+v", after, before[0])
	}
}

func TestThereIsNoTrafficWithoutRedis(t *testing.T) {
	s := stacktest.Start(t, engines[0], "1")
	if got, err := s.Servers[0].Traffic(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %+v (%v), want ErrUnsupported", got, err)
	}
}

func traffic(t *testing.T, s *stack.Stack) (all []stack.Traffic) {
	t.Helper()
	for _, server := range s.Servers {
		one, err := server.Traffic()
		must(t, err)
		all = append(all, one)
	}
	return all
}

// wantMessages wants each server to have sent and received so many messages.
func wantMessages(t *testing.T, s *stack.Stack, before []stack.Traffic, want [][2]int64) {
	t.Helper()
	var got [][2]int64
	for i, after := range traffic(t, s) {
		sent, received := after.Sent.Messages-before[i].Sent.Messages, after.Received.Messages-before[i].Received.Messages
		got = append(got, [2]int64{sent, received})
	}
	if !slices.Equal(got, want) {
		t.Errorf("the servers have sent and received %v messages, want %v", got, want)
	}
}

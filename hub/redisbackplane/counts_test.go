package redisbackplane_test

import (
	"testing"

	"secondserver/hub"
)

func TestBrokenConnectionsAndLostHistoriesAreCounted(t *testing.T) {
	redis := startMiniredis(t)
	b := redis.join(t)
	to := hub.Room("general")
	_, cancel, err := b.Subscribe(t.Context(), to, func(hub.Batch) {})
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	say := func() {
		answered := make(chan error, 1)
		b.Publish(hub.Publication{To: to, Payload: []byte("hi")}, func(_ hub.Position, err error) { answered <- err })
		if err := <-answered; err != nil {
			t.Fatal(err)
		}
	}
	say()
	wants := func(what string, want hub.BrokerCounts) {
		t.Helper()
		eventually(t, what, func() bool { return b.Counts() == want })
	}
	wants("0", hub.BrokerCounts{})
	redis.drop()
	wants("counted as a break", hub.BrokerCounts{Reconnects: 1, CatchUps: 1})
	redis.forget()
	wants("counted as a break and a gap", hub.BrokerCounts{Reconnects: 2, CatchUps: 2, Gaps: 1})
}

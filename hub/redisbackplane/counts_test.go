package redisbackplane_test

import (
	"fmt"
	"strings"
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

// A room that was empty when it was joined can lose messages too.
func TestALossInARoomWhereNothingHadBeenSaidIsCounted(t *testing.T) {
	r, server := startRedis(t)
	b := r.join(t)
	gaps := make(chan hub.Batch, 100)
	_, cancel, err := b.Subscribe(t.Context(), hub.Room("general"), func(batch hub.Batch) {
		if batch.Gap {
			gaps <- batch
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	last := server.do(t, "EVAL", "return redis.call('XREVRANGE', KEYS[1], '+', '-')[1][1]", "1", "room:general").(string)
	epoch, _, _ := strings.Cut(last, "-")
	for n := range 5 { // that this instance does not hear
		server.do(t, "XADD", "room:general", fmt.Sprintf("%s-%d", epoch, n+1), "payload", "{}")
	}
	server.do(t, "XTRIM", "room:general", "MAXLEN", "2")
	server.drop(t)
	if gap := <-gaps; gap.After.Offset != 3 {
		t.Errorf("got a gap that ends at %d, want 3", gap.After.Offset)
	}
	eventually(t, "counted", func() bool { return b.Counts().Gaps == 1 })
}

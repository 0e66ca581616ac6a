package main

import (
	"slices"
	"testing"

	"secondserver/hub"
)

func TestLocalFirst_MembersHereHearItBeforePublishReturns(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		one, two := r.join(t, "local-first", "one"), r.join(t, "local-first", "two")
		alice, bob := listen(t, one, general), listen(t, two, general)

		var at hub.Position
		one.Publish(hub.Publication{To: general, Payload: []byte("hello")}, func(a hub.Position, _ error) { at = a })
		if alice.count("hello") != 1 {
			t.Error("alice, on the sender's instance, has not heard it yet, want at once")
		}
		if want := (hub.Position{Epoch: alice.from.Epoch, Offset: 1}); at != want {
			t.Errorf("the ack has the position %v, want %v, this instance's", at, want)
		}
		bob.until(t, "hello")

		// Redis has the sender's own copy before this.
		fence(t, two, general, "and to you")
		if got := alice.until(t, "and to you"); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("alice heard %q, want it once", got)
		}
	})
}

func TestLocalFirst_WithoutRedisMembersHereHearItAndNobodyElse(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		one, two := r.join(t, "local-first", "one"), r.join(t, "local-first", "two")
		alice, bob := listen(t, one, general), listen(t, two, general)
		r.stop()
		at, err := say(t, one, general, "hello?")
		if err != nil || at.Offset != 1 {
			t.Errorf("got %v, %v, want an ack with offset 1", at, err)
		}
		if alice.count("hello?") != 1 {
			t.Error("alice, on the sender's instance, has not heard it")
		}
		isLost(t, one)
		r.start()
		fence(t, two, general, "bob's own") // else there is nothing to look at
		isHeardAgain(t, one, general, bob)
		if bob.count("hello?") != 0 {
			t.Error("bob, elsewhere, heard what was said while Redis was away, want it lost")
		}
	})
}

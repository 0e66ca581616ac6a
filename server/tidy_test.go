package server

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

func TestMemoryIsGivenBackWhenACrowdHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := giveBack
		t.Cleanup(func() { giveBack = before })
		var given atomic.Int64
		giveBack = func() { given.Add(1) }
		s := New(Config{MaxConnections: 10_000}, hub.New("server-1", new(hub.Memory)))
		come := func(clients int) {
			for range clients {
				if !s.enter() {
					t.Fatal("the server is full")
				}
			}
		}
		wants := func(want int, when string) {
			t.Helper()
			synctest.Wait()
			if got := given.Load(); got != int64(want) {
				t.Errorf("given back %d times, want %d: %s", got, want, when)
			}
		}
		come(tidyMany - 1)
		<-time.After(2 * tidyAfter)
		wants(0, "few have come")
		come(1)
		<-time.After(tidyAfter - time.Second)
		come(1)
		<-time.After(tidyAfter - time.Second)
		wants(0, "somebody came just now")
		<-time.After(time.Second)
		wants(1, "many have come, and nobody more")
		come(tidyMany - 1)
		<-time.After(2 * tidyAfter)
		wants(1, "few have come since")
	})
}

package server_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/server"
)

func TestMemoryIsGivenBackOnceACrowdHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var given atomic.Int32
		come, stop := server.Arrivals(t, func() { given.Add(1) })
		after := func(clients int, quiet time.Duration, want int32) {
			t.Helper()
			for range clients {
				come()
			}
			<-time.After(quiet)
			if got := given.Load(); got != want {
				t.Errorf("%d clients and %v later: given back %d times, want %d", clients, quiet, got, want)
			}
		}
		after(999, time.Minute, 0)
		after(1, 2*time.Second, 0)
		after(1, 2*time.Second, 0) // they still come
		after(0, time.Minute, 1)
		after(999, time.Minute, 1)
		after(500, time.Minute, 2)
		after(1000, time.Second, 2)
		stop()
		after(0, time.Minute, 2)
	})
}

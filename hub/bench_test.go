package hub_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"secondserver/hub"
)

// sink is a transport that takes everything at once.
type sink struct{ frames *atomic.Int64 }

func (s sink) Send(frames [][]byte) error { s.frames.Add(int64(len(frames))); return nil }
func (s sink) Close(error)                {}

// One sender in a room of so many members, without sockets: what the hub itself
// costs a message.
func BenchmarkRoom(b *testing.B) {
	for _, members := range []int{2, 20, 200} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			h := hub.New("server-1", new(hub.Memory))
			var frames atomic.Int64
			var clients []*hub.Client
			for n := range members {
				c, err := h.Connect(fmt.Sprint("user-", n), sink{&frames})
				if err != nil {
					b.Fatal(err)
				}
				c.Handle([]byte(joinGeneral))
				clients = append(clients, c)
			}
			b.ReportAllocs()
			for b.Loop() {
				clients[0].Handle([]byte(hiAgain))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*members), "ns/delivery")
			for _, c := range clients {
				c.Close(errGone)
			}
		})
	}
}

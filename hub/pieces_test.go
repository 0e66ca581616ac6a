package hub

import (
	"fmt"
	"testing"
	"time"
)

// The pieces of a message's way, each on its own. To judge a change, with benchstat:
//
//	go test -run '^$' -bench . -count 10 ./hub ./server ./hub/redisbackplane

var (
	sayHi   = []byte(`{"type":"message","room":"general","text":"hello, how are you today, and what is new over there?","ref":"1042"}`)
	escaped = []byte(`{"type":"message","room":"general","text":"hello, \"how\" are you today, and what is new there?\n","ref":"1042"}`)
	payload = messagePayload("alice", "hello, how are you today, and what is new over there?", "server-1", time.Now())
	at      = Position{"12345678901234567890", 1042}
)

func BenchmarkDecode(b *testing.B) {
	for name, frame := range map[string][]byte{"plain": sayHi, "escaped": escaped} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, bad := decode(frame); bad != nil {
					b.Fatal(bad)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	b.Run("payload", func(b *testing.B) {
		now := time.Now()
		b.ReportAllocs()
		for b.Loop() {
			messagePayload("alice", "hello, how are you today, and what is new over there?", "server-1", now)
		}
	})
	b.Run("frame", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ours := messageFrame(Room("general"), 1042, payload); !ours {
				b.Fatal("no message of ours")
			}
		}
	})
	b.Run("ack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ack("1042", Room("general"), at)
		}
	})
}

// A drain is a transport that takes everything at once.
type drain struct{}

func (drain) Send([][]byte) error                     { return nil }
func (drain) TrySend([][]byte) (sent bool, err error) { return true, nil }
func (drain) Close(error)                             {}

func newDrained() *Client { return newClient(New("server-1", new(Memory)), "alice", drain{}) }

// An answer, from the queue to the transport, by a goroutine of its own.
func BenchmarkOffer(b *testing.B) {
	c, frame := newDrained(), ack("1042", Room("general"), at)
	b.ReportAllocs()
	for b.Loop() {
		c.out.offer(frame)
	}
}

// A batch, from the backplane to the transports of a room's members.
func BenchmarkDeliver(b *testing.B) {
	for _, members := range []int{2, 20, 200} {
		for _, messages := range []int{1, 16} {
			b.Run(fmt.Sprintf("members=%d/messages=%d", members, messages), func(b *testing.B) {
				a := newAudience(Room("general"), new(counters))
				for range members {
					a.add(newDrained())
				}
				batch := Batch{After: at}
				for range messages {
					batch.Payloads = append(batch.Payloads, payload)
				}
				b.ReportAllocs()
				for b.Loop() {
					a.deliver(batch)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*members*messages), "ns/delivery")
			})
		}
	}
}

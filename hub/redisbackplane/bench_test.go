package redisbackplane_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// What a message costs from Publish to its answer, and to the ears of another instance:
// in time, in memory, and in the processor time of all Redis servers. So many are
// unanswered at once; they are to as many rooms.
func BenchmarkPublish(b *testing.B) {
	for _, load := range []struct{ rooms, flying int }{{1, 1}, {1, 16}, {10, 10}, {10, 160}, {100, 1600}} {
		b.Run(fmt.Sprintf("rooms=%d/flying=%d", load.rooms, load.flying), func(b *testing.B) {
			redis, one := startRedis(b)
			benchPublish(b, redis.url, []*server{one}, load.rooms, load.flying)
		})
	}
}

// The same with so many masters of a cluster, where Pub/Sub is sharded. On one machine
// they share its processors: what grows with them is seen, what they gain is not.
func BenchmarkShards(b *testing.B) {
	for _, masters := range []int{1, 3, 6} {
		b.Run(fmt.Sprint("masters=", masters), func(b *testing.B) {
			servers := startMasters(b, masters)
			url := "redis://" + servers[0].addr + "?addr=" + servers[0].addr
			benchPublish(b, url, servers, 100, 1600)
		})
	}
}

func benchPublish(b *testing.B, url string, servers []*server, rooms, flying int) {
	here, there := openFor(b, url), openFor(b, url)
	var heard sync.WaitGroup
	var to []hub.Destination
	for n := range rooms {
		to = append(to, hub.Room(fmt.Sprint("room-", n)))
		_, cancel, err := there.Subscribe(b.Context(), to[n], func(batch hub.Batch) { heard.Add(-len(batch.Payloads)) })
		if err != nil {
			b.Fatal(err)
		}
		defer cancel()
	}
	payload := []byte(`{"from":"alice","text":"` + strings.Repeat("x", 64) + `","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}`)
	window := make(chan struct{}, flying)
	answered := func(_ hub.Position, err error) {
		if err != nil {
			b.Error(err)
		}
		<-window
	}
	before := cpuOf(b, servers)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		window <- struct{}{}
		heard.Add(1)
		here.Publish(hub.Publication{To: to[n%rooms], Payload: payload, Key: "alice " + strconv.Itoa(n)}, answered)
		n++
	}
	heard.Wait()
	b.ReportMetric((cpuOf(b, servers)-before)*1e6/float64(n), "redis-µs/op")
}

func openFor(b *testing.B, url string) *redisbackplane.Backplane {
	b.Helper()
	plane, err := redisbackplane.Open(b.Context(), redisbackplane.Config{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { plane.Close() })
	return plane
}

// cpuOf is how many seconds of processor time servers have used.
func cpuOf(b *testing.B, servers []*server) (seconds float64) {
	b.Helper()
	for _, s := range servers {
		info, err := s.client.Info(context.Background(), "cpu").Result()
		if err != nil {
			b.Fatal(err)
		}
		for line := range strings.Lines(info) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			if name != "used_cpu_user" && name != "used_cpu_sys" {
				continue
			}
			used, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			seconds += used
		}
	}
	return seconds
}

// startMasters runs a cluster of so many masters, and no replica.
func startMasters(b *testing.B, masters int) (servers []*server) {
	b.Helper()
	const slots = 16384
	first := ""
	for n := range masters {
		bus := port(freeAddr(b))
		s := startServer(b, "--cluster-enabled", "yes", "--cluster-port", bus)
		s.do(b, "CLUSTER", "SET-CONFIG-EPOCH", n+1)
		s.do(b, "CLUSTER", "ADDSLOTSRANGE", n*slots/masters, (n+1)*slots/masters-1)
		if n == 0 {
			first = bus
		} else {
			s.do(b, "CLUSTER", "MEET", "127.0.0.1", port(servers[0].addr), first)
		}
		servers = append(servers, s)
	}
	eventually(b, "a cluster of "+strconv.Itoa(masters), func() bool {
		return !slices.ContainsFunc(servers, func(s *server) bool {
			info := s.client.ClusterInfo(context.Background()).Val()
			return !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d\r", masters))
		})
	})
	return servers
}

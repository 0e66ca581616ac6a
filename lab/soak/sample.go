package soak

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// A sample is what all servers have together, and Redis, at one moment.
type sample struct {
	after       time.Duration // the beginning
	connections float64
	memory      float64 // MB in RAM
	goroutines  float64
	files       float64
	keys        float64 // in Redis
}

// look takes a sample.
func (s *soak) look() sample {
	now := sample{after: time.Since(s.began)}
	for _, server := range s.stack.Servers {
		counts, err := client.Metrics(s.Ctx, server.URL())
		s.Must(err)
		now.connections += counts["secondserver_connections"]
		now.goroutines += counts["go_goroutines"]
		now.files += counts["process_open_fds"]
	}
	parts, err := s.stack.Usage()
	s.Must(err)
	for _, p := range parts {
		if strings.HasPrefix(p.Part, "server-") {
			now.memory += float64(p.Memory) / (1 << 20)
		}
	}
	now.keys, err = keys(s.Ctx, s.stack.Redis)
	s.Must(err)
	return now
}

// warmUp lets every server hold somebody once: what is made with the first client of
// all, and stays, is no growth.
func (s *soak) warmUp() {
	c := s.Gather(s.stack, load.Options{Users: 2 * guests, Rooms: guests})
	s.Talk(c, load.Pace{Rate: guestsRate, Count: 2 * guests})
	c.Close()
	s.Until(stack.StartWithin, "the first guests have gone", func() bool { return s.look().connections == 0 })
}

// emptied waits until nothing is left of those who have gone, but for what Redis still
// keeps for a while, and returns what there is then. It does not wait for ever: what
// stays is what was looked for.
func (s *soak) emptied(empty sample) (now sample) {
	for began := time.Now(); time.Since(began) < stack.StartWithin; s.Pass(100 * time.Millisecond) {
		if now = s.look(); now.connections == 0 && now.goroutines <= empty.goroutines+few && now.files <= empty.files+few {
			break
		}
	}
	return now
}

// countKeys counts all keys but those that make a message safe to send again.
const countKeys = `return #redis.call('KEYS', '*') - #redis.call('KEYS', '*:keys*')`

// keys asks Redis how many it has, in the one command that a soak has for it.
func keys(ctx context.Context, redis stack.Redis) (float64, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", redis.Addr())
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second)) // a TCP connection has deadlines
	if _, err := fmt.Fprintf(conn, "*3\r\n$4\r\nEVAL\r\n$%d\r\n%s\r\n$1\r\n0\r\n", len(countKeys), countKeys); err != nil {
		return 0, err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(strings.TrimPrefix(answer, ":")), 64)
}

// table shows a few samples, and those before the first and after the last user.
func table(samples []sample, empty, after sample) report.Table {
	t := report.Table{Columns: []string{"after", "connections", "memory", "goroutines", "files", "keys"}}
	add := func(when string, s sample) {
		t.Rows = append(t.Rows, []string{
			when, fmt.Sprintf("%.0f", s.connections), fmt.Sprintf("%.0f MB", s.memory),
			fmt.Sprintf("%.0f", s.goroutines), fmt.Sprintf("%.0f", s.files), fmt.Sprintf("%.0f", s.keys),
		})
	}
	add("nobody yet", empty)
	const rows = 10
	for i := range rows {
		if n := len(samples) * (i + 1) / rows; n > 0 {
			add(samples[n-1].after.Round(time.Second).String(), samples[n-1])
		}
	}
	add("all gone", after)
	return t
}

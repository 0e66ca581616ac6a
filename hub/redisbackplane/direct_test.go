package redisbackplane_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"secondserver/hub"
)

// A counter is a hub.Transport that hands on direct messages, and errors.
type counter struct{ heard chan<- string }

func (c counter) Send(frames [][]byte) error {
	for _, f := range frames {
		if bytes.HasPrefix(f, []byte(`{"type":"message","to":"`)) || bytes.HasPrefix(f, []byte(`{"type":"error"`)) {
			c.heard <- string(f)
		}
	}
	return nil
}

func (counter) Close(error) {}

// Each direct message crosses the bus once, to the instance that has its
// addressee, and not once for each instance: by Redis's own count of what was
// published, and of who is subscribed.
func TestADirectMessageGoesToTheInstanceThatHoldsItsUser(t *testing.T) {
	const instances, users, messages = 3, 1000, 100
	redis, server := startRedis(t)
	heard := make(chan string, 2*messages)
	var clients []*hub.Client
	for n := range instances {
		h := hub.New(fmt.Sprint("server-", n+1), redis.join(t))
		for user := n; user < users; user += instances {
			c, err := h.Connect(fmt.Sprint("user-", user), counter{heard})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close(errGone) })
			clients = append(clients, c)
		}
	}
	published := func() int {
		info, _ := server.do(t, "INFO", "commandstats").(string)
		calls := regexp.MustCompile(`cmdstat_publish:calls=(\d+)`).FindStringSubmatch(info)
		if calls == nil {
			return 0
		}
		n, _ := strconv.Atoi(calls[1])
		return n
	}

	before, deliveries := published(), int64(0)
	for n := range messages {
		to := (n * 7) % users
		deliveries += server.subscriptions(t, "NUMSUB", fmt.Sprint("user:user-", to))
		clients[n].Handle(fmt.Appendf(nil, `{"type":"message","to":"user-%d","text":"hi"}`, to))
	}
	for n := range messages {
		select {
		case frame := <-heard:
			if !strings.HasPrefix(frame, `{"type":"message"`) {
				t.Errorf("message %d: %s", n, frame)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%d of %d messages were heard", n, messages)
		}
	}
	if got := published() - before; got != messages {
		t.Errorf("Redis counts %d publications, want %d", got, messages)
	}
	if deliveries != messages {
		t.Errorf("Redis delivers them %d times, want %d: one subscriber for each", deliveries, messages)
	}
	if len(heard) > 0 {
		t.Errorf("%d more were heard", len(heard))
	}
}

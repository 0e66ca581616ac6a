// Package stacktest holds every engine to what [stack.Engine] promises: that a phase starts on it, and that the parts
// break, and come back, as stories need. The test of an engine is a constructor and one line.
package stacktest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"secondserver/lab/stack"
)

// Run starts the three phases on an engine and does to each part whatever can be done to it.
func Run(t *testing.T, engine stack.Engine) {
	t.Run("phase 1", func(t *testing.T) { phase1(t, engine) })
	t.Run("phase 2", func(t *testing.T) { phase2(t, Start(t, engine, "2")) })
	t.Run("phase 2, sticky", func(t *testing.T) { sticky(t, Start(t, engine, "2")) })
	t.Run("phase 3", func(t *testing.T) { phase3(t, Start(t, engine, "3")) })
	t.Run("a stack that cannot start says why", func(t *testing.T) { cannotStart(t, engine) })
}

func phase1(t *testing.T, engine stack.Engine) {
	s := Start(t, engine, "1")
	if got, want := s.URL(), s.Servers[0].URL(); len(s.Servers) != 1 || got != want {
		t.Errorf("%d servers, clients go to %s, want 1 server and %s", len(s.Servers), got, want)
	}
	if err := s.Servers[0].CutRedis(stack.BothWays); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("CutRedis: %v, want ErrUnsupported: there is no Redis", err)
	}
	if err := s.Stick(t.Context(), true); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Stick: %v, want ErrUnsupported: there is no balancer", err)
	}
	if two, err := stack.Start(t.Context(), engine, s.Phase, 2); err == nil {
		t.Error("it starts with 2 servers, want an error", two.Close())
	}
}

func phase2(t *testing.T, s *stack.Stack) {
	t.Run("the balancer takes the servers in turn", func(t *testing.T) {
		inTurn(t, s, "server-1", "server-2")
	})
	t.Run("a WebSocket passes the balancer, with the Host that the browser used", func(t *testing.T) {
		conn := dial(t, s)
		var welcome struct{ Type string }
		if err := conn.ReadJSON(&welcome); err != nil || welcome.Type != "welcome" {
			t.Errorf("first frame %+v, error %v, want a welcome", welcome, err)
		}
	})
	t.Run("a killed server is gone, is skipped, and comes back", func(t *testing.T) {
		url := s.Servers[0].URL()
		must(t, s.Servers[0].Kill())
		if err := Gone(url); err != nil {
			t.Error(err)
		}
		inTurn(t, s, "server-2")
		must(t, s.Servers[0].Start(t.Context()))
		inTurn(t, s, "server-1", "server-2")
	})
	t.Run("a stopped server has ended in order and can be started again", func(t *testing.T) {
		must(t, s.Servers[1].Stop(t.Context()))
		if err := Gone(s.Servers[1].URL()); err != nil {
			t.Error(err)
		}
		must(t, s.Servers[1].Start(t.Context()))
		inTurn(t, s, "server-1", "server-2")
	})
	t.Run("a frozen server accepts but does not answer, until it is thawed", func(t *testing.T) {
		must(t, s.Servers[0].Freeze())
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := ask(ctx, s.Servers[0].URL()+"/readyz"); ctx.Err() == nil {
			t.Errorf("/readyz: %v, want no answer", err)
		}
		must(t, s.Servers[0].Thaw())
		Eventually(t, time.Second, readyz(t, s.Servers[0], http.StatusOK))
	})
	t.Run("a server added later gets its turn", func(t *testing.T) {
		server, err := s.AddServer(t.Context())
		must(t, err)
		if server.ID != "server-3" {
			t.Errorf("it is called %q, want server-3", server.ID)
		}
		inTurn(t, s, "server-1", "server-2", "server-3")
	})
	t.Run("what a server writes is kept, and can be read from any moment on", func(t *testing.T) {
		if got := s.Servers[0].Log(); !strings.Contains(got, "listening") {
			t.Errorf("log %q, want the line about listening", got)
		}
		end := s.Servers[0].LogEnd()
		must(t, s.Servers[0].Kill())
		must(t, s.Servers[0].Start(t.Context()))
		if got := s.Servers[0].LogFrom(end); strings.Count(got, "listening") != 1 {
			t.Errorf("log %q, want the line about listening again, once", got)
		}
	})
	t.Run("Join finds the phase of a stack that runs", func(t *testing.T) {
		joined, err := stack.Join(t.Context(), s.URL()+"/")
		must(t, err)
		if joined.Phase != s.Phase || joined.URL() != s.URL() {
			t.Errorf("joined %s at %s, want %s at %s", joined.Phase.Name, joined.URL(), s.Phase.Name, s.URL())
		}
		if err := joined.Stick(t.Context(), true); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Stick: %v, want ErrUnsupported: the balancer is not the lab's", err)
		}
		must(t, joined.Close())
		inTurn(t, s, "server-1", "server-2", "server-3")
	})
	t.Run("a frozen server can be killed and started again", func(t *testing.T) {
		must(t, s.Servers[0].Freeze())
		must(t, s.Servers[0].Kill())
		must(t, s.Servers[0].Start(t.Context()))
		inTurn(t, s, "server-1", "server-2", "server-3")
	})
	t.Run("a stack with a frozen server can be closed", func(t *testing.T) {
		must(t, s.Servers[1].Freeze()) // Start closes the stack after the test
	})
}

// What the protocol gives a server, and a second more.
const (
	notices = 6 * time.Second // that Redis is gone
	returns = 4 * time.Second // that it is back
)

const delayed = 100 * time.Millisecond // far less than what a server takes for the end of Redis

func phase3(t *testing.T, s *stack.Stack) {
	one, two := s.Servers[0], s.Servers[1]
	both := func(t *testing.T, within time.Duration, status int) {
		t.Helper()
		Eventually(t, within, readyz(t, one, status))
		Eventually(t, within, readyz(t, two, status))
	}
	t.Run("a server that is cut off from Redis is alone in that", func(t *testing.T) {
		must(t, one.CutRedis(stack.BothWays))
		Eventually(t, notices, readyz(t, one, http.StatusServiceUnavailable))
		must(t, readyz(t, two, http.StatusOK)())
		must(t, one.HealRedis())
		Eventually(t, returns, readyz(t, one, http.StatusOK))
	})
	for name, way := range map[string]stack.Way{"to": stack.ToRedis, "from": stack.FromRedis} {
		t.Run("a server that is cut off one way, "+name+" Redis, notices, where the engine can", func(t *testing.T) {
			if err := one.CutRedis(way); errors.Is(err, errors.ErrUnsupported) {
				must(t, readyz(t, one, http.StatusOK)())
				return
			} else if err != nil {
				t.Fatal(err)
			}
			Eventually(t, notices, readyz(t, one, http.StatusServiceUnavailable))
			must(t, readyz(t, two, http.StatusOK)())
			must(t, one.HealRedis())
			Eventually(t, returns, readyz(t, one, http.StatusOK))
		})
	}
	t.Run("a Redis that is far away is still ready to be used, where the engine can", func(t *testing.T) {
		if err := one.DelayRedis(delayed); errors.Is(err, errors.ErrUnsupported) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		must(t, one.DropRedisConnections()) // new ones are made over the same way
		Eventually(t, returns+10*delayed, readyz(t, one, http.StatusOK))
		must(t, one.DelayRedis(0))
		Eventually(t, returns, readyz(t, one, http.StatusOK)) // it may notice only now that its connections were dropped
	})
	t.Run("dropped connections are made anew", func(t *testing.T) {
		must(t, one.DropRedisConnections())
		Eventually(t, returns, readyz(t, one, http.StatusOK))
	})
	t.Run("a frozen Redis is noticed, and a thawed one", func(t *testing.T) {
		must(t, s.Redis.Freeze())
		both(t, notices, http.StatusServiceUnavailable)
		must(t, s.Redis.Thaw())
		both(t, returns, http.StatusOK)
	})
	t.Run("a Redis that is stopped and started again has its data", func(t *testing.T) {
		must(t, client(t, s.Redis).Set(t.Context(), "lab:test", "kept", 0).Err())
		must(t, s.Redis.Stop(t.Context()))
		both(t, notices, http.StatusServiceUnavailable)
		must(t, s.Redis.Start(t.Context()))
		both(t, returns, http.StatusOK)
		Eventually(t, returns, holds(t, s.Redis, "kept"))
	})
	t.Run("a Redis that is killed has its data when it comes back", func(t *testing.T) {
		must(t, s.Redis.Kill())
		must(t, s.Redis.Start(t.Context()))
		both(t, returns, http.StatusOK)
		Eventually(t, returns, holds(t, s.Redis, "kept"))
	})
	t.Run("a flushed Redis is empty", func(t *testing.T) {
		must(t, s.Redis.Flush(t.Context()))
		must(t, holds(t, s.Redis, "")())
	})
	t.Run("a Redis that is flushed while it is down comes back empty, where the engine can", func(t *testing.T) {
		must(t, client(t, s.Redis).Set(t.Context(), "lab:test", "kept", 0).Err())
		must(t, s.Redis.Kill())
		want := ""
		if err := s.Redis.Flush(t.Context()); errors.Is(err, errors.ErrUnsupported) {
			want = "kept"
		} else if err != nil {
			t.Error(err)
		}
		must(t, s.Redis.Start(t.Context()))
		both(t, returns, http.StatusOK)
		Eventually(t, returns, holds(t, s.Redis, want))
	})
	t.Run("KillPubSub ends subscriptions and nothing else", func(t *testing.T) {
		killPubSub(t, s.Redis)
	})
}

func killPubSub(t *testing.T, r stack.Redis) {
	commands := client(t, r)
	before, err := commands.Do(t.Context(), "CLIENT", "ID").Result()
	if err != nil { // miniredis has neither this nor CLIENT KILL
		if err := r.KillPubSub(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("KillPubSub: %v, want ErrUnsupported", err)
		}
		return
	}
	subscription := client(t, r).Subscribe(t.Context(), "lab:test")
	defer subscription.Close()
	_, err = subscription.Receive(t.Context())
	must(t, err)
	must(t, r.KillPubSub(t.Context()))
	if message, err := subscription.Receive(t.Context()); err == nil {
		t.Errorf("the subscriber received %v, want the end of its connection", message)
	}
	if after, err := commands.Do(t.Context(), "CLIENT", "ID").Result(); after != before {
		t.Errorf("the other connection is number %v now (%v), want %v as before", after, err, before)
	}
}

func cannotStart(t *testing.T, engine stack.Engine) {
	phase, _ := stack.PhaseNamed("3")
	s, err := stack.Start(t.Context(), engine, phase, 0, "REDIS_URL=redis://127.0.0.1:1")
	if err == nil {
		s.Close()
		t.Fatal("it started without its Redis")
	}
	for _, want := range []string{"phase3-redis", "server-1", "127.0.0.1:1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
}

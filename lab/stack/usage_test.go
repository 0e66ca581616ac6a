package stack_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
)

func TestUsageGrowsWithWork(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.Name(), func(t *testing.T) {
			s := stacktest.Start(t, engine, "3")
			before := usage(t, s)
			stacktest.Eventually(t, 20*time.Second, func() error {
				work(t, s)
				for i, now := range usage(t, s) {
					if now.CPU <= before[i].CPU || now.CPU > time.Minute {
						return fmt.Errorf("%s has used %v, want more than %v", now.Part, now.CPU, before[i].CPU)
					}
				}
				return nil
			})
		})
	}
}

func TestUsageIsOfThePartsThatArePrograms(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.Name(), func(t *testing.T) {
			others := map[string][]string{"embedded": nil, "host": {"redis", "nginx"}}[engine.Name()]
			s := stacktest.Start(t, engine, "3")
			wantParts(t, s, append([]string{"server-1", "server-2"}, others...)...)
			must(t, s.Servers[0].Kill())
			wantParts(t, s, append([]string{"server-2"}, others...)...)

			joined, err := stack.Join(t.Context(), s.URL())
			must(t, err)
			if got, err := joined.Usage(); !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("after Join: got %v (%v), want ErrUnsupported", got, err)
			}
		})
	}
}

// work keeps every part busy for a moment.
func work(t *testing.T, s *stack.Stack) {
	t.Helper()
	who := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	store := redis.NewClient(&redis.Options{Addr: s.Redis.Addr()})
	defer store.Close()
	for range 100 {
		response, err := who.Get(s.URL() + "/instance")
		must(t, err)
		_, err = io.Copy(io.Discard, response.Body)
		must(t, err)
		response.Body.Close()
		must(t, store.Set(t.Context(), "lab:test", "work", 0).Err())
	}
}

func usage(t *testing.T, s *stack.Stack) []stack.Usage {
	t.Helper()
	all, err := s.Usage()
	must(t, err)
	return all
}

func wantParts(t *testing.T, s *stack.Stack, want ...string) {
	t.Helper()
	var got []string
	for _, u := range usage(t, s) {
		got = append(got, u.Part)
		if u.Memory < 1<<20 || u.Memory > 1<<30 {
			t.Errorf("%s has %d bytes, want some megabytes", u.Part, u.Memory)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("usage of %v, want %v", got, want)
	}
}

package experiment

import (
	"maps"
	"slices"
	"testing"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/stack"
)

// on is a bench on an engine of its own, which has built nothing yet, and what the two
// have told.
func on(t *testing.T) (b *bench, told *[]string) {
	told = new([]string)
	tell := func(what string) { *told = append(*told, what) }
	b = &bench{ctx: t.Context(), engine: stack.Embedded(tell), tell: tell}
	t.Cleanup(func() {
		b.end()
		if err := b.engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return b, told
}

func TestWhatGoesOnIsToldAgainWhenTheStackRuns(t *testing.T) {
	b, told := on(t)
	b.doing("everybody speaks")
	b.start(phases[0], 1)
	want := []string{"everybody speaks", "building " + phases[0].Name, "everybody speaks"}
	if !slices.Equal(*told, want) {
		t.Errorf("got %q, want %q", *told, want)
	}
}

func TestACrowdGoesAroundTheBalancerWhereItIsGivenAWay(t *testing.T) {
	b, _ := on(t)
	s := b.start(nothingShared, 2)
	for _, test := range []struct {
		urls []string
		want map[string]int
	}{
		{nil, map[string]int{"server-1": 2, "server-2": 2}},
		{direct(s), map[string]int{"server-1": 2, "server-2": 2}},
		{direct(s)[1:], map[string]int{"server-2": 4}},
	} {
		c := b.gather(s, load.Options{Users: 4, URLs: test.urls})
		if got := c.Servers(); !maps.Equal(got, test.want) {
			t.Errorf("by %q: got users on %v, want %v", test.urls, got, test.want)
		}
	}
}

func TestWhatServersLogWithoutRedisIsCounted(t *testing.T) {
	b, _ := on(t)
	s := b.start(withRedis, 2)
	if n := errorsLogged(s); n != 0 {
		t.Errorf("before: got %d errors logged, want none\n%s%s", n, s.Servers[0].Log(), s.Servers[1].Log())
	}
	b.must(s.Redis.Kill())
	for began := time.Now(); errorsLogged(s) < len(s.Servers); b.pass(10 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("got %d errors logged 10 s after Redis has gone, want one of each server\n%s%s",
				errorsLogged(s), s.Servers[0].Log(), s.Servers[1].Log())
		}
	}
}

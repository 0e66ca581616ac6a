package redisbackplane_test

import (
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// quoting is how Redis answers what it does not understand.
const quoting = "ERR unknown command 'x', with args beginning with: 's3cret' '{\"from\":\"alice\",\"text\":\"s3cret\"' "

func TestWhatRedisQuotesIsNotRepeated(t *testing.T) {
	j := keepJournal(t)
	addr := freeAddr(t)
	stop := refuses(t, addr, quoting)
	b, err := redisbackplane.Open(t.Context(), redisbackplane.Config{URL: "redis://:s3cret@" + addr})
	if err == nil {
		b.Close()
		t.Fatal("it opened")
	}
	if !strings.Contains(err.Error(), "unknown command") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("open: %v, want what Redis said, without what it quotes", err)
	}
	stop()

	mini := runMiniredis(t)
	mini.RequireAuth("s3cret")
	addr = mini.Addr()
	b = testRedis{url: "redis://:s3cret@" + addr}.join(t)
	mini.Close()
	refuses(t, addr, quoting)
	eventually(t, "the loss is noticed", func() bool { return b.Ready() != nil })
	for range 5 {
		if _, err := say(b, hub.Room("general"), "s3cret"); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("publish: %v, want an error that does not quote", err)
		}
	}
	eventually(t, "what Redis says is known", func() bool {
		err := b.Ready()
		return err != nil && strings.Contains(err.Error(), "unknown command") && strings.Contains(j.String(), "unknown command")
	})
	if err := b.Ready(); strings.Contains(err.Error(), "s3cret") {
		t.Errorf("ready: %v", err)
	}
	if strings.Contains(j.String(), "s3cret") {
		t.Errorf("the log quotes what Redis quotes:\n%s", j)
	}
}

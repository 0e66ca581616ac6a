package redisbackplane_test

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// A journal is all that is logged meanwhile, details included.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// keepJournal is for a test that runs alone: the log is the process's.
func keepJournal(t *testing.T) *journal {
	j := new(journal)
	logged, written := slog.Default(), log.Writer()
	slog.SetDefault(slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.SetOutput(j)
	t.Cleanup(func() {
		slog.SetDefault(logged)
		log.SetOutput(written)
	})
	return j
}

// Redis goes away, comes back, wants another password, and wants the old one again.
// All of that is logged, and the password never is.
func TestNoLogTellsThePassword(t *testing.T) {
	j := keepJournal(t)
	mini := runMiniredis(t)
	mini.RequireUserAuth("chat", "s3cret")
	b := testRedis{url: "redis://chat:s3cret@" + mini.Addr()}.join(t)
	tp := record(t, b, "general")
	room := hub.Room("general")
	tp.until(t, insist(t, b, room, "before"))

	mini.Close()
	eventually(t, "the loss is noticed", func() bool { return b.Ready() != nil })
	if _, err := say(b, room, "nobody hears it"); err == nil {
		t.Error("a message was taken by a Redis that is away")
	}
	mini.RequireUserAuth("chat", "an0ther")
	startAgain(t, mini)
	eventually(t, "the refusal is told", func() bool { return b.Ready() != nil && strings.Contains(b.Ready().Error(), "WRONGPASS") })
	if _, err := say(b, room, "nobody hears it"); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("say: %v, want an error without the password", err)
	}
	if err := b.Ready(); strings.Contains(err.Error(), "s3cret") {
		t.Errorf("Ready tells the password: %v", err)
	}
	if _, err := redisbackplane.Open(context.Background(), redisbackplane.Config{URL: "redis://chat:s3cret@" + mini.Addr()}); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("Open: %v, want an error without the password", err)
	}
	mini.RequireUserAuth("chat", "s3cret")
	tp.until(t, insist(t, b, room, "after"))
	b.Close()

	if said := j.String(); strings.Contains(said, "s3cret") || strings.Contains(said, "an0ther") || !strings.Contains(said, "lost Redis") {
		t.Errorf("the log tells the password, or no loss:\n%s", said)
	}
}

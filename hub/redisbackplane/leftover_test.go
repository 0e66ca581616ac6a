package redisbackplane_test

import (
	"errors"
	"testing"

	"secondserver/hub"
)

var errGone = errors.New("gone")

// What nobody uses any more leaves nothing in the process, and nothing in Redis
// that does not expire.
func TestWhatNobodyUsesLeavesNothingBehind(t *testing.T) {
	redis, server := startRedis(t)
	b := redis.join(t)
	h := hub.New("server-1", b)
	c, err := h.Connect("alice", counter{})
	if err != nil {
		t.Fatal(err)
	}
	c.Handle([]byte(`{"type":"join","room":"general"}`))
	c.Handle([]byte(`{"type":"message","room":"general","text":"hi","ref":"1"}`))
	if _, err := h.History(t.Context(), "another", hub.Position{}, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Participants(t.Context(), "another"); err != nil {
		t.Fatal(err)
	}
	if n, _ := server.do(t, "EXISTS", "room:another", "{room:another}:present").(int64); n != 0 {
		t.Errorf("asking for a room that nobody uses made %d keys", n)
	}
	keys, _ := server.do(t, "KEYS", "*").([]any)
	if len(keys) < 5 {
		t.Fatalf("keys %q: want streams, participants, a publication's key and the instances", keys)
	}
	for _, key := range keys {
		if left, _ := server.do(t, "TTL", key).(int64); left <= 0 || left > 3600 {
			t.Errorf("%s expires in %d s; want it to, within 3600", key, left)
		}
	}
	c.Close(errGone)
	if err := h.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	none := func(args ...any) func() bool {
		return func() bool {
			found, _ := server.do(t, args...).([]any)
			return len(found) == 0
		}
	}
	eventually(t, "no topic in the process", func() bool { return b.Topics() == 0 })
	eventually(t, "no subscription", none("PUBSUB", "CHANNELS"))
	eventually(t, "no participants", none("KEYS", "*:present"))
	if goroutines := goroutinesOf("redisbackplane.(*roster)"); goroutines != 0 {
		t.Errorf("%d goroutines of rosters are left", goroutines)
	}
}

package redisbackplane

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// hearts are two instances that know each other, and their Redis, whose time stands.
type hearts struct {
	t          *testing.T
	redis      *miniredis.Miniredis
	client     *redis.Client
	now        time.Time
	one, other *heart
}

func newHearts(t *testing.T) *hearts {
	mini := miniredis.RunT(t)
	h := &hearts{t: t, redis: mini, client: redis.NewClient(&redis.Options{Addr: mini.Addr()}), now: time.Now(), one: newHeart(), other: newHeart()}
	t.Cleanup(func() { h.client.Close() })
	h.passes(0)
	for range 2 {
		h.beats(h.one)
		h.beats(h.other)
	}
	h.wantsAlive(true)
	return h
}

func (h *hearts) passes(d time.Duration) {
	h.now = h.now.Add(d)
	h.redis.SetTime(h.now)
}

// beats is one regular beat.
func (h *hearts) beats(who *heart) (news bool) {
	h.t.Helper()
	news, err := who.beat(h.t.Context(), h.client, true)
	if err != nil {
		h.t.Fatal(err)
	}
	return news
}

// wantsAlive is about one, as the other sees it.
func (h *hearts) wantsAlive(want bool) {
	h.t.Helper()
	if got := h.other.alive(h.one.name()); got != want {
		h.t.Errorf("it is alive: %v, want %v", got, want)
	}
}

func (h *hearts) wantsNews(who *heart, want bool) {
	h.t.Helper()
	if got := h.beats(who); got != want {
		h.t.Errorf("a beat brings news: %v, want %v", got, want)
	}
}

// It takes more than one look, and a beat in between begins the count anew: after a
// Redis that hung, everybody has been silent.
func TestAnInstanceIsDeadWhenItsHeartIsSilentForLong(t *testing.T) {
	h := newHearts(t)
	h.passes(silentFor)
	for range 2 {
		for range silentBeats - 1 {
			h.wantsNews(h.other, false)
		}
		h.wantsAlive(true)
		h.beats(h.one)
		h.wantsNews(h.other, false)
		h.passes(silentFor)
	}
	for range silentBeats - 1 {
		h.wantsNews(h.other, false)
	}
	h.wantsNews(h.other, true)
	h.wantsAlive(false)
}

// One that was frozen for so long finds itself dead when it wakes up.
func TestAnInstanceThatWasTakenForDeadLivesOnUnderANewName(t *testing.T) {
	h := newHearts(t)
	old := h.one.name()
	h.passes(silentFor)
	for range silentBeats + 1 { // with the last one it tells Redis
		h.beats(h.other)
	}
	h.wantsNews(h.one, true)
	if h.one.name() == old {
		t.Error("it lives on under its old name")
	}
	h.wantsNews(h.other, false)
	h.wantsAlive(true)
	if h.other.alive(old) {
		t.Error("it is alive by its old name too")
	}
}

func TestAGoodbyeIsHeardWithTheNextBeat(t *testing.T) {
	h := newHearts(t)
	b := &Backplane{heart: h.one, layout: oneMaster("redis"), shards: map[string]*shard{"redis": {client: h.client}}}
	b.sayGoodbye()
	if _, err := h.one.beat(t.Context(), h.client, true); err == nil { // that was due
		t.Error("it beats after its goodbye")
	}
	h.wantsNews(h.other, true)
	if got := len(h.other.others); got != 0 {
		t.Errorf("%d others are alive, want none", got)
	}
}

// Nobody has died by it, but the rooms are as empty as the rest.
func TestAnEmptyRedisIsNews(t *testing.T) {
	h := newHearts(t)
	h.wantsNews(h.one, false)
	h.redis.FlushAll()
	h.wantsNews(h.one, true)
	h.wantsNews(h.other, true)
	h.wantsAlive(true)
	h.wantsNews(h.one, false)
}

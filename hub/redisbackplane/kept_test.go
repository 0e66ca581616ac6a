package redisbackplane_test

import (
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// A key is kept for five minutes and for ten at most: the hash that it is in makes way
// for a new one half way.
func TestAKeyOutlivesTheHashThatItCameInto(t *testing.T) {
	t.Parallel()
	redis := startServer(t)
	b := testRedis{}.joinWith(t, redisbackplane.Config{URL: "redis://" + redis.addr})
	published := func(key string) hub.Position {
		t.Helper()
		p := hub.Publication{To: hub.Room("general"), Key: key, Payload: []byte("hi")}
		at, err := publish(b, p)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	const newer, older = "{room:general}:keys", "{room:general}:keys:old"
	lives := func(key string, want time.Duration) {
		t.Helper()
		left, err := redis.client.TTL(t.Context(), key).Result()
		if err != nil || left > want || left < want-time.Minute {
			t.Errorf("%s lives for another %v (%v), want %v", key, left, err, want)
		}
	}
	first := published("1")
	lives(newer, 2*hub.KeyKept)
	if again := published("1"); again != first {
		t.Errorf("published again: %v, want %v", again, first)
	}
	redis.do(t, "EXPIRE", newer, hub.KeyKept.Seconds()) // so much time has passed
	second := published("2")
	lives(older, hub.KeyKept)
	lives(newer, 2*hub.KeyKept)
	if again, other := published("1"), published("2"); again != first || other != second {
		t.Errorf("published again: %v and %v, want %v and %v", again, other, first, second)
	}
}

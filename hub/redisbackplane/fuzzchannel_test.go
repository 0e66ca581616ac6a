package redisbackplane

import (
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// Anybody who reaches Redis can publish on a room's channel. What they say there is
// none of ours, or makes us ask Redis, which tells the truth: nothing is lost by it,
// doubled or reordered. (Only who knows the epoch and the next number can pass for
// us: Redis needs a password where there are strangers.)
func FuzzChannel(f *testing.F) {
	for _, said := range []string{
		"", "@", "hello", "1-11  6 forged", "1-11", "1-12  5 early", "1-9  4 late", "1-9  1,1,1 abc", "2-1  9 elsewhere", "1-11 another 6 forged",
		"1-18446744073709551615  1 x", "1-18446744073709551616  1 x", "-1  1 x", "1-+11  1 x", "1-011  1 x", "1-11  2 x", "1-11  1,0 x",
		"@1-1  +bob other", "@1-1  -alice other", "@1-1  +bob stranger", "@1-9  +bob other", "@1-0  -alice other", "@-1  +bob ",
		"@2-1  +bob other", "@1-1  +", "@1-18446744073709551615  -alice other", "@1-1 another -alice other",
	} {
		f.Add(said)
	}
	f.Fuzz(func(t *testing.T, said string) {
		r, _ := knownRoster(t, "alice", "other")
		heard := hearing(t, r)
		hear := func(said string, answers ...any) {
			run := newRun()
			run.add(r.plane.shards["redis"], &redis.Message{Channel: r.topic.name, Payload: said})
			r.plane.deliver(run)
			tellTruth(t, r, answers[0], answers[1])
		}
		messages, via, err := parseMessages(said)
		next := slices.IndexFunc(messages, func(m message) bool { return m.Position == hub.Position{Epoch: "1", Offset: 11} })
		nextMessage := via == "" && next >= 0
		c, via, ours := parseChange(said)
		nextChange := ours && via == "" && c.version == version{"1", 1}
		if ours && err == nil && said[0] != '@' {
			t.Errorf("%q is a message and a change", said)
		}

		hear(said, history("1", 10, 10), []any{"@epoch", "1", "@changes", "1", "alice", "other"})
		hear("1-11  6 eleven", []any{"1-11", []any{entry("1", 10, "payload", "10"), entry("1", 11, "payload", "eleven")}}, nil)
		hear("@1-2  +carol other", nil, []any{"@epoch", "1", "@changes", "2", "alice", "other", "carol", "other"})

		if want := []string{"eleven"}; !nextMessage && !slices.Equal(*heard, want) {
			t.Errorf("after %q subscribers hear %q, want %q", said, *heard, want)
		}
		if nextMessage && (len(*heard) == 0 || (*heard)[0] != string(messages[next].payload)) {
			t.Errorf("after %q subscribers hear %q, want its payload first", said, *heard)
		}
		_, alice := r.present["alice"]
		_, carol := r.present["carol"]
		if !nextChange && (!alice || !carol || len(r.present) != 2) {
			t.Errorf("after %q %v are in the room, want alice and carol", said, r.present)
		}
	})
}

// hearing makes the roster's topic a live one at 1-10 and returns what a subscriber
// hears of it.
func hearing(t *testing.T, r *roster) *[]string {
	t.Helper()
	r.topic.reads = r.plane.shards["redis"].reads
	r.topic.catchUp()
	tellTruth(t, r, history("1", 10, 10), nil)
	var heard []string
	r.topic.add(&subscriber{func(b hub.Batch) {
		if b.Gap {
			heard = append(heard, "gap")
		}
		for _, payload := range b.Payloads {
			heard = append(heard, string(payload))
		}
	}})
	return &heard
}

// tellTruth answers what Redis is asked, until it is asked no more.
func tellTruth(t *testing.T, r *roster, stream, participants any) {
	t.Helper()
	reads := r.plane.shards["redis"].reads
	for n := 0; len(reads.waiting) > 0; n++ {
		if n == 10 {
			t.Fatal("Redis is asked again and again")
		}
		calls := reads.waiting
		reads.waiting = nil
		for _, c := range calls {
			answer := stream
			if c.script == participantsScript {
				answer = participants
			}
			c.done(answer, nil)
		}
	}
}

package redisbackplane

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"secondserver/hub"
)

// publications are calls of publications, each "topic key payload"; whoever is answered is
// added to answers, with what.
func publications(answers *[]string, texts ...string) (calls []call) {
	for _, p := range texts {
		parts := strings.Split(p, " ")
		calls = append(calls, call{
			say: hub.Publication{To: hub.Room(parts[0]), Key: parts[1], Payload: []byte(parts[2])},
			done: func(answer any, err error) {
				*answers = append(*answers, fmt.Sprint(parts[2], " ", answer, " ", errors.Is(err, hub.ErrUnavailable)))
			},
		})
	}
	return calls
}

// runs are what bundles say: "topic: payload payload".
func runs(bundles []call) (runs []string) {
	for _, b := range bundles {
		run := strings.TrimPrefix(b.keys[0], "room:") + ":"
		for i := 8; i < len(b.args); i += 2 {
			run += fmt.Sprintf(" %s", b.args[i+1])
		}
		runs = append(runs, run)
	}
	return runs
}

func TestPublicationsToOneTopicAreOneRun(t *testing.T) {
	s := &shard{keep: hub.Retention{}.OrDefault()}
	var answers []string
	bundles := s.bundle(publications(&answers, "a  1", "b  2", "a k 3", "a l 4", "b  5", "a k 6", "a  7"))
	want := []string{"a: 1 3 4", "b: 2 5", "a: 6 7"} // k has to be kept before it is looked for
	if got := runs(bundles); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}

	bundles[0].done([]any{"1-1", "1-2", "1-3"}, nil)
	bundles[1].done(nil, hub.ErrUnavailable)
	bundles[2].done([]any{"1-2"}, nil) // one is missing
	want = []string{"1 1-1 false", "3 1-2 false", "4 1-3 false", "2 <nil> true", "5 <nil> true", "6 <nil> true", "7 <nil> true"}
	if !slices.Equal(answers, want) {
		t.Errorf("answered %q, want %q", answers, want)
	}
}

func TestARunIsBounded(t *testing.T) {
	s := &shard{keep: hub.Retention{}.OrDefault()}
	var answers []string
	large := strings.Repeat("x", bundleSize/2)
	for _, test := range []struct {
		payload   string
		say, want int
	}{
		{"hi", bundleLimit, 1},
		{"hi", bundleLimit + 1, 2},
		{"hi", 3 * bundleLimit, 3},
		{large, 2, 1},
		{large, 3, 2},
	} {
		if got := len(s.bundle(publications(&answers, slices.Repeat([]string{"a  " + test.payload}, test.say)...))); got != test.want {
			t.Errorf("%d of %d bytes are %d runs, want %d", test.say, len(test.payload), got, test.want)
		}
	}
}

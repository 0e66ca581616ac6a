package soak

import (
	"strings"
	"testing"
	"time"
)

// lasting is samples, one a second, of a thing that is as f says after so many of them.
func lasting(seconds int, f func(second int) float64) (all []sample) {
	for i := range seconds {
		n := f(i)
		all = append(all, sample{after: time.Duration(i) * time.Second, memory: n, goroutines: n, files: n, keys: n})
	}
	return all
}

func TestWhatGrowsIsSeen(t *testing.T) {
	const day = 2 * Settled
	seconds := int(day.Seconds())
	for _, test := range []struct {
		name  string
		f     func(second int) float64
		grows bool
	}{
		{"flat", func(int) float64 { return 1000 }, false},
		{"grows at first, as everything does", func(s int) float64 { return min(1000, float64(10*s)) }, false},
		{"noise", func(s int) float64 { return 1000 + float64(s%7) }, false},
		{"grows a little, all the time", func(s int) float64 { return 500 + float64(3*s) }, true},
		{"jumps at the end", func(s int) float64 {
			if s < seconds*3/4 {
				return 1000
			}
			return 1500
		}, true},
		{"falls", func(s int) float64 { return 5000 - float64(s) }, false},
	} {
		claims := growth(lasting(seconds, test.f), day)
		if len(claims) != len(kinds) {
			t.Errorf("%s: got %d claims, want %d", test.name, len(claims), len(kinds))
		}
		for _, c := range claims {
			if c.Holds == test.grows {
				t.Errorf("%s: got %+v, want that it grows: %v", test.name, c, test.grows)
			}
		}
	}
}

func TestTooFewSamplesSayNothing(t *testing.T) {
	for _, c := range growth(lasting(2, func(int) float64 { return 1 }), 2*Settled) {
		if c.Holds {
			t.Errorf("got %+v, want that it is not known", c)
		}
	}
}

// What is kept of a room, and what presence needs, ends after a while: until then
// there are more of them every second.
func TestKeysAreLookedAtWhenAsManyEndAsBegin(t *testing.T) {
	for _, c := range growth(lasting(60, func(int) float64 { return 1 }), time.Minute) {
		if strings.Contains(c.Text, "keys") {
			t.Errorf("got %+v after a minute", c)
		}
	}
}

func TestWhatStaysIsSeen(t *testing.T) {
	empty := sample{goroutines: 50, files: 20}
	for _, test := range []struct {
		name   string
		after  sample
		failed int
	}{
		{"nothing", sample{goroutines: 52, files: 21}, 0},
		{"less", sample{goroutines: 40, files: 19}, 0},
		{"goroutines", sample{goroutines: 70, files: 20}, 1},
		{"files", sample{goroutines: 50, files: 40}, 1},
		{"connections", sample{goroutines: 50, files: 20, connections: 1}, 1},
	} {
		failed := 0
		for _, c := range leftovers(empty, test.after) {
			if !c.Holds {
				failed++
			}
		}
		if failed != test.failed {
			t.Errorf("%s: got %+v, want %d that do not hold", test.name, leftovers(empty, test.after), test.failed)
		}
	}
}

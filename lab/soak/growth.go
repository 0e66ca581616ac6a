package soak

import (
	"fmt"
	"slices"
	"time"

	"secondserver/lab/report"
)

// A kind is one thing that must not grow.
type kind struct {
	name  string
	of    func(sample) float64
	slack float64       // this much more is the noise of three servers
	from  time.Duration // it still grows until then, as it should
}

// share is by how much a thing may be more in the last part of the time than in the
// middle one, beside the slack.
const share = 0.05

var kinds = []kind{
	{"memory (MB)", func(s sample) float64 { return s.memory }, 5, 0},
	{"goroutines", func(s sample) float64 { return s.goroutines }, 30, 0},
	{"open files", func(s sample) float64 { return s.files }, 30, 0},
	{"keys in Redis", func(s sample) float64 { return s.keys }, 100, Settled},
}

// growth compares the third quarter of the time with the last one, by their medians. Of
// what is still growing in the third one nothing can be said, and nothing is claimed.
func growth(samples []sample, length time.Duration) (claims []report.Claim) {
	for _, k := range kinds {
		if k.from > length/2 { // as many end as begin only later
			continue
		}
		middle, last := k.median(samples, length/2, length*3/4), k.median(samples, length*3/4, length)
		claims = append(claims, report.Claim{
			Text:  fmt.Sprintf("%s: does not grow: %.0f in the third quarter of the time, %.0f in the last", k.name, middle, last),
			Holds: middle > 0 && last > 0 && last <= middle*(1+share)+k.slack,
		})
	}
	return claims
}

func (k kind) median(samples []sample, from, until time.Duration) float64 {
	var all []float64
	for _, s := range samples {
		if s.after >= from && s.after < until {
			all = append(all, k.of(s))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// few are no growth: connections to Redis that three servers open when they have much to
// do, and keep.
const few = 10

// leftovers compares what there was before the first user with what there is after the
// last one. Memory is none of it: a Go program keeps what it may need again.
func leftovers(empty, after sample) (claims []report.Claim) {
	for _, k := range kinds[1:3] {
		before, now := k.of(empty), k.of(after)
		claims = append(claims, report.Claim{
			Text:  fmt.Sprintf("%s: %.0f before anybody came, %.0f after all have gone", k.name, before, now),
			Holds: now <= before+few,
		})
	}
	return append(claims, report.Claim{
		Text:  fmt.Sprintf("connections: %.0f after all have gone", after.connections),
		Holds: after.connections == 0,
	})
}

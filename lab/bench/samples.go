package bench

import (
	"fmt"
	"slices"
)

// Samples are one figure, measured once a round.
type samples []float64

func (s samples) median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// A ratio is that of two medians, and the least and the most of any round.
type ratio struct{ median, least, most float64 }

// over is the ratio of figures that were measured in the same rounds.
func (s samples) over(other samples) ratio {
	var rounds samples
	for i := range s {
		rounds = append(rounds, s[i]/other[i])
	}
	return ratio{s.median() / other.median(), slices.Min(rounds), slices.Max(rounds)}
}

func (r ratio) String() string {
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r.median, r.least, r.most)
}

// figure is a number with as many digits as can be told apart.
func figure(f float64) string {
	switch {
	case f >= 100:
		return fmt.Sprintf("%.0f", f)
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	}
	return fmt.Sprintf("%.2f", f)
}

package main

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// About how many marks an axis has.
const (
	marksX = 10
	marksY = 5
)

// imprecision is what does not count in a comparison: 0.1 has no exact form.
const imprecision = 1e-9

// marks are round numbers from low to high.
func marks(low, high float64, about int) plot.ConstantTicks {
	step := round((high - low) / float64(about))
	first := math.Ceil(low/step - imprecision)
	decimals := max(0, -int(math.Floor(math.Log10(step)+imprecision)))
	var ticks plot.ConstantTicks
	for i := range 2 * about { // more than there are
		value := (first + float64(i)) * step
		if value > high+step*imprecision {
			break
		}
		ticks = append(ticks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'f', decimals, 64)})
	}
	return ticks
}

// powers are the powers of ten from low to high, or of two where there are few of
// those.
func powers(low, high float64) (ticks plot.ConstantTicks) {
	base := 10.0
	if high/low < 100 {
		base = 2
	}
	for value := math.Pow(base, math.Ceil(math.Log(low)/math.Log(base)-imprecision)); value <= high*(1+imprecision); value *= base {
		ticks = append(ticks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'f', -1, 64)})
	}
	return ticks
}

// fittingMarks are fewer where their numbers are long.
func fittingMarks(low, high float64, s text.Style, room vg.Length) plot.ConstantTicks {
	for about := marksX; ; about-- {
		ticks, longest := marks(low, high, about), vg.Length(0)
		for _, t := range ticks {
			longest = max(longest, s.Width(t.Label))
		}
		if about == 1 || longest+gap <= room/vg.Length(about) {
			return ticks
		}
	}
}

// round is the next larger of … 0.1, 0.2, 0.5, 1, 2, 5, 10 …
func round(f float64) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(f)))
	for _, digit := range []float64{1, 2, 5} {
		if digit*ten >= f*(1-imprecision) {
			return digit * ten
		}
	}
	return 10 * ten
}

// top is where the axis of values ends: percentages at 100, others at the first mark
// that no value is above.
func top(unit string, high float64) float64 {
	if strings.Contains(unit, "%") {
		high = max(high, 100)
	}
	if high < smallest {
		return 1
	}
	step := round(high / marksY)
	return math.Ceil(high/step-imprecision) * step
}

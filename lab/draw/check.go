package main

import (
	"errors"
	"fmt"
	"math"

	"secondserver/lab/report"
)

// check says what is wrong with a figure. A picture drawn of a wrong one would be a
// wrong picture that looks right.
func check(f report.Figure) error {
	switch {
	case f.Title == "":
		return errors.New("it has no title")
	case len(f.Bars) > 0 && len(f.Lines) > 0:
		return errors.New("it has both bars and lines: draw two figures")
	case len(f.Bars) > 0:
		return checkBars(f)
	case len(f.Lines) > 0:
		return checkLines(f)
	}
	return errors.New("it has neither bars nor lines")
}

func checkBars(f report.Figure) error {
	if len(f.Labels) == 0 {
		return errors.New("it has no labels for its bars")
	}
	for i, b := range f.Bars {
		if err := checkSeries("bars", i, b.Name, len(f.Bars)); err != nil {
			return err
		}
		if len(b.Values) != len(f.Labels) {
			return fmt.Errorf("bars %q have %d values for %d labels", b.Name, len(b.Values), len(f.Labels))
		}
		for j, v := range b.Values {
			if err := checkValue(v); err != nil {
				return fmt.Errorf("bars %q above %q: %w", b.Name, f.Labels[j], err)
			}
		}
	}
	return nil
}

func checkLines(f report.Figure) error {
	if len(f.Labels) > 0 {
		return errors.New("it has lines, and labels that only bars have")
	}
	for i, l := range f.Lines {
		if err := checkSeries("lines", i, l.Name, len(f.Lines)); err != nil {
			return err
		}
		if len(l.Points) == 0 {
			return fmt.Errorf("line %q has no points", l.Name)
		}
		for j, p := range l.Points {
			if err := checkValue(math.Abs(p[0])); err != nil {
				return fmt.Errorf("line %q, X of point %d: %w", l.Name, j+1, err)
			}
			if f.LogX && p[0] < smallest {
				return fmt.Errorf("line %q, X of point %d: %v has no logarithm, and the axis is to be logarithmic", l.Name, j+1, p[0])
			}
			if err := checkValue(p[1]); err != nil {
				return fmt.Errorf("line %q, Y of point %d: %w", l.Name, j+1, err)
			}
		}
	}
	return nil
}

// checkSeries is about the i-th of all that colours and names have to tell apart.
func checkSeries(what string, i int, name string, all int) error {
	if all > len(palette) {
		return fmt.Errorf("it has %d %s, and there are only %d colours that one can tell apart", all, what, len(palette))
	}
	if name == "" && all > 1 {
		return fmt.Errorf("%s %d of %d have no name", what, i+1, all)
	}
	return nil
}

// What is nearer to 0 than smallest is as good as 0, and what is above largest is no
// number that one can read.
const (
	smallest = 1e-6
	largest  = 1e12
)

func checkValue(v float64) error {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return fmt.Errorf("%v has no place", v)
	case v <= -smallest:
		return fmt.Errorf("%v is below the axis, which begins at 0", v)
	case v > largest:
		return fmt.Errorf("%v has too many digits to be read: give it another unit", v)
	}
	return nil
}

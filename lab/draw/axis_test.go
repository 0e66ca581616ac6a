package main

import (
	"strings"
	"testing"

	"secondserver/lab/report"
)

func TestMarksAreRoundNumbersFromEndToEnd(t *testing.T) {
	tests := []struct {
		low, high float64
		about     int
		want      string
	}{
		{0, 100, 5, "0 20 40 60 80 100"},
		{1, 10, 10, "1 2 3 4 5 6 7 8 9 10"},
		{0, 59, 10, "0 10 20 30 40 50"},
		{0.3, 1.1, 5, "0.4 0.6 0.8 1.0"},
		{-2, 2, 5, "-2 -1 0 1 2"},
		{0, 0.3, 5, "0.0 0.1 0.2 0.3"},
		{0, 6000, 5, "0 2000 4000 6000"},
	}
	for _, test := range tests {
		var got []string
		for _, tick := range marks(test.low, test.high, test.about) {
			got = append(got, tick.Label)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("from %v to %v: got %s, want %s", test.low, test.high, got, test.want)
		}
	}
}

func TestPowersAreMarkedOnALogarithmicAxis(t *testing.T) {
	for _, test := range []struct {
		low, high float64
		want      string
	}{
		{1, 10_000, "1 10 100 1000 10000"},
		{20, 10_000, "100 1000 10000"},
		{1, 8, "1 2 4 8"},
		{3, 3, ""},
	} {
		var got []string
		for _, tick := range powers(test.low, test.high) {
			got = append(got, tick.Label)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("from %v to %v: got %q, want %q", test.low, test.high, got, test.want)
		}
	}
}

// From 1 to 10 is as far as from 10 to 100.
func TestALogarithmicAxisSpreadsSmallNumbers(t *testing.T) {
	for _, points := range [][][2]float64{{{1, 5}, {10, 6}, {100, 5}}, {{7, 5}}} {
		f := report.Figure{Title: "Lines", LogX: true, Lines: []report.Line{{Points: points}}}
		picture, err := picture(f)
		if err != nil || len(picture) == 0 {
			t.Errorf("%v: %v", points, err)
		}
	}
	f := report.Figure{Title: "Lines", LogX: true, Lines: []report.Line{{Name: "a", Points: [][2]float64{{0, 1}}}}}
	if _, err := picture(f); err == nil || !strings.Contains(err.Error(), "no logarithm") {
		t.Errorf("0 on a logarithmic axis: %v", err)
	}
}

func TestTheAxisOfValuesEndsAtAMark(t *testing.T) {
	tests := []struct {
		unit       string
		high, want float64
	}{
		{"delivered (%)", 3.5, 100},
		{"delivered (%)", 100, 100},
		{"more (%)", 130, 150},
		{"ms", 0.42, 0.5},
		{"ms", 7, 8},
		{"ms", 10, 10},
		{"messages", 0, 1},
	}
	for _, test := range tests {
		if got := top(test.unit, test.high); got != test.want {
			t.Errorf("%s up to %v: got %v, want %v", test.unit, test.high, got, test.want)
		}
	}
}

func TestTheAxisBeginsAt0IfThatIsNear(t *testing.T) {
	for from, want := range map[float64]int{10: 2, 500: 1} {
		f := report.Figure{Title: "Lines", Lines: []report.Line{{Points: [][2]float64{{from, 1}, {1000, 100}}}}}
		texts, got := parse(t, f).texts(), 0
		for _, text := range texts {
			if text == "0" {
				got++
			}
		}
		if got != want {
			t.Errorf("from %v: %d axes begin at 0, want %d: %q", from, got, want, texts)
		}
	}
}

func TestValuesAreShort(t *testing.T) {
	tests := []struct {
		value  float64
		digits int
		want   string
	}{
		{0, 3, "0"}, {100, 3, "100"}, {33.333, 3, "33.3"}, {33.333, 2, "33"}, {99.96, 3, "100"}, {5, 3, "5"},
		{0.4567, 3, "0.457"}, {0.4567, 2, "0.46"}, {12345.6, 3, "12346"}, {1e-9, 3, "0"}, {20, 1, "20"},
	}
	for _, test := range tests {
		if got := short(test.value, test.digits); got != test.want {
			t.Errorf("%v in %d digits: got %s, want %s", test.value, test.digits, got, test.want)
		}
	}
}

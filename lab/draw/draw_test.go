package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"secondserver/lab/report"
)

// figures are one of each kind, and those that leave little room.
func figures() map[string]report.Figure {
	labels := make([]string, 10)
	values := make([]float64, 10)
	wave := make([][2]float64, 60)
	for i := range labels {
		labels[i] = fmt.Sprint(i + 1)
		values[i] = 100 / float64(i+1)
	}
	for i := range wave {
		wave[i] = [2]float64{float64(i), 150 + 150*math.Sin(float64(i)/10)}
	}
	return map[string]report.Figure{
		"bars": {
			Title: "Who hears a message", X: "servers", Y: "delivered, %", Labels: labels,
			Bars: []report.Bars{{Name: "nothing", Values: values}, {Name: "sticky", Values: values}, {Name: "Redis", Values: values}},
		},
		"lines": {
			Title: "While Redis is away", X: "seconds", Y: "messages",
			Lines: []report.Line{{Name: "measured", Points: wave}, {Name: "calculated", Points: [][2]float64{{0, 0}, {60, 300}}, Dashed: true}},
		},
		"long texts": {
			Title: "What a client that was away for a minute gets when it comes back, and on which of the servers it was before that",
			X:     strings.Repeat("an axis that says much ", 6),
			Y:     "messages that it got, of all of those that it should have got",
			Labels: []string{
				"one server, history in memory",
				"two servers, history in each one's memory",
				"two servers, a Redis stream",
				"two servers, and averylongwordthatnobodywouldwritebutthathastofitallthesame",
			},
			Bars: []report.Bars{
				{Name: strings.Repeat("a long name ", 5), Values: []float64{100, 52, 100, 0}},
				{Name: strings.Repeat("another long name ", 8), Values: []float64{0, 0, 12345678, 0.00012}},
			},
		},
		"many bars": {
			Title: "Many", Labels: append(labels, labels...),
			Bars: []report.Bars{{Name: "a", Values: append(values, values...)}, {Name: "b", Values: append(values, values...)}, {Name: "c", Values: append(values, values...)}},
		},
		"zero":       {Title: "Nothing", Y: "lost, %", Labels: []string{"a", "b"}, Bars: []report.Bars{{Values: []float64{0, 0}}}},
		"tiny":       {Title: "Tiny", X: "s", Lines: []report.Line{{Points: [][2]float64{{0, -1e-17}, {1e-300, 1e-300}}}}},
		"tiny bars":  {Title: "Tiny", Labels: []string{"a", "b"}, Bars: []report.Bars{{Values: []float64{5e-324, -1e-17}}}},
		"one point":  {Title: "A point", Lines: []report.Line{{Points: [][2]float64{{5, 0}}}}},
		"wide lines": {Title: "Wide", Lines: []report.Line{{Points: [][2]float64{{-1e12, 0}, {1e12, 1e12}}}}},
	}
}

func TestBarsAreDrawnWithTheirLabelsAndValues(t *testing.T) {
	got := parse(t, figures()["bars"])
	for _, want := range []string{"Who hears a message", "servers", "delivered, %", "nothing", "sticky", "Redis", "10", "33", "100"} {
		if !got.says(want) {
			t.Errorf("got the texts %q, want %q too", got.texts(), want)
		}
	}
	// One path a value and an entry of the legend, for each of the colours.
	for _, colour := range []string{"#0072B2", "#D55E00", "#009E73"} {
		if n := got.filled[colour]; n != 11 {
			t.Errorf("got %d bars of %s, want 11", n, colour)
		}
	}
}

func TestLinesAreDrawnWithAPointForEachMeasurement(t *testing.T) {
	got := parse(t, figures()["lines"])
	for _, want := range []string{"While Redis is away", "seconds", "messages", "measured", "calculated", "0", "60", "300"} {
		if !got.says(want) {
			t.Errorf("got the texts %q, want %q too", got.texts(), want)
		}
	}
	if n := got.filled["#0072B2"]; n != 61 {
		t.Errorf("got %d points of what was measured, want 60 and one in the legend", n)
	}
	if n := got.filled["#D55E00"]; n != 0 {
		t.Errorf("got %d points of what was calculated, want none", n)
	}
	if got.dashed != 2 {
		t.Errorf("got %d dashed lines, want one and its entry in the legend", got.dashed)
	}
}

func TestAnAxisOfPercentagesGoesFrom0To100(t *testing.T) {
	f := report.Figure{Title: "Small", Y: "lost, %", Labels: []string{"a"}, Bars: []report.Bars{{Values: []float64{3.5}}}}
	for _, want := range []string{"0", "100", "3.5"} {
		if got := parse(t, f); !got.says(want) {
			t.Errorf("got the texts %q, want %q too", got.texts(), want)
		}
	}
}

func TestNoTextLiesOnAnotherOrOutside(t *testing.T) {
	for name, f := range figures() {
		texts := parse(t, f).shown
		for i, a := range texts {
			if a.left < 0 || a.right > float64(width) || a.top < 0 || a.bottom > float64(height) {
				t.Errorf("%s: %q is partly outside: %+v", name, a.words, a)
			}
			for _, b := range texts[:i] {
				if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
					t.Errorf("%s: %q lies on %q", name, a.words, b.words)
				}
			}
		}
	}
}

func TestALongWordShrinksBeforeItIsCut(t *testing.T) {
	word := strings.Repeat("longlong", 3) + "word"
	labels := []string{"a", "b", "c", word}
	f := report.Figure{Title: "Long", Labels: labels, Bars: []report.Bars{{Values: make([]float64, len(labels))}}}
	if got := parse(t, f); !got.says(word) {
		t.Errorf("got the texts %q, want %q too", got.texts(), word)
	}
}

func TestLabelsOfOneLineStandAsHighAsTheFirstOfMore(t *testing.T) {
	f := report.Figure{Title: "Labels", Labels: []string{"short", strings.Repeat("much longer ", 6)}, Bars: []report.Bars{{Values: []float64{1, 2}}}}
	got := parse(t, f)
	short, long := -1.0, -2.0
	for _, text := range got.shown {
		switch {
		case text.words == "short":
			short = text.top
		case long < 0 && strings.HasPrefix(text.words, "much longer"):
			long = text.top
		case strings.TrimSpace(text.words) == "":
			t.Errorf("got a text that says nothing: %+v", text)
		}
	}
	if short != long {
		t.Errorf("got the short label at %v, and the long one at %v", short, long)
	}
}

func TestAPictureHasATitleForScreenReadersAndFontsOfAnyBrowser(t *testing.T) {
	for name, f := range figures() {
		got := parse(t, f)
		if got.role != "img" || got.title != f.Title {
			t.Errorf("%s: got role %q and title %q, want img and %q", name, got.role, got.title, f.Title)
		}
		if !strings.HasSuffix(got.font, ", system-ui, sans-serif") || got.fonts != 1 {
			t.Errorf("%s: got font %q, and %d in all, want one that ends in system-ui, sans-serif", name, got.font, got.fonts)
		}
	}
}

func TestAPictureIsTheSameEveryTime(t *testing.T) {
	for name, f := range figures() {
		first, err := picture(f)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := picture(f); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: got another picture the second time, %v", name, err)
		}
	}
}

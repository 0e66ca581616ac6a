package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"secondserver/lab/report"
)

const (
	good = `{"title": "Good", "labels": ["a"], "bars": [{"name": "b", "values": [1]}]}`
	bad  = `{"title": "Bad", "labels": ["a"], "bars": [{"name": "b", "values": [1, 2]}]}`
)

func TestEachFigureBecomesAFile(t *testing.T) {
	folder := t.TempDir()
	var complaints bytes.Buffer
	if got := command([]string{folder}, strings.NewReader(`{"one": `+good+`, "two-2": `+good+`}`), &complaints); got != 0 {
		t.Fatalf("got exit code %d: %s", got, &complaints)
	}
	for _, name := range []string{"one.svg", "two-2.svg"} {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.HasPrefix(got, []byte("<svg ")) {
			t.Errorf("%s: got %.40q, %v, want an SVG", name, got, err)
		}
	}
}

func TestAWrongCommandLineShowsTheUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"-h"}, {"a", "b"}} {
		var complaints bytes.Buffer
		if got := command(args, strings.NewReader("{}"), &complaints); got != 2 || complaints.String() != usage {
			t.Errorf("%q: got exit code %d and %q, want 2 and the usage", args, got, &complaints)
		}
	}
}

func TestAnErrorNamesTheFigureOrTheFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	tests := []struct{ name, folder, figures, want string }{
		{"no figures", ".", "{}", "no figures"},
		{"nothing", ".", "", "an object"},
		{"a list", ".", "[" + good + "]", "an object"},
		{"two objects", ".", "{} {}", "an object"},
		{"two bad ones", ".", `{"x": ` + bad + `, "y": ` + bad + `}`, "figure x: bars \"b\" have 2 values for 1 labels\nfigure y: bars"},
		{"a field that is none", ".", `{"x": {"titel": ""}}`, `figure x: json: unknown field "titel"`},
		{"a number without end", ".", `{"x": {"bars": [{"values": [1e999]}]}}`, "figure x: "},
		{"a name that leaves the folder", ".", `{"../x": ` + good + `}`, `figure "../x": `},
		{"a hidden name", ".", `{".x": ` + good + `}`, `figure ".x": `},
		{"a folder that is not there", missing, `{"x": ` + good + `}`, "figure x: open " + filepath.Join(missing, "x.svg")},
	}
	for _, test := range tests {
		var complaints bytes.Buffer
		if got := command([]string{test.folder}, strings.NewReader(test.figures), &complaints); got != 1 || !strings.Contains(complaints.String(), test.want) {
			t.Errorf("%s: got exit code %d and %q, want 1 and %q", test.name, got, &complaints, test.want)
		}
	}
}

func TestWithABadFigureNothingIsWritten(t *testing.T) {
	folder := t.TempDir()
	if err := run(strings.NewReader(`{"a": `+good+`, "b": `+bad+`}`), folder); err == nil {
		t.Error("got no error")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("got the files %v, %v, want none", left, err)
	}
}

func TestBadFiguresAreRefused(t *testing.T) {
	bars := func(name string, values ...float64) report.Figure {
		return report.Figure{Title: "t", Labels: []string{"a", "b"}, Bars: []report.Bars{{Name: name, Values: values}}}
	}
	line := func(points ...[2]float64) report.Figure {
		return report.Figure{Title: "t", Lines: []report.Line{{Name: "l", Points: points}}}
	}
	with := func(f report.Figure, change func(*report.Figure)) report.Figure {
		change(&f)
		return f
	}
	tests := []struct {
		figure report.Figure
		want   string
	}{
		{report.Figure{Title: "t"}, "neither bars nor lines"},
		{with(bars("b", 1, 2), func(f *report.Figure) { f.Title = "" }), "no title"},
		{with(bars("b", 1, 2), func(f *report.Figure) { f.Lines = line([2]float64{}).Lines }), "both bars and lines"},
		{with(bars("b"), func(f *report.Figure) { f.Labels = nil }), "no labels"},
		{bars("b", 1), `bars "b" have 1 values for 2 labels`},
		{bars("b", 1, 2, 3), `bars "b" have 3 values for 2 labels`},
		{bars("b", 1, math.NaN()), `bars "b" above "b": NaN has no place`},
		{bars("b", math.Inf(1), 1), `bars "b" above "a": +Inf has no place`},
		{bars("b", -1, 1), "-1 is below the axis"},
		{bars("b", 1e13, 1), "1e+13 has too many digits"},
		{with(bars("", 1, 2), func(f *report.Figure) { f.Bars = append(f.Bars, f.Bars[0]) }), "bars 1 of 2 have no name"},
		{with(bars("b", 1, 2), func(f *report.Figure) { f.Bars = append(f.Bars, make([]report.Bars, 7)...) }), "8 bars, and there are only 7"},
		{line(), `line "l" has no points`},
		{line([2]float64{1, 1}, [2]float64{math.Inf(-1), 1}), `line "l", X of point 2: `},
		{line([2]float64{1, math.NaN()}), `line "l", Y of point 1: NaN has no place`},
		{line([2]float64{1, -1}), `line "l", Y of point 1: -1 is below the axis`},
		{with(line([2]float64{1, 1}), func(f *report.Figure) { f.Labels = []string{"a"} }), "labels that only bars have"},
	}
	for _, test := range tests {
		if svg, err := picture(test.figure); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got a picture of %d bytes, %v, want the error %q", len(svg), err, test.want)
		}
	}
}

package experiment_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"secondserver/lab/experiment"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
)

// engine is one for all tests, so that each program is built once.
var engine = stack.Embedded(nil)

var fast = rig.Options{Engine: engine, Fast: true}

func TestMain(m *testing.M) {
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, errors.Join(err, engine.Close()))
		os.Exit(1)
	}
	os.Exit(stacktest.Main(m, nil, engine))
}

// build builds the programs, so that no experiment has to wait for them.
func build() error {
	for _, phase := range append(stack.Phases, stack.WrongTurns) {
		s, err := stack.Start(context.Background(), engine, phase, 1, "BROKER=pubsub")
		if err == nil {
			err = s.Close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Each experiment, in its fast form, shows what it has to show, and the numbers that
// docs/experiments.md quotes are still those that come out.
func TestTheNumbersShowWhatTheyHaveToShow(t *testing.T) {
	document, err := os.ReadFile("../../docs/experiments.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range experiment.All {
		t.Run(e.Name, func(t *testing.T) {
			r, err := e.Run(t.Context(), experiment.Options{Options: fast})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%.1f s\n%s\n%s", r.Seconds, r.Table.Text(), r.Proves)
			for _, c := range r.Claims {
				if !c.Holds && !c.Timed {
					t.Errorf("does not hold: %s", c.Text)
				}
			}
			for line := range strings.Lines(r.Table.Text()) {
				if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 80 {
					t.Errorf("a line of the table has %d columns, want at most 80, as a terminal has: %s", width, line)
				}
			}
			quoted, err := report.Quoted(string(document), e.Name)
			if err != nil {
				t.Fatal(err)
			}
			for _, difference := range report.Differs(quoted, r.Table) {
				t.Errorf("docs/experiments.md: %s. To quote anew: make experiments DOCS=1", difference)
			}
			if len(r.Table.Rows) == 0 || r.Proves == "" || r.Figure.Title == "" || len(r.Claims) == 0 {
				t.Errorf("got %+v, want a table, a picture, claims and a sentence", r)
			}
		})
	}
}

// The fast run has the first rows of instances only. What holds for all of them is that
// they are the fraction that the document says they are.
func TestTheQuotedInstancesAreTheFraction(t *testing.T) {
	document, err := os.ReadFile("../../docs/experiments.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted, err := report.Quoted(string(document), "instances")
	if err != nil {
		t.Fatal(err)
	}
	if len(quoted.Rows) != 10 {
		t.Fatalf("got %d rows, want 10", len(quoted.Rows))
	}
	for _, row := range quoted.Rows {
		var n, m, predicted, alone float64
		if _, err := fmt.Sscanf(strings.Join(row, " "), "%g %g %g %% %g %%", &n, &m, &predicted, &alone); err != nil {
			t.Fatalf("row %q: %v", row, err)
		}
		if want := 100 * (m/n - 1) / (m - 1); math.Abs(alone-want) > 2 || math.Abs(predicted-want) > 0.1 {
			t.Errorf("%g servers: quoted are %.1f %% predicted and %.1f %% with nothing shared, (M/N−1)/(M−1) is %.1f %%", n, predicted, alone, want)
		}
	}
}

func TestAPredictionIsHeldAgainstTheNumber(t *testing.T) {
	e, err := experiment.Named("green")
	if err != nil {
		t.Fatal(err)
	}
	for said, right := range map[float64]bool{0: true, 100: false} {
		r, err := e.Run(t.Context(), experiment.Options{Options: fast, Said: &said})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.Prediction; p == nil || p.Said != said || p.Is != 0 || p.Right() != right {
			t.Errorf("said %g: got %+v, right %v, want %v", said, p, p.Right(), right)
		}
	}
}

func TestAnUnknownExperimentIsNamedWithThoseThereAre(t *testing.T) {
	_, err := experiment.Named("sing")
	want := `no experiment is called "sing": there are instances, green, sticky, wrong-turns, lazy, self-receive, blip, autoscale, deploy, ghosts, hop, and all`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

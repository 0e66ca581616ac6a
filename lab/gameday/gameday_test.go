package gameday

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
)

// engines are for all tests, so that each program is built once.
var engines = map[string]stack.Engine{"embedded": stack.Embedded(nil)}

func TestMain(m *testing.M) {
	host, missing := stack.Host(nil)
	if missing == nil {
		engines["host"] = host
	}
	os.Exit(stacktest.Main(m, missing, slices.Collect(maps.Values(engines))...))
}

// The short form of a game day. What takes a certain time is left to `make gameday`.
func TestEverythingIsAsTheRunbookSays(t *testing.T) {
	for _, name := range []string{"embedded", "host"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of a day is waiting
			if engines[name] == nil {
				t.Skip("redis-server or nginx is not installed")
			}
			err := Run(t.Context(), rig.Options{Engine: engines[name], Fast: true}, All, func(r *Result) {
				t.Logf("%-15s %4.1f s %+v", r.Step, r.Seconds, r.Figures)
				for _, c := range r.Claims {
					if !c.Holds && !c.Timed {
						t.Errorf("%s: %s", r.Step, c.Text)
					}
				}
				if len(r.Claims) < 4 || r.Figures.Sent == 0 {
					t.Errorf("%s: got %+v, want figures and claims", r.Step, r)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// On a broker that forgets, and that acknowledges what it has not got, a day fails, and
// for these reasons.
func TestABrokerThatForgetsFails(t *testing.T) {
	err := rig.Run(t.Context(), rig.Options{Engine: engines["embedded"], Fast: true}, func(on *rig.Rig) {
		d := &day{Rig: on, stack: on.Start(stack.WrongTurns, 3, "BROKER=pubsub", "RATE_LIMIT=0")}
		r := d.take(redisRestarts)
		if r.Holds() || d.stack != nil {
			t.Errorf("got %+v, and the stack is kept: %v; want a failure, and another stack for the next step", r, d.stack != nil)
		}
		for _, promise := range []string{"nothing acknowledged is lost", "servers log", reconnects} {
			if !slices.ContainsFunc(r.Claims, func(c report.Claim) bool { return !c.Holds && strings.Contains(c.Text, promise) }) {
				t.Errorf("got %+v, want that this does not hold: %s", r.Claims, promise)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// A step that cannot be finished is a result, and the next one has a stack of its own.
func TestAStepThatCannotBeFinishedDoesNotEndTheDay(t *testing.T) {
	broken := Step{Name: "broken", run: func(d *day) { d.Must(errors.New("no hammer")) }}
	quiet := Step{Name: "quiet", run: func(d *day) { d.under(d.stack, func(*load.Crowd) time.Time { return time.Now() }) }}
	var results []*Result
	err := Run(t.Context(), rig.Options{Engine: engines["embedded"], Fast: true}, []Step{broken, quiet}, func(r *Result) {
		results = append(results, r)
	})
	if err != nil || len(results) != 2 {
		t.Fatalf("got %d results, %v, want 2 and no error", len(results), err)
	}
	if r := results[0]; r.Holds() || !strings.Contains(r.Claims[0].Text, "no hammer") {
		t.Errorf("got %+v, want that it could not be finished, and why", r)
	}
	if r := results[1]; !r.Holds() || r.Figures.Lost != 0 {
		t.Errorf("got %+v, want a quiet step", r)
	}
}

// What was interrupted is no result.
func TestAnInterruptedDayEnds(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	good := Step{Name: "good", run: func(*day) {}}
	cut := Step{Name: "cut", run: func(d *day) {
		interrupt(why)
		d.Pass(time.Hour)
	}}
	var shown []string
	err := Run(ctx, rig.Options{Engine: engines["embedded"], Fast: true}, []Step{good, cut, good}, func(r *Result) { shown = append(shown, r.Step) })
	if !errors.Is(err, why) || !slices.Equal(shown, []string{"good"}) {
		t.Errorf("got %v after %q, want %v after the first step", err, shown, why)
	}
}

// Where nothing can be started it is not the product that fails.
func TestADayWithoutAStackEnds(t *testing.T) {
	err := Run(t.Context(), rig.Options{Engine: broken{}, Fast: true}, All, func(r *Result) { t.Errorf("got %+v", r) })
	if !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

// broken is an engine that makes nothing.
type broken struct{}

var errBroken = errors.New("no engine")

func (broken) Name() string                                          { return "broken" }
func (broken) Open(context.Context, stack.Phase) (stack.Site, error) { return nil, errBroken }
func (broken) Close() error                                          { return nil }

func TestAHerdIsTheBusiestMoment(t *testing.T) {
	began := time.Now()
	at := func(ms int) load.Comeback {
		return load.Comeback{Ended: began, Back: began.Add(time.Duration(ms) * time.Millisecond)}
	}
	before := load.Comeback{Ended: began.Add(-time.Second), Back: began}
	for _, test := range []struct {
		name      string
		comebacks []load.Comeback
		users, m  int
	}{
		{"nobody", []load.Comeback{before}, 0, 0},
		{"all at once", []load.Comeback{at(0), at(10), at(49)}, 3, 3},
		{"spread", []load.Comeback{before, at(100), at(0), at(50)}, 3, 1},
		{"two together", []load.Comeback{at(0), at(60), at(70), at(200)}, 4, 2},
	} {
		if users, most := herd(test.comebacks, began); users != test.users || most != test.m {
			t.Errorf("%s: got %d of %d, want %d of %d", test.name, most, users, test.m, test.users)
		}
	}
}

func TestNamesOfStepsAreTheirOwn(t *testing.T) {
	var names []string
	for _, s := range All {
		if slices.Contains(names, s.Name) || s.Fault == "" || s.Line == "" {
			t.Errorf("got %+v, want a name of its own, a fault and a line", s)
		}
		names = append(names, s.Name)
	}
	if _, err := Named("sing"); err == nil || !strings.HasSuffix(err.Error(), "there are "+strings.Join(names, ", ")) {
		t.Errorf("got %v, want the names that there are", err)
	}
}

package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"secondserver/lab/gameday"
	"secondserver/lab/report"
)

func result(step string, holds bool, f gameday.Figures) *gameday.Result {
	return &gameday.Result{
		Step: step, Fault: "Redis is frozen for as long as it takes to fill more than one line of a terminal", Figures: f, Seconds: 12.34,
		Claims: []report.Claim{
			{Text: "no connection is dropped: 0 of 100", Holds: true},
			{Text: "nothing acknowledged is lost: 3 of 38,019 deliveries, which is more than fits into one line of a terminal", Holds: holds},
		},
	}
}

func TestAStepIsShownWithWhatWasSeen(t *testing.T) {
	for _, test := range []struct {
		name         string
		short, holds bool
		want         string
	}{
		{"everything", false, true, `
redis-hangs - Redis is frozen for as long as it takes to fill more than one
line of a terminal
  ok no connection is dropped: 0 of 100
  ok nothing acknowledged is lost: 3 of 38,019 deliveries, which is more than
     fits into one line of a terminal`},
		{"one line, of many days", true, true, "  ok redis-hangs      12.3 s"},
		{"a failure, of many days", true, false, `
redis-hangs - Redis is frozen for as long as it takes to fill more than one
line of a terminal
  ok no connection is dropped: 0 of 100
  x nothing acknowledged is lost: 3 of 38,019 deliveries, which is more than
     fits into one line of a terminal`},
	} {
		if got := (look{}).step(result("redis-hangs", test.holds, gameday.Figures{}), test.short); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

func TestTheWorstOfSeveralDaysIsShown(t *testing.T) {
	table := worst([]*gameday.Result{
		result("cut-off", true, gameday.Figures{Sent: 3000, Due: 57000, SlowestAnswerS: 2.04}),
		result("slow-readers", true, gameday.Figures{Sent: 2400, Due: 237600, FlowingAfterS: 0.25}),
		result("cut-off", true, gameday.Figures{Sent: 2990, Due: 57100, Lost: 1, Doubled: 2, Ended: 3, Refused: 1800, SlowestAnswerS: 2.01, FlowingAfterS: 0.5}),
	})
	want := `
  step           sent   refused      due   lost   doubled   ended   answered    flows
  cut-off        3000      1800    57100      1         2       3     2.04 s   0.50 s
  slow-readers   2400         0   237600      0         0       0     0.00 s   0.25 s`
	if got := "\n" + table.Text(); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for line := range strings.Lines(table.Text()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestStepsThatHeldAreCounted(t *testing.T) {
	good, bad := result("a", true, gameday.Figures{}), result("b", false, gameday.Figures{})
	for want, results := range map[string][]*gameday.Result{
		"ok 2 of 2 steps held.": {good, good},
		"x 1 of 2 steps held.":  {good, bad},
	} {
		if got := (look{}).count(results); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

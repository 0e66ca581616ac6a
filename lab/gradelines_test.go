package main

import (
	"strings"
	"testing"

	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

func TestAGradeAsksForMoreThanDeliveries(t *testing.T) {
	near := ledger.Between{From: "server-1", To: "server-1", Due: 2, Delivered: 2}
	far := ledger.Between{From: "server-1", To: "server-2", Due: 2, Delivered: 2}
	one, two := map[string]int{"server-1": 4}, map[string]int{"server-1": 2, "server-2": 2}
	for _, test := range []struct {
		report loadReport
		want   ledger.Verdict
	}{
		{loadReport{Servers: two, Report: &ledger.Report{Verdict: ledger.True, Between: []ledger.Between{near, far}}}, ledger.True},
		{loadReport{Servers: one, Report: &ledger.Report{Verdict: ledger.True, Between: []ledger.Between{near}}}, ledger.True},
		{loadReport{Servers: two, Report: &ledger.Report{Verdict: ledger.True, Between: []ledger.Between{near}}}, ledger.Unknown},
		{loadReport{Servers: two, Report: &ledger.Report{Verdict: ledger.False, Between: []ledger.Between{near}}}, ledger.False},
		{loadReport{Servers: one, Report: &ledger.Report{Verdict: ledger.True, Refused: 1}}, ledger.False},
		{loadReport{Servers: one, Leave: "not within 10s", Report: &ledger.Report{Verdict: ledger.True}}, ledger.False},
	} {
		if got := test.report.graded(); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.report, got, test.want)
		}
	}
}

func TestAGradeTicksNothingThatWasNotSeen(t *testing.T) {
	two := map[string]int{"server-1": 2, "server-2": 2}
	for name, test := range map[string]struct {
		report ledger.Report
		has    []string
		hasNot []string
	}{
		"nobody hears anything": {
			ledger.Report{Verdict: ledger.False, Sent: 2, Acked: 2, Due: 2, Lost: 2, Between: []ledger.Between{{From: "server-1", To: "server-2", Due: 2, Lost: 2}}},
			[]string{"x lost across servers: 2 of 2", "Fails."},
			[]string{"ok nothing twice", "in one order", "in time", "own server"},
		},
		"nobody could have seen it": {
			ledger.Report{Verdict: ledger.Unknown, Sent: 2, Acked: 2, Due: 2, Unseen: 2, Between: []ledger.Between{{From: "server-1", To: "server-1", Due: 2}}},
			[]string{"- unknown on the sender's own server: nobody could have seen 2 of 2", "Unknown: 2 deliveries that nobody could have seen."},
			[]string{"lost", "ok nothing twice"},
		},
		"refused": {
			ledger.Report{Verdict: ledger.False, Sent: 3, Acked: 2, Refused: 1, Due: 2, Delivered: 2, Heard: 2, Between: []ledger.Between{{From: "server-1", To: "server-1", Due: 2, Delivered: 2}}},
			[]string{"x 1 messages refused: rate_limited", "ok nothing twice", "Fails."},
			[]string{"ok nothing refused"},
		},
		"what is heard where it does not belong is seen": {
			ledger.Report{Verdict: ledger.False, Sent: 1, Acked: 1, WrongRoom: 1},
			[]string{"x 1 heard where they do not belong"},
			nil,
		},
		"nothing crossed": {
			ledger.Report{Verdict: ledger.Unknown, Sent: 1, Acked: 1, Due: 1, Delivered: 1, Heard: 2, Between: []ledger.Between{{From: "server-1", To: "server-1", Due: 1, Delivered: 1}}},
			[]string{"Unknown: nothing was due from one server to another: try more --users."},
			[]string{"Passes"},
		},
		"nobody could have heard himself": {
			ledger.Report{Verdict: ledger.Unknown, Sent: 1, Acked: 1, EchoesUnseen: 1},
			[]string{"- unknown: 1 senders could not have heard themselves", "Unknown: 1 senders who could"},
			[]string{"ok senders"},
		},
		"no answer": {
			ledger.Report{Verdict: ledger.Unknown, Sent: 3, Unanswered: 3},
			[]string{"x 3 messages not answered", "Unknown: 3 messages were never answered."},
			[]string{"ok senders hear themselves", "ok delivered"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &loadReport{Users: 4, Rooms: 1, Servers: two, Report: &test.report, Refusals: map[string]int{}}
			if test.report.Refused > 0 {
				r.Refusals["rate_limited"] = 1
			}
			text := look{}.grade(r, dialect.Lab.Traits())
			for _, want := range test.has {
				if !strings.Contains(text, want) {
					t.Errorf("got no %q in\n%s", want, text)
				}
			}
			for _, not := range test.hasNot {
				if strings.Contains(text, not) {
					t.Errorf("got %q in\n%s", not, text)
				}
			}
		})
	}
}

package gameday

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"secondserver/lab/client"
	"secondserver/lab/report"
	"secondserver/lab/rig"
)

// The parts of docs/runbook.md that are about no trouble.
var general = []string{"What to watch", "What a game day showed"}

// parts are the runbook's, by their headings.
func parts(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		if !slices.Contains(general, heading) {
			all[heading] = body
		}
	}
	return all
}

// row is a cell of a part: what stands beside its name.
func row(part, name string) string {
	match := regexp.MustCompile(`(?m)^\| \*\*` + name + `\*\* \| (.*) \|$`).FindStringSubmatch(part)
	if match == nil {
		return ""
	}
	return match[1]
}

// quoted are the words of a cell that stand as they are seen.
func quoted(cell string) (words []string) {
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
		words = append(words, m[1])
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// What nothing proves is not in the runbook, and what is proved is; and steps look for
// every log line and metric that it quotes.
func TestEachPartOfTheRunbookHasItsSteps(t *testing.T) {
	all := parts(t)
	steps := make(map[string][]Step)
	for _, s := range All {
		if _, there := all[s.Line]; !there {
			t.Errorf("docs/runbook.md has no part %q, which %s proves", s.Line, s.Name)
		}
		steps[s.Line] = append(steps[s.Line], s)
	}
	for heading, part := range all {
		var names, logs, metrics []string
		for _, s := range steps[heading] {
			names, logs, metrics = append(names, s.Name), append(logs, s.Logs...), append(metrics, s.Metrics...)
		}
		for cell, want := range map[string][]string{"Proved by": names, "The log says": logs, "Metrics say": metrics} {
			slices.Sort(want)
			if got := quoted(row(part, cell)); !slices.Equal(got, slices.Compact(want)) {
				t.Errorf("%s: %s quotes %q, and its steps %q", heading, cell, got, slices.Compact(want))
			}
		}
		for _, name := range []string{"Users see", "The log says", "Metrics say", "Do", "How long"} {
			if row(part, name) == "" {
				t.Errorf("%s lacks: %s", heading, name)
			}
		}
	}
}

// The figures are of the steps that there are, and of days on which everything held.
func TestTheRunbookQuotesTheFiguresOfAllSteps(t *testing.T) {
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := report.Quoted(string(text), "gameday")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, row := range table.Rows {
		got = append(got, row[0])
		if lost, doubled := row[4], row[5]; row[0] != redisEmpty.Name && (lost != "0" || doubled != "0") {
			t.Errorf("%s lost %s and doubled %s in the table: that is no day on which everything held", row[0], lost, doubled)
		}
	}
	for _, s := range All {
		want = append(want, s.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got the figures of %q, want those of %q. To quote anew: make gameday DOCS=1", got, want)
	}
}

// What a person on call looks for has to be there: each metric that the runbook names
// is one of a server's.
func TestServersHaveTheMetricsThatTheRunbookNames(t *testing.T) {
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	err = rig.Run(t.Context(), rig.Options{Engine: engines["embedded"]}, func(on *rig.Rig) {
		d := &day{Rig: on}
		s := d.Start(withRedis, 1)
		metrics, err := client.Metrics(d.Ctx, s.Servers[0].URL())
		d.Must(err)
		for _, name := range regexp.MustCompile(`secondserver_\w+`).FindAllString(string(text), -1) {
			_, there := metrics[name]
			_, buckets := metrics[name+"_bucket"]
			if !there && !buckets {
				t.Errorf("no metric of a server is called %s", name)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

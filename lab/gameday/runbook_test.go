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

// What nothing proves is not in the runbook, and what is proved is.
func TestEachPartOfTheRunbookHasItsSteps(t *testing.T) {
	all := parts(t)
	proofs := make(map[string][]string)
	for _, s := range All {
		part, there := all[s.Line]
		if !there {
			t.Errorf("docs/runbook.md has no part %q, which %s proves", s.Line, s.Name)
			continue
		}
		proofs[s.Line] = append(proofs[s.Line], "`"+s.Name+"`")
		if s.Log != "" && !strings.Contains(row(part, "The log says"), "`"+s.Log+"`") {
			t.Errorf("%s: the log says does not quote `%s`, which %s looks for", s.Line, s.Log, s.Name)
		}
		if s.Metric != "" && !strings.Contains(row(part, "Metrics say"), "`"+s.Metric+"`") {
			t.Errorf("%s: metrics say does not quote `%s`, which %s looks at", s.Line, s.Metric, s.Name)
		}
	}
	for heading, part := range all {
		if got, want := row(part, "Proved by"), strings.Join(proofs[heading], ", "); got != want {
			t.Errorf("%s is proved by %q, and %q is what proves it", heading, got, want)
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
	quoted, err := report.Quoted(string(text), "gameday")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, row := range quoted.Rows {
		got = append(got, row[0])
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

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"secondserver/lab/stack"
	"secondserver/lab/story"
)

const timeout = 2 * time.Second

// phase2 is what a phase 2 looks like that does what it promises.
func phase2() *story.Result {
	ms := func(f float64) *float64 { return &f }
	return &story.Result{
		Story:   "message",
		Verdict: story.AsExpected,
		Summary: "As expected: 1 of 2 delivered. The message never left server-1.",
		Delivery: &story.Delivery{Users: []story.User{
			{Name: "alice", Role: story.Sender, Server: "server-1", Expected: true, Received: true, LatencyMS: ms(1)},
			{Name: "charlie", Role: story.Listener, Server: "server-1", Expected: true, Received: true, LatencyMS: ms(0.82)},
			{Name: "bob", Role: story.Listener, Server: "server-2"},
			{Name: "canary", Role: story.Canary, Server: "server-2", For: "bob", Expected: true, Received: true, LatencyMS: ms(1)},
		}},
	}
}

func shown(l look, r *story.Result) string {
	lines := []string{l.title(stack.Phases[1], 2)}
	for _, u := range r.Users {
		lines = append(lines, l.row(u, timeout))
	}
	return strings.Join(append(lines, l.result(r)), "\n")
}

func TestATerminalWithSymbolsShowsThem(t *testing.T) {
	const want = `Phase 2 · two servers behind a round-robin balancer, nothing shared
  alice    → server-1   says "hello" in #general
  charlie  → server-1   ✅ received (0.8 ms)
  bob      → server-2   ❌ NONE (timeout after 2s — expected)
  canary   → server-2   ✅ bob hears his own server: his connection lives
As expected: 1 of 2 delivered. The message never left server-1.`
	if got := shown(look{symbols: true}, phase2()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestElsewhereWordsTakeTheirPlace(t *testing.T) {
	const want = `Phase 2 - two servers behind a round-robin balancer, nothing shared
  alice    -> server-1   says "hello" in #general
  charlie  -> server-1   ok received (0.8 ms)
  bob      -> server-2   x NONE (timeout after 2s - expected)
  canary   -> server-2   ok bob hears his own server: his connection lives
As expected: 1 of 2 delivered. The message never left server-1.`
	if got := shown(look{}, phase2()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEveryOtherStoryIsALine(t *testing.T) {
	const want = `  history    ✅ all 3 — NOT expected
    phase 2 promises: another_epoch
  history    ✅ all 3
  history    ❌ all 3 — expected
  history    ❌ all 3 — NOT expected
    phase 2 promises: another_epoch`
	var lines []string
	for _, r := range []story.Result{
		{Works: true, Verdict: story.NotAsExpected, Reasons: []string{"phase 2 promises: another_epoch"}},
		{Works: true, Verdict: story.AsExpected},
		{Works: false, Verdict: story.AsExpected},
		{Works: false, Verdict: story.NotAsExpected, Reasons: []string{"phase 2 promises: another_epoch"}},
	} {
		r.Story, r.Summary = "history", "all 3"
		lines = append(lines, look{symbols: true}.result(&r))
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestColoursAreAllThatColoursAdd(t *testing.T) {
	painted := shown(look{colours: true, symbols: true}, phase2())
	without := painted
	for _, colour := range []string{bold, red, green, yellow} {
		without = strings.ReplaceAll(without, "\x1b["+colour+"m", "")
	}
	without = strings.ReplaceAll(without, "\x1b[0m", "")
	if want := shown(look{symbols: true}, phase2()); without != want || painted == want {
		t.Errorf("got\n%q\nwant the colours around\n%q", painted, want)
	}
}

func TestNoCanaryIsCut(t *testing.T) {
	u := story.User{Name: "canary", Role: story.Canary, Server: "a-generated-name", For: "charlie", Expected: true, Received: true}
	for _, l := range []look{{}, {symbols: true}} {
		if got := l.row(u, timeout); !strings.HasSuffix(got, "his connection lives") {
			t.Errorf("got %s", got)
		}
		u.Received = false
		if got := l.row(u, timeout); !strings.HasSuffix(got, "his own server") {
			t.Errorf("got %s", got)
		}
		u.Received = true
	}
}

func TestEveryLineFits80Columns(t *testing.T) {
	long := strings.Repeat("long ", 40)
	r := phase2()
	r.Verdict, r.Summary, r.Reasons = story.NotAsExpected, long, []string{long, long}
	for _, role := range []string{story.Sender, story.Listener, story.Canary} {
		for _, expected := range []bool{true, false} {
			for _, received := range []bool{true, false} {
				u := story.User{Name: "charlie", Role: role, For: "charlie", Server: "chat-7f9c6d5b8-x2x4z", Expected: expected, Received: received}
				r.Users = append(r.Users, u)
				u.Error = long
				r.Users = append(r.Users, u)
			}
		}
	}
	other := &story.Result{Story: "handshake", Verdict: story.NotAsExpected, Summary: long, Reasons: []string{long}}
	for _, l := range []look{{}, {symbols: true}} {
		for line := range strings.Lines(shown(l, r) + "\n" + l.result(other) + "\n" + l.ending()) {
			line = strings.TrimSuffix(line, "\n")
			columns := utf8.RuneCountInString(line) + strings.Count(line, "✅") + strings.Count(line, "❌") // two wide
			if columns > 80 {
				t.Errorf("got %d columns, want at most 80: %s", columns, line)
			}
		}
	}
}

func TestNoColourTakesOnlyTheColoursAway(t *testing.T) {
	t.Setenv("LC_ALL", "C.UTF-8")
	for value, want := range map[string]look{"": {colours: true, symbols: true}, "1": {symbols: true}} {
		t.Setenv("NO_COLOR", value)
		if got := lookAsked(); got != want {
			t.Errorf("NO_COLOR=%s: got %+v, want %+v", value, got, want)
		}
	}
	t.Setenv("LC_ALL", "C")
	if got := lookAsked(); got.symbols {
		t.Error("got symbols in a locale that has none")
	}
}

func TestAFileIsNoTerminal(t *testing.T) {
	t.Setenv("LANG", "C.UTF-8")
	t.Setenv("TERM", "xterm")
	f, err := os.Create(filepath.Join(t.TempDir(), "results"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := lookOf(f); got != (look{}) {
		t.Errorf("got %+v, want a plain look", got)
	}
}

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
		Verdict: story.AsExpected,
		Summary: "As expected: 1 of 2 delivered. The message never left server-1.",
		Users: []story.User{
			{Name: "alice", Role: story.Sender, Server: "server-1", Expected: true, Received: true, LatencyMS: ms(1)},
			{Name: "charlie", Role: story.Listener, Server: "server-1", Expected: true, Received: true, LatencyMS: ms(0.82)},
			{Name: "bob", Role: story.Listener, Server: "server-2"},
			{Name: "canary", Role: story.Canary, Server: "server-2", For: "bob", Expected: true, Received: true, LatencyMS: ms(1)},
		},
	}
}

func shown(l look, r *story.Result) string {
	lines := []string{l.title(stack.Phases[1], 2)}
	for _, u := range r.Users {
		lines = append(lines, l.row(u, timeout))
	}
	return strings.Join(append(lines, l.verdict(r)), "\n")
}

func TestATerminalWithSymbolsShowsThem(t *testing.T) {
	const want = `Phase 2 · two servers behind a round-robin balancer, nothing shared
  alice    → server-1   says "hello" in #general
  charlie  → server-1   ✅ received (0.8 ms)
  bob      → server-2   ❌ NONE (timeout after 2s — expected)
  canary   → server-2   ✅ bob hears his own server: his connection is alive
As expected: 1 of 2 delivered. The message never left server-1.`
	if got := shown(look{symbols: true}, phase2()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestElsewhereWordsTakeTheirPlace(t *testing.T) {
	const want = `Phase 2 - two servers behind a round-robin balancer, nothing shared
  alice    -> server-1   says "hello" in #general
  charlie  -> server-1   ok received (0.8 ms)
  bob      -> server-2   NONE (timeout after 2s - expected)
  canary   -> server-2   ok bob hears his own server: his connection is alive
As expected: 1 of 2 delivered. The message never left server-1.`
	if got := shown(look{}, phase2()); got != want {
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
	for _, l := range []look{{}, {symbols: true}} {
		for line := range strings.Lines(shown(l, r) + "\n" + l.ending()) {
			line = strings.TrimSuffix(line, "\n")
			columns := utf8.RuneCountInString(line) + strings.Count(line, "✅") + strings.Count(line, "❌") // two wide
			if columns > 80 {
				t.Errorf("got %d columns, want at most 80: %s", columns, line)
			}
		}
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

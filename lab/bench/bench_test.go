package bench

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"secondserver/lab/rig"
	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
)

// engine is nil where it cannot be used here.
var engine stack.Engine

func TestMain(m *testing.M) {
	direct, missing := stack.Direct(nil)
	if missing != nil {
		os.Exit(stacktest.Main(m, missing))
	}
	engine = direct
	os.Exit(stacktest.Main(m, nil, engine))
}

func needsEngine(t *testing.T) {
	t.Helper()
	if engine == nil {
		t.Skip("redis-server or nginx is not installed")
	}
}

// The short form of each: that it measures is tested, and not what.
func TestEveryBenchMeasures(t *testing.T) {
	needsEngine(t)
	for _, b := range All {
		t.Run(b.Name, func(t *testing.T) {
			r, err := b.Run(t.Context(), Options{Options: rig.Options{Engine: engine, Fast: true}})
			if err != nil {
				t.Fatal(err)
			}
			t.Log("\n" + r.Table.Text())
			if len(r.Table.Rows) == 0 || len(r.Figure.Bars)+len(r.Figure.Lines) == 0 || r.Proves == "" {
				t.Errorf("got %+v, want rows, a figure, and what it proves", r)
			}
			for _, row := range r.Table.Rows {
				for i, cell := range row[1:] {
					if cell == "0.00" {
						t.Errorf("%s of %s is 0", r.Table.Columns[i+1], row[0])
					}
				}
			}
			for _, c := range r.Claims {
				if !c.Holds && !c.Timed {
					t.Error(c.Text)
				}
			}
		})
	}
}

func TestARunThatIsInterruptedLeavesNothing(t *testing.T) {
	needsEngine(t)
	ctx, stop := context.WithCancel(t.Context())
	doing := func(what string) {
		if strings.Contains(what, "tutorial") {
			stop()
		}
	}
	if _, err := deliveries.Run(ctx, Options{Options: rig.Options{Engine: engine, Fast: true, Doing: doing}}); err == nil {
		t.Error("it was measured to the end")
	}
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// shortly is a moment that is over.
func shortly(t *testing.T) context.Context {
	ctx, stop := context.WithTimeout(t.Context(), 0)
	t.Cleanup(stop)
	return ctx
}

// a member of the first of two rooms of three.
func listener() *member {
	return newMember(&crowd{shape: Shape{Rooms: 2, Members: 3, Each: 1}, urls: []string{"a", "b"}}, 2)
}

// Whatever is wrong with what a member hears is noticed.
func TestAMemberNoticesWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name         string
		turns        []int // of the second speaker; 0 is a rehearsal
		heard, wrong int
	}{
		{"nothing", []int{0, 1, 2, 3}, 3, 0},
		{"one was lost", []int{1, 3}, 2, 1},
		{"the first was lost", []int{0, 2}, 1, 1},
		{"one came twice", []int{1, 1, 2}, 3, 1},
		{"two changed places", []int{1, 3, 2, 4}, 4, 3},
	} {
		m, heard := listener(), 0
		for _, turn := range test.turns {
			if m.hear(fmt.Appendf(nil, `{"type":"message","text":"%s"}`, text(1, 0, turn, noon))) {
				heard++
			}
		}
		if got := int(m.wrong.Load()); heard != test.heard || got != test.wrong {
			t.Errorf("%s: %d heard, %d wrong, want %d and %d", test.name, heard, got, test.heard, test.wrong)
		}
	}
	m := listener()
	if m.hear([]byte(`{"type":"message","text":"hi"}`)) || m.wrong.Load() != 1 {
		t.Errorf("what nobody of the crowd has said: %d wrong, want 1", m.wrong.Load())
	}
}

// What is told to one user crosses from server to server, or it would measure nothing of
// what lies between; and it is noticed where it comes twice.
func TestDirectMessagesCross(t *testing.T) {
	c := &crowd{shape: Shape{Members: 100, Direct: true}, urls: []string{"a", "b"}}
	for i := range c.shape.Members {
		c.members = append(c.members, newMember(c, i))
	}
	for _, m := range c.members[:directSpeakers] {
		for m.next = range 50 {
			if to := m.addressee(); c.server(to.index) == c.server(m.index) {
				t.Fatalf("message %d of %s is for %s, on the same server", m.next, m.user, to.user)
			}
		}
	}
	m := c.members[7]
	for _, turn := range []int{2, 5, 5, 4, 9} {
		m.hear(fmt.Appendf(nil, `{"type":"message","text":"%s"}`, text(0, 3, turn, noon)))
	}
	if got := m.wrong.Load(); got != 2 {
		t.Errorf("%d were doubled or out of order, want 2", got)
	}
}

// A measurement of which something is missing is none.
func TestWhatIsMissingIsNoMeasurement(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(*member)
		want string // "" where all is well
	}{
		{"nothing", func(*member) {}, ""},
		{"a refusal", func(m *member) { m.refused.Add(1) }, "1 messages were refused"},
		{"one that was wrong", func(m *member) { m.wrong.Add(1) }, "1 were lost, doubled or out of order"},
		{"a broken connection", func(m *member) { m.crowd.fail(fmt.Errorf("broken")) }, "broken"},
		{"one that nobody hears", func(m *member) { m.next++; m.acked.Add(1) }, "not all that was said was heard: 3 of 6"},
		{"one without an ack", func(m *member) { m.next++; m.heard.Add(3) }, "1 of 2 were acknowledged"},
	} {
		m := listener()
		m.crowd.members = []*member{m}
		m.next = 1
		m.acked.Add(1)
		m.heard.Add(3)
		test.do(m)
		err := m.crowd.settle(shortly(t))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestRatiosAreThoseOfRounds(t *testing.T) {
	ours, theirs := samples{1, 9, 2}, samples{4, 6, 5}
	if got, want := ours.over(theirs).String(), "0.40 (0.25–1.50)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := (samples{4, 1, 3, 2}).median(); got != 2.5 {
		t.Errorf("the median of four is %v, want 2.5", got)
	}
}

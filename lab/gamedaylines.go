package main

import (
	"fmt"
	"slices"
	"strings"

	"secondserver/lab/gameday"
	"secondserver/lab/report"
)

// day is the head of one.
func (l look) day(day, of int, engine string, fast bool) string {
	head := "Game day on three servers of phase 3 (" + engine + ")"
	if fast {
		head += ", with shorter faults"
	}
	if of > 1 {
		head = fmt.Sprintf("Day %d of %d · %s", day, of, head)
	}
	if day > 1 {
		head = "\n" + head
	}
	return l.paint(bold, head)
}

// step is what came out of one: everything, or in one line what held, where there are
// many days.
func (l look) step(r *gameday.Result, short bool) string {
	mark, colour := "✅", green
	if !r.Holds() {
		mark, colour = "❌", red
	}
	if short && r.Holds() {
		return l.paint(colour, fmt.Sprintf("  %s %-15s %5.1f s", mark, r.Step, r.Seconds))
	}
	lines := wrap(fmt.Sprintf("%s · %s", r.Step, r.Fault), "")
	for _, c := range r.Claims {
		lines = append(lines, l.claim(c)...)
	}
	if !r.Holds() {
		if text := trace(r.First); text != "" {
			lines = append(lines, strings.TrimRight(text, "\n"))
		}
	}
	return l.words("\n" + strings.Join(lines, "\n"))
}

// worst is the figures of several days, the worst of each step.
func worst(results []*gameday.Result) report.Table {
	t := report.Table{Columns: []string{"step", "sent", "refused", "due", "lost", "doubled", "ended", "answered", "flows"}}
	var steps []string
	figures := make(map[string]gameday.Figures)
	for _, r := range results {
		if !slices.Contains(steps, r.Step) {
			steps = append(steps, r.Step)
		}
		w, f := figures[r.Step], r.Figures
		figures[r.Step] = gameday.Figures{
			Sent: max(w.Sent, f.Sent), Refused: max(w.Refused, f.Refused),
			Due: max(w.Due, f.Due), Lost: max(w.Lost, f.Lost), Doubled: max(w.Doubled, f.Doubled), Ended: max(w.Ended, f.Ended),
			SlowestAnswerS: max(w.SlowestAnswerS, f.SlowestAnswerS), FlowingAfterS: max(w.FlowingAfterS, f.FlowingAfterS),
		}
	}
	for _, step := range steps {
		f := figures[step]
		t.Rows = append(t.Rows, []string{
			step, fmt.Sprint(f.Sent), fmt.Sprint(f.Refused), fmt.Sprint(f.Due), fmt.Sprint(f.Lost), fmt.Sprint(f.Doubled), fmt.Sprint(f.Ended),
			fmt.Sprintf("%.2f s", f.SlowestAnswerS), fmt.Sprintf("%.2f s", f.FlowingAfterS),
		})
	}
	return t
}

// count is the last line: how many steps held.
func (l look) count(results []*gameday.Result) string {
	held := 0
	for _, r := range results {
		if r.Holds() {
			held++
		}
	}
	colour, text := green, fmt.Sprintf("✅ %s of %s steps held.", comma(held), comma(len(results)))
	if held < len(results) {
		colour, text = red, strings.Replace(text, "✅", "❌", 1)
	}
	return l.paint(colour, text)
}

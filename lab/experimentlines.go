package main

import (
	"fmt"
	"strings"

	"secondserver/lab/report"
)

// heading is the head of the i-th of all experiments, or benches.
func (l look) heading(name, question string, i, all int) string {
	head := "\n"
	if i == 0 {
		head = ""
	}
	if all > 1 {
		head += fmt.Sprintf("%d of %d · ", i+1, all)
	}
	return l.paint(bold, head+name+" · "+question)
}

// experiment is what came out of one.
func (l look) experiment(r *report.Result) string {
	lines := []string{strings.TrimRight(r.Table.Text(), "\n")}
	if p := r.Prediction; p != nil {
		said, colour := "You said %g %s; it is %.4g.", yellow
		if p.Right() {
			said, colour = "You said %g %s, and you were right: it is %.4g.", green
		}
		lines = append(lines, l.paint(colour, fmt.Sprintf(said, p.Said, p.Unit, p.Is)))
	}
	for _, c := range r.Claims {
		lines = append(lines, l.claim(c)...)
	}
	lines = append(lines, wrap(r.Proves, "")...)
	return l.words(strings.Join(lines, "\n"))
}

// claim is what had to be shown, and whether it was.
func (l look) claim(c report.Claim) (lines []string) {
	mark, colour := "✅ ", green
	if !c.Holds {
		mark, colour = "❌ ", red
	}
	for i, line := range wrap(c.Text, "     ") {
		if i == 0 {
			line = "  " + mark + strings.TrimLeft(line, " ")
		}
		lines = append(lines, l.paint(colour, line))
	}
	return lines
}

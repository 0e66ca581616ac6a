package main

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"secondserver/lab/stack"
	"secondserver/lab/story"
)

// width is what every line fits in.
const width = 80

var numbers = strings.Fields("no one two three four five six seven eight nine ten")

// title says what a phase is.
func (l look) title(p stack.Phase, servers int) string {
	what := map[int]string{
		1: "server, and everybody is on it",
		2: "servers behind a round-robin balancer, nothing shared",
		3: "servers behind a round-robin balancer, sharing one Redis",
	}[p.Number]
	return l.paint(bold, fmt.Sprintf("Phase %d · %s %s", p.Number, numbers[servers], what))
}

// row is one user's line: who, where, and what was seen.
func (l look) row(u story.User, timeout time.Duration) string {
	colour, text := seen(u, timeout)
	return l.place(u) + l.paint(colour, cut(text, width-utf8.RuneCountInString(l.place(u))-1))
}

func (l look) place(u story.User) string {
	return l.words(fmt.Sprintf("  %-8s → %-10s ", u.Name, tail(u.Server, 10)))
}

func seen(u story.User, timeout time.Duration) (colour, text string) {
	if !u.Expected && !u.Received && u.Error == "" { // a silence that was promised
		return yellow, fmt.Sprintf("❌ NONE (timeout after %v — expected)", timeout)
	}
	latency := float64(u.Latency()) / float64(time.Millisecond)
	switch {
	case u.Role == story.Sender && u.Received:
		return "", `says "hello" in #general`
	case u.Role == story.Sender:
		return red, "❌ REFUSED " + u.Error
	case u.Error != "":
		return red, "❌ GONE " + u.Error
	case u.Role == story.Canary && u.Received:
		return green, fmt.Sprintf("✅ %s hears his own server: his connection is alive", u.For)
	case u.Role == story.Canary:
		return red, fmt.Sprintf("❌ NONE: %s does not even hear his own server", u.For)
	case !u.Received:
		return red, fmt.Sprintf("❌ NONE (timeout after %v — NOT expected)", timeout)
	case !u.Expected:
		return red, fmt.Sprintf("✅ received (%.1f ms — NOT expected)", latency)
	}
	return green, fmt.Sprintf("✅ received (%.1f ms)", latency)
}

// verdict is the last of a phase, with a line for each broken promise.
func (l look) verdict(r *story.Result) string {
	colour := green
	if r.Verdict != story.AsExpected {
		colour = red
	}
	lines := wrap(r.Summary, "")
	for _, reason := range r.Reasons {
		lines = append(lines, wrap(reason, "  ")...)
	}
	for i, line := range lines {
		lines[i] = l.paint(colour, line)
	}
	return strings.Join(lines, "\n")
}

// ending is what is left to say when all three phases were as expected.
func (l look) ending() string {
	return l.words(`One program: right alone, silently wrong as two, right again with Redis between.
  diff phase2-broken/main.go phase3-redis/main.go    what made the difference
  make phase2                                        the same in containers`)
}

// wrap breaks a text into lines that fit, and begins each with an indent.
func wrap(text, indent string) []string {
	var lines []string
	line := indent
	for _, word := range strings.Fields(text) {
		if line != indent && utf8.RuneCountInString(line+" "+word) >= width {
			lines = append(lines, line)
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// tail keeps the end of a name that is too long: generated names differ there.
func tail(name string, length int) string {
	if n := utf8.RuneCountInString(name); n > length {
		return "…" + string([]rune(name)[n-length+1:])
	}
	return name
}

func cut(s string, length int) string {
	if utf8.RuneCountInString(s) > length {
		return string([]rune(s)[:length])
	}
	return s
}

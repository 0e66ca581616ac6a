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
	room := width - utf8.RuneCountInString(l.place(u))
	if l.symbols {
		room-- // one is two wide
	}
	return l.place(u) + l.paint(colour, cut(l.words(text), room))
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
		return green, fmt.Sprintf("✅ %s hears his own server: his connection lives", u.For)
	case u.Role == story.Canary:
		return red, fmt.Sprintf("❌ NONE: %s does not even hear his own server", u.For)
	case !u.Received:
		return red, fmt.Sprintf("❌ NONE (timeout after %v — NOT expected)", timeout)
	case !u.Expected:
		return red, fmt.Sprintf("✅ received (%.1f ms — NOT expected)", latency)
	}
	return green, fmt.Sprintf("✅ received (%.1f ms)", latency)
}

// result is the end of a story, with a line for each broken promise. That of the
// message story follows its users' lines; of every other it is all that is shown.
func (l look) result(r *story.Result) string {
	if r.Delivery == nil {
		return l.outcome(r)
	}
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

// outcome is a story in a line, if it fits.
func (l look) outcome(r *story.Result) string {
	colour, text := green, "✅ "+r.Summary
	if !r.Works {
		colour, text = yellow, "❌ "+r.Summary+" — expected" // to break is what phase 2 is for
	}
	if r.Verdict != story.AsExpected {
		colour, text = red, strings.TrimSuffix(text, " — expected")+" — NOT expected"
	}
	name := fmt.Sprintf("  %-10s ", r.Story)
	lines := wrap(text, strings.Repeat(" ", len(name)))
	for _, reason := range r.Reasons {
		lines = append(lines, wrap(reason, "    ")...)
	}
	for i, line := range lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if i == 0 {
			indent = name
		}
		lines[i] = indent + l.paint(colour, strings.TrimLeft(line, " "))
	}
	return strings.Join(lines, "\n")
}

// ending is what is left to say when all three phases were as expected.
func (l look) ending() string {
	return l.words(`One program: right alone, silently wrong as two, right again with Redis between.
Redis does not cure the last two: phase3-redis/README.md says what does.
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

package dialect

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A foreign dialect is one that a text file describes. A line is a word, white space,
// and what the word means, up to the end of the line. A line that begins with # is a
// comment; a # elsewhere is a part of what stands there, as frames may have one. The
// right column explains, and is no part of such a file:
//
//	connect  /ws?name={user}                               the path of the WebSocket
//	hello    {"token":"{user}"}                            sent first of all
//	join     {"do":"join","channel":"{room}"}              to be in a room
//	joined   {"did":"join","channel":"{room}"}             … and what confirms it
//	leave    {"do":"leave","channel":"{room}"}
//	left     {"did":"leave","channel":"{room}"}
//	send     {"do":"say","channel":"{room}","body":"{text}","id":"{ref}"}
//	ack      {"did":"say","id":"{ref}"}                    what confirms a message
//	refused  {"error":"{text}","id":"{ref}"}               … and what refuses it
//	message  {"said":"{text}","channel":"{room}"}          what others hear
//	tell     {"do":"tell","to":"{to}","body":"{text}"}     to one user
//	told     {"told":"{text}"}                             … who hears this
//	server   {"server":"{server}"}                         says which instance it is
//	echo     no                                            senders do not hear themselves
//
// connect, send and message are needed. {user} in message or told is who it is from.
// Where there is no join, to connect is to be in the room, which connect names, or in
// the only one. Without ack a message counts as taken once it is sent. Without server
// the instance is what the header X-Server-ID says, or else the URL. A frame that is
// one of several patterns is taken for the longest, names in braces left out.
type foreign struct {
	patterns map[string]*pattern
	echo     bool

	answers, said []string // words of what comes, in the order in which they are tried
}

var words = []string{
	"connect", "hello", "join", "joined", "leave", "left", "send", "ack", "refused", "message", "tell", "told", "server", "echo",
}

// needed are the names that a pattern is of no use without.
var needed = map[string][]string{
	"connect": nil, "send": {"text"}, "message": {"text"}, "tell": {"to", "text"}, "told": {"text"}, "server": {"server"},
}

// Read reads a dialect from a text file. An error names the line.
func Read(file string) (Dialect, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return d, nil
}

// Parse is Read for a text.
func Parse(text string) (Dialect, error) {
	f := &foreign{patterns: make(map[string]*pattern), echo: true}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if err := f.line(strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	for _, word := range []string{"connect", "send", "message"} {
		if f.patterns[word] == nil {
			return nil, fmt.Errorf("there is no line %q, which is needed", word)
		}
	}
	if (f.patterns["tell"] == nil) != (f.patterns["told"] == nil) {
		return nil, errors.New("there is one of tell and told: want both, or none")
	}
	for confirmation, word := range map[string]string{"refused": "ack", "left": "leave"} {
		if f.patterns[confirmation] != nil && f.patterns[word] == nil {
			return nil, fmt.Errorf("there is %s, and no %s, without which nobody waits for it", confirmation, word)
		}
	}
	f.answers, f.said = f.given("ack", "refused", "joined", "left", "server"), f.given("message", "told")
	return f, nil
}

func (f *foreign) line(line string) error {
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	word, value := line, ""
	if at := strings.IndexFunc(line, unicode.IsSpace); at >= 0 {
		word, value = line[:at], strings.TrimSpace(line[at:])
	}
	err := f.add(word, value)
	if err != nil && trailing.MatchString(value) {
		return fmt.Errorf("%w; # begins a comment only at the beginning of a line", err)
	}
	return err
}

// trailing is what looks like a comment.
var trailing = regexp.MustCompile(`\s#`)

func (f *foreign) add(word, value string) error {
	switch {
	case !slices.Contains(words, word):
		return fmt.Errorf("no line begins with %q: there are %s", word, strings.Join(words, ", "))
	case value == "":
		return fmt.Errorf("%s: what follows is missing", word)
	case word == "echo" && (value == "yes" || value == "no"):
		f.echo = value == "yes"
		return nil
	case word == "echo":
		return fmt.Errorf("echo %s: want yes or no", value)
	case word == "connect" && (value[0] != '/' || strings.ContainsFunc(value, unicode.IsSpace)):
		return fmt.Errorf("connect %s: want a path without spaces that begins with /, as in /ws?name={user}", value)
	case f.patterns[word] != nil:
		return fmt.Errorf("there is a line %q already", word)
	}
	p, err := parsePattern(value)
	if err != nil {
		return fmt.Errorf("%s: %w", word, err)
	}
	for _, name := range needed[word] {
		if !p.has(name) {
			return fmt.Errorf("%s: {%s} is missing", word, name)
		}
	}
	f.patterns[word] = p
	return nil
}

// given are those of some words that the dialect has, the longest pattern first: it may
// have all keys of another one, and more.
func (f *foreign) given(words ...string) []string {
	given := slices.DeleteFunc(words, func(word string) bool { return f.patterns[word] == nil })
	slices.SortStableFunc(given, func(a, b string) int {
		return cmp.Compare(f.patterns[b].literal, f.patterns[a].literal)
	})
	return given
}

func (f *foreign) Traits() Traits {
	named := func(word string) bool { return f.patterns[word] == nil || f.patterns[word].has("user") }
	return Traits{
		Acks:    f.patterns["ack"] != nil,
		Echoes:  f.echo,
		Rooms:   f.patterns["join"] != nil || f.patterns["connect"].has("room"),
		Directs: f.patterns["tell"] != nil,
		Leaves:  f.patterns["leave"] != nil,
		Senders: named("message") && named("told"),
		Refuses: f.patterns["refused"] != nil,
	}
}

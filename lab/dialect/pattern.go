package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A pattern is a frame with names in braces in the place of what differs from frame
// to frame: {"say":"{text}","in":"{room}"}, or {user}: {text}. It makes frames, and
// it recognises them: one in JSON any object that has at least its keys, with the
// values that it says; any other the same text.
type pattern struct {
	source  string
	literal int            // bytes outside of braces
	object  any            // what it is as JSON; nil where it is none
	text    *regexp.Regexp // … and then what its frames look like
}

// names are what a pattern may have in braces.
var names = []string{"user", "to", "room", "text", "ref", "server", "offset"}

var (
	braces   = regexp.MustCompile(`\{([a-z]+)\}`)
	likeJSON = regexp.MustCompile(`^\{\s*"`)
)

func parsePattern(source string) (*pattern, error) {
	p := &pattern{source: source, literal: len(braces.ReplaceAllString(source, ""))}
	for _, name := range p.names() {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("{%s} is no name: there are %s", name, strings.Join(names, ", "))
		}
	}
	if json.Unmarshal([]byte(source), &p.object) == nil {
		if _, ok := p.object.(map[string]any); ok {
			return p, nil
		}
	}
	p.object = nil
	if likeJSON.MatchString(source) {
		return nil, errors.New("it looks like JSON, and is none")
	}
	p.text = expression(source)
	return p, nil
}

// names lists what is in braces.
func (p *pattern) names() (all []string) {
	for _, m := range braces.FindAllStringSubmatch(p.source, -1) {
		all = append(all, m[1])
	}
	return all
}

func (p *pattern) has(name string) bool { return slices.Contains(p.names(), name) }

// expression matches a text with names in it, from its beginning to its end.
func expression(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	last := 0
	for _, at := range braces.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(regexp.QuoteMeta(text[last:at[0]]))
		fmt.Fprintf(&b, `(?P<%s>.*?)`, text[at[2]:at[3]])
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(text[last:]) + `$`)
	return regexp.MustCompile(b.String())
}

// frame puts values in the place of names. They are names of the lab's making, or
// its texts: none has a character that JSON or a URL would want escaped.
func (p *pattern) frame(values map[string]string) string {
	return braces.ReplaceAllStringFunc(p.source, func(name string) string { return values[strings.Trim(name, "{}")] })
}

// match tells whether a frame is one of the pattern's, and what it has in the place
// of the names.
func (p *pattern) match(frame []byte) (values map[string]string, ok bool) {
	values = make(map[string]string)
	if p.text != nil {
		return values, matchText(p.text, string(frame), values)
	}
	decoder := json.NewDecoder(bytes.NewReader(frame))
	decoder.UseNumber() // an offset is more than a float64 can hold
	var got any
	if decoder.Decode(&got) != nil {
		return nil, false
	}
	return values, matchJSON(p.object, got, values)
}

func matchText(e *regexp.Regexp, text string, values map[string]string) bool {
	found := e.FindStringSubmatch(text)
	for i, name := range e.SubexpNames() {
		if found != nil && name != "" {
			values[name] = found[i]
		}
	}
	return found != nil
}

// matchJSON wants of objects the keys that are wanted, and of everything else that it
// is the same.
func matchJSON(want, got any, values map[string]string) bool {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		for key, value := range want {
			if !ok {
				return false
			}
			inside, there := object[key]
			if !there || !matchJSON(value, inside, values) {
				return false
			}
		}
		return ok
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !matchJSON(want[i], list[i], values) {
				return false
			}
		}
		return true
	case string:
		return matchText(expression(want), fmt.Sprint(got), values)
	}
	return fmt.Sprint(want) == fmt.Sprint(got)
}

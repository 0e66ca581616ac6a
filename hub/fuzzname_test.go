package hub_test

import (
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"secondserver/hub"
)

var nameRule = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// A name is checked once, when it comes in, and then stands in URLs, frames, logs
// and keys as it is. So none may mean anything there.
func FuzzName(f *testing.F) {
	for _, name := range []string{"alice", ".", "..", "...", "", "a b", "@server", "é", "a/b", "a:b", "a%2fb", "a\n", `a"b`, "a}b", strings.Repeat("x", 64), strings.Repeat("x", 65)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		want := nameRule.MatchString(name) && name != "." && name != ".."
		if got := hub.ValidName(name); got != want {
			t.Fatalf("ValidName(%q) = %v, the rule says %v", name, got, want)
		}
		if !want {
			return
		}
		encoded, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		for where, got := range map[string]string{
			"a URL's path":   url.PathEscape(name),
			"a URL's query":  url.QueryEscape(name),
			"a cleaned path": strings.TrimPrefix(path.Clean("/rooms/"+name), "/rooms/"),
			"JSON":           strings.Trim(string(encoded), `"`),
			"a log line":     strings.Trim(strconv.Quote(name), `"`),
			"a topic":        strings.TrimPrefix(hub.Room(name).String(), "room:"),
			"a hash tag":     hashTag("{" + hub.Room(name).String() + "}:present")[len("room:"):],
		} {
			if got != name {
				t.Errorf("in %s %q is %q", where, name, got)
			}
		}
		if hub.Room(name) == hub.User(name) || hub.User(name) == hub.Everyone || hub.Room(name) == hub.Everyone {
			t.Errorf("the room and the user %q are spoken to by one topic", name)
		}
	})
}

// hashTag is the part of a key that decides where in a Redis cluster the key is.
func hashTag(key string) string {
	_, tag, _ := strings.Cut(key, "{")
	tag, _, _ = strings.Cut(tag, "}")
	return tag
}

package server_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"secondserver/hub"
)

// docs/protocol.md is held to its word: what it shows as sent is sent, what it
// shows as an answer must be one. "…" stands for what differs: see matches.

// page is docs/protocol.md: the lines of the first fenced block of each section,
// and the calls in the first column of its tables.
func page(t *testing.T) (examples map[string][]string, calls []string) {
	t.Helper()
	b, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	examples = make(map[string][]string)
	section, fenced, blocks := "", false, 0
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		switch call := regexp.MustCompile("^\\| `([A-Z]+ /[^`]*)` \\|").FindStringSubmatch(line); {
		case strings.HasPrefix(line, "## "):
			section = line[3:]
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			blocks++
		case fenced:
			examples[section] = append(examples[section], line)
		case call != nil:
			calls = append(calls, call[1])
		}
	}
	if len(examples) != 3 || blocks != 6 || len(calls) == 0 {
		t.Fatalf("blocks %v, calls %v: want three blocks, of HTTP, From the client and From the server, and calls", examples, calls)
	}
	return examples, calls
}

// room is the one of the page: 45 messages have been said in it, and bob and
// charlie are there.
func room(t *testing.T) (url, epoch string, bob *rawConn) {
	t.Helper()
	plane := new(hub.Memory)
	url = startWith(t, serviceConfig, plane)
	for range 45 {
		plane.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte(`{"from":"alice","text":"hi"}`)}, func(at hub.Position, _ error) { epoch = at.Epoch })
	}
	bob = member(t, url, "bob")
	member(t, url, "charlie")
	return url, epoch, bob
}

func TestTheFramesOnTheProtocolPageAreTheRealOnes(t *testing.T) {
	examples, _ := page(t)
	url, epoch, bob := room(t)
	var sent []string // by the server
	hear := func(c *rawConn, last string) {
		t.Helper()
		for {
			_, frame, err := c.frame()
			if err != nil {
				t.Fatalf("after %s: %v", sent, err)
			}
			sent = append(sent, frame)
			if strings.Contains(frame, last) {
				return
			}
		}
	}
	for _, line := range examples["From the client"] {
		alice := connectRaw(t, url, "user=alice")
		hear(alice, `"welcome"`)
		if !strings.Contains(line, `"join"`) && strings.Contains(line, `"room"`) {
			alice.says(`{"type":"join","room":"general"}`)
			hear(alice, `"presence"`)
		}
		from := len(sent)
		alice.says(strings.Replace(line, "…", epoch, 1))
		alice.says(`{"type":"leave","room":"fence"}`)
		hear(alice, `"room":"fence"`)
		if strings.Contains(line, `"ref"`) && !strings.Contains(strings.Join(sent[from:], ""), `"ack"`) {
			hear(alice, `"ack"`)
		}
		answers := sent[from:]
		if len(answers) < 2 && !strings.Contains(line, `"to"`) || strings.Contains(answers[0], `"error"`) {
			t.Errorf("%s is answered by %s", line, answers)
		}
		alice.Close()
		if strings.Contains(line, `"room"`) {
			hear(bob, `"event":"leave","user":"alice"`) // what follows finds the room without her
		}
	}
	alice := connectRaw(t, url, "user=alice")
	alice.says(examples["From the client"][3]) // a message to a room that she has not joined
	ask(t, "POST", url+"/broadcast", "Bearer "+apiToken, `{"text":"hi"}`)
	hear(alice, `"error"`)
	hear(bob, `"announcement"`)

	for _, want := range examples["From the server"] {
		found := false
		for _, got := range sent {
			found = found || matches(want, got)
		}
		if !found {
			t.Errorf("the server never sends %s\nbut\n%s", want, strings.Join(sent, "\n"))
		}
	}
}

func TestTheCallsOnTheProtocolPageAreAnsweredSo(t *testing.T) {
	examples, calls := page(t)
	url, epoch, _ := room(t)
	alice := member(t, url, "alice")
	alice.says(`{"type":"message","room":"general","text":"hi"}`)
	alice.hears()

	example := regexp.MustCompile(`^([A-Z]+) (\S+)(?: (\{.*\}))? → (\d+)(?: (.*))?$`)
	session := ""
	for _, line := range examples["HTTP"] {
		parts := example.FindStringSubmatch(line)
		if parts == nil {
			t.Errorf("%s: want METHOD PATH [BODY] → STATUS [BODY]", line)
			continue
		}
		method, path, body, want := parts[1], parts[2], parts[3], parts[5]
		path = strings.Replace(path, "epoch=…", "epoch="+epoch, 1)
		path = strings.Replace(path, "/poll/…", "/poll/"+session, 1)
		header := "\nAuthorization: Bearer " + apiToken
		if strings.HasPrefix(path, "/ws") {
			header += handshake
		}
		answer, got := dialRaw(t, url).asks(method+" "+path+" HTTP/1.1\nHost: raw"+header, body)
		if answer.StatusCode == 201 {
			if _, id, found := strings.Cut(got, `{"session":"`); found {
				session, _, _ = strings.Cut(id, `"`)
			}
		}
		got = strings.Replace(got, `"phase":"server.test"`, `"phase":"phase2-broken"`, 1) // whose test this is
		if path == "/metrics" {
			got = "" // no JSON: see TestMetrics
		}
		if status := strconv.Itoa(answer.StatusCode); status != parts[4] || !matches(want, got) {
			t.Errorf("%s\nis answered by %s %s", line, status, got)
		}
	}

	// And every call of the table has an example.
	for _, call := range calls {
		literal := regexp.QuoteMeta(strings.FieldsFunc(call, func(r rune) bool { return r == '?' || r == '[' || r == '{' })[0])
		if !regexp.MustCompile(`(?m)^` + literal).MatchString(strings.Join(examples["HTTP"], "\n")) {
			t.Errorf("%s has no example", call)
		}
	}
}

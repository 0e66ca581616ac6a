package server_test

import (
	"bytes"
	"encoding/binary"
	"log"
	"regexp"
	"strings"
	"sync"
	"testing"

	"secondserver/hub"
)

// A logbook is all that the process logs during a test.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func logged(t *testing.T) *logbook {
	b := new(logbook)
	before := log.Writer()
	log.SetOutput(b)
	t.Cleanup(func() { log.SetOutput(before) })
	return b
}

func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// What users write is theirs. A log is read by others, and kept for longer.
func TestNoTextOfAUserIsLogged(t *testing.T) {
	const marker = "SECRET"
	lines := logged(t)
	plane := new(hub.Memory)
	addr, stop, served := serveTCP(t, serviceConfig, plane)
	url := "http://" + addr
	frames := []string{
		`{"type":"message","room":"general","text":"SECRET","ref":"SECRET"}`,
		`{"type":"message","to":"nobody","text":"SECRET"}`,
		`{"type":"message","room":"general","text":"` + strings.Repeat(marker, 1000) + `"}`,
		`{"type":"SECRET"}`, `{"type":"join","room":"SECRET !"}`, `SECRET`,
	}
	alice, bob := member(t, url, "alice"), member(t, url, "bob")
	_, _, session := ask(t, "POST", url+"/poll?user=dora&room=general", "", "")
	session = regexp.MustCompile(`"session":"(\w+)"`).FindStringSubmatch(session)[1]
	for _, frame := range frames {
		alice.says(frame)
		ask(t, "POST", url+"/poll/"+session, "", frame)
		ask(t, "POST", url+"/rooms/general/messages", "Bearer "+apiToken, frame)
	}
	plane.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte(marker)}, func(hub.Position, error) {})
	for _, refused := range []string{"/ws?user=" + marker + "!", "/" + marker} {
		ask(t, "GET", url+refused, "", "")
	}
	alice.send(wsFrame(fin|closeFrame, string(binary.BigEndian.AppendUint16(nil, 1000))+marker))
	alice.ends()
	bob.send(wsFrame(fin|textFrame, marker+"\xff"))
	bob.ends()
	ask(t, "DELETE", url+"/poll/"+session, "", "")
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if strings.Contains(lines.String(), marker) {
		t.Errorf("the log has what a user wrote:\n%s", lines)
	}
	// And it has what it should: how each one ended, in one line.
	for _, want := range []string{
		`disconnected user=alice transport=websocket lasted=\S+ cause="websocket: close 1000 \(normal\)"`,
		`disconnected user=bob transport=websocket lasted=\S+ cause="text is not UTF-8 \(1007\)"`,
		`disconnected user=dora transport=polling lasted=\S+ cause="closed by the client"`,
		`passing over what is no message`,
	} {
		if !regexp.MustCompile(want).MatchString(lines.String()) {
			t.Errorf("the log has no line %s:\n%s", want, lines)
		}
	}
}

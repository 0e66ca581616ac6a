package hub_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"secondserver/hub"
)

// A wire is a hub.Transport that keeps what it is sent. In a synctest bubble,
// synctest.Wait makes sure that everything has arrived.
type wire struct {
	stuck  chan struct{} // if not nil, Send waits for it
	broken chan struct{} // once it is closed, Send fails
	closed chan struct{} // closed by Close

	mu     sync.Mutex
	frames []string
	sends  int
	cause  error
}

func newWire() *wire { return &wire{closed: make(chan struct{})} }

// stuckWire is one whose reader does not read, until it is told to.
func stuckWire() *wire {
	w := newWire()
	w.stuck = make(chan struct{})
	return w
}

func (w *wire) Send(frames [][]byte) error {
	if w.stuck != nil {
		<-w.stuck
	}
	select {
	case <-w.broken:
		return errGone
	default:
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sends++
	for _, f := range frames {
		if !json.Valid(f) || !utf8.Valid(f) {
			return errors.New("not JSON, or not UTF-8: " + string(f))
		}
		w.frames = append(w.frames, string(f))
	}
	return nil
}

func (w *wire) Close(cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cause = cause
	close(w.closed)
}

// A peer is a client of the hub, and what it was sent.
type peer struct {
	*hub.Client
	wire *wire
}

func connect(t testing.TB, h *hub.Hub, user string) peer {
	t.Helper()
	return connectBy(t, h, user, newWire())
}

func connectBy(t testing.TB, h *hub.Hub, user string, w *wire) peer {
	t.Helper()
	c, err := h.Connect(user, w)
	if err != nil {
		t.Fatalf("connect %s: %v", user, err)
	}
	return peer{c, w}
}

// ends waits for the hub to close the wire and then ends the client, as the
// reader of a real connection does.
func (p peer) ends() {
	<-p.wire.closed
	p.Close(errGone)
}

func (p peer) cause() error {
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	return p.wire.cause
}

// says hands frames to the hub, one after the other.
func (p peer) says(frames ...string) {
	for _, f := range frames {
		p.Handle([]byte(f))
	}
}

// takes returns the frames since the last call that are not about presence,
// without what differs between runs: epochs and times.
func (p peer) takes() []string {
	return slices.DeleteFunc(p.takesAll(), func(f string) bool { return strings.Contains(f, `"type":"presence"`) })
}

func (p peer) takesAll() []string {
	synctest.Wait()
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	frames := p.wire.frames
	p.wire.frames = nil
	for i, f := range frames {
		frames[i] = blank(blank(f, "epoch"), "sent_at")
	}
	return frames
}

// wants compares what p takes.
func (p peer) wants(t testing.TB, want ...string) {
	t.Helper()
	compare(t, p.takes(), want)
}

// wantsAll is wants with the frames about presence.
func (p peer) wantsAll(t testing.TB, want ...string) {
	t.Helper()
	compare(t, p.takesAll(), want)
}

func compare(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("frames to the client:\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// nothingLeft checks that h has forgotten its clients, who have been closed.
func nothingLeft(t testing.TB, h *hub.Hub) {
	t.Helper()
	if err := h.Drain(t.Context()); err != nil {
		t.Errorf("drain: %v", err)
	}
	wantsLeft(t, h, 0, 0)
}

func wantsLeft(t testing.TB, h *hub.Hub, audiences, members int) {
	t.Helper()
	if a, m := h.Left(); a != audiences || m != members {
		t.Errorf("the hub has %d audiences with %d members, want %d with %d", a, m, audiences, members)
	}
}

// blank empties the value of a string key.
func blank(frame, key string) string {
	before, rest, found := strings.Cut(frame, `"`+key+`":"`)
	if !found {
		return frame
	}
	_, after, _ := strings.Cut(rest, `"`)
	return before + `"` + key + `":""` + after
}

// The frames that most tests use.
const (
	joinGeneral = `{"type":"join","room":"general"}`
	hi          = `{"type":"message","room":"general","text":"hi","ref":"1"}`
	hiAgain     = `{"type":"message","room":"general","text":"hi"}` // as often as one likes: it has no ref
)

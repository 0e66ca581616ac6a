package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"secondserver/hub"
)

// An ear hears one destination on one instance, and keeps the texts.
type ear struct {
	cancel func()
	from   hub.Position

	mu    sync.Mutex
	texts []string
	more  chan struct{} // closed and renewed with each batch
}

func listen(t *testing.T, p plane, to hub.Destination) *ear {
	t.Helper()
	e := &ear{more: make(chan struct{})}
	from, cancel, err := p.Subscribe(t.Context(), to, e.deliver)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	e.from, e.cancel = from, cancel
	return e
}

func (e *ear) deliver(b hub.Batch) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, payload := range b.Payloads {
		e.texts = append(e.texts, string(payload))
	}
	close(e.more)
	e.more = make(chan struct{})
}

func (e *ear) heard() (texts []string, more <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.texts), e.more
}

// count is how often a text was heard.
func (e *ear) count(text string) (n int) {
	texts, _ := e.heard()
	for _, got := range texts {
		if got == text {
			n++
		}
	}
	return n
}

// until waits for a text, and returns all that was heard before.
func (e *ear) until(t *testing.T, text string) []string {
	t.Helper()
	over := time.After(limit)
	for {
		texts, more := e.heard()
		if i := slices.Index(texts, text); i >= 0 {
			return texts[:i]
		}
		select {
		case <-more:
		case <-over:
			t.Fatalf("after %v: %s was not heard, but %d other messages", limit, text, len(texts))
		}
	}
}

// A speaker says things on one instance, in their order.
type speaker struct {
	name string
	plane
}

// says says n things, and returns where their answers come.
func (s speaker) says(to hub.Destination, n int) (answers chan error) {
	answers = make(chan error, n)
	for i := range n {
		s.Publish(hub.Publication{To: to, Payload: []byte(s.text(i))}, func(_ hub.Position, err error) { answers <- err })
	}
	return answers
}

// text is the i-th thing; it has what a wire may be tempted to change.
func (s speaker) text(i int) string {
	return fmt.Sprintf(`{"from":"%s","text":"%d <&> ü \u0000 "}`, s.name, i)
}

// of picks a speaker's texts.
func (s speaker) of(texts []string) (own []string) {
	for _, text := range texts {
		if strings.HasPrefix(text, fmt.Sprintf(`{"from":"%s"`, s.name)) {
			own = append(own, text)
		}
	}
	return own
}

// texts are the first n things.
func (s speaker) texts(n int) (texts []string) {
	for i := range n {
		texts = append(texts, s.text(i))
	}
	return texts
}

// say says one text, and returns the answer.
func say(t *testing.T, p plane, to hub.Destination, text string) (hub.Position, error) {
	t.Helper()
	var at hub.Position
	answers := make(chan error, 1)
	p.Publish(hub.Publication{To: to, Payload: []byte(text)}, func(a hub.Position, err error) {
		at = a
		answers <- err
	})
	err := answer(t, answers)
	return at, err
}

// fence says a text that all that was said before comes before.
func fence(t *testing.T, p plane, to hub.Destination, text string) {
	t.Helper()
	if _, err := say(t, p, to, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// allAcked waits for as many answers as there are to be.
func allAcked(t *testing.T, answers chan error) {
	t.Helper()
	for i := range cap(answers) {
		if err := answer(t, answers); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
	}
}

func answer(t *testing.T, answers <-chan error) error {
	t.Helper()
	select {
	case err := <-answers:
		return err
	case <-time.After(limit):
		t.Fatalf("no answer within %v", limit)
		return nil
	}
}

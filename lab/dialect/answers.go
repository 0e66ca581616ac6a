package dialect

import (
	"context"
	"fmt"
	"strings"
)

// A wait is for a frame that answers one of ours.
type wait struct {
	words  []string          // what would: "ack", "refused"
	values map[string]string // as we know them; what an answer names has to be the same
	answer chan answer       // holds one
}

type answer struct {
	word   string
	values map[string]string
}

// expect is called before a frame is sent: the answer may be faster than we are. It
// is nil where the dialect has no such answer.
func (s *stranger) expect(values map[string]string, words ...string) *wait {
	if s.dialect.patterns[words[0]] == nil {
		return nil
	}
	w := &wait{words: words, values: values, answer: make(chan answer, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waits = append(s.waits, w)
	return w
}

// answers gives a frame to the first who waits for such a one.
func (s *stranger) answers(a answer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range s.waits {
		if w.wants(a) {
			s.waits = append(s.waits[:i], s.waits[i+1:]...)
			w.answer <- a
			return true
		}
	}
	return false
}

func (w *wait) wants(a answer) bool {
	wanted := false
	for _, word := range w.words {
		wanted = wanted || word == a.word
	}
	for _, name := range []string{"room", "ref"} {
		if got, known := a.values[name]; known && w.values[name] != got {
			return false
		}
	}
	return wanted
}

func (s *stranger) await(ctx context.Context, w *wait) (answer, error) {
	select {
	case a := <-w.answer:
		return a, nil
	case <-s.done:
		select {
		case a := <-w.answer: // it was the last that came
			return a, nil
		default:
			return answer{}, s.Err()
		}
	case <-ctx.Done():
		return answer{}, fmt.Errorf("no %s: %w", strings.Join(w.words, " or "), context.Cause(ctx))
	}
}

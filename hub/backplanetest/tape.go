package backplanetest

import (
	"fmt"
	"slices"
	"sync"

	"secondserver/hub"
)

// A tape records what one subscriber is delivered.
type tape struct {
	t      *trial
	from   hub.Position // where Subscribe said it begins
	cancel func()

	mu       sync.Mutex
	messages []heard
	at       hub.Position // where the last batch ended; zero before the first
	gaps     int
	wrong    error         // the first batch that did not follow the one before
	more     chan struct{} // closed and renewed with each batch
}

// heard is one message and the position just after it.
type heard struct {
	text string
	at   hub.Position
}

// record subscribes to a topic and records what comes.
func (t *trial) record(b hub.Backplane, to hub.Destination) (*tape, error) {
	tp := &tape{t: t, more: make(chan struct{})}
	from, cancel, err := b.Subscribe(t.ctx, to, tp.deliver)
	if err != nil {
		return nil, fmt.Errorf("subscribe to %s: %w", to, err)
	}
	tp.from, tp.cancel = from, cancel
	return tp, nil
}

func (tp *tape) deliver(b hub.Batch) {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	if b.Gap {
		tp.gaps++
	} else if tp.at != (hub.Position{}) && tp.at != b.After && tp.wrong == nil {
		tp.wrong = fmt.Errorf("a batch after %v followed one that ended at %v", b.After, tp.at)
	}
	tp.at = b.End()
	tp.messages = append(tp.messages, messagesOf(b)...)
	close(tp.more)
	tp.more = make(chan struct{})
}

// until waits for the message text and returns everything up to it. What comes
// in the same batch behind it stays on the tape.
func (tp *tape) until(text string) ([]heard, error) {
	for {
		tp.mu.Lock()
		messages, wrong, more := tp.messages, tp.wrong, tp.more
		tp.mu.Unlock()
		if wrong != nil {
			return messages, wrong
		}
		if i := slices.IndexFunc(messages, func(m heard) bool { return m.text == text }); i >= 0 {
			return messages[:i+1], nil
		}
		select {
		case <-more:
		case <-tp.t.ctx.Done():
			return messages, fmt.Errorf("%q never came; %d messages did", text, len(messages))
		}
	}
}

// hears checks that what comes, up to the last of want, is want, and begins just
// after the position that Subscribe returned.
func (tp *tape) hears(want ...string) error {
	messages, err := tp.until(want[len(want)-1])
	if err != nil {
		return err
	}
	got := textsOf(messages)
	if !slices.Equal(got, want) {
		return fmt.Errorf("got %q, want %q", got, want)
	}
	if next := (hub.Position{Epoch: tp.from.Epoch, Offset: tp.from.Offset + 1}); messages[0].at != next {
		return fmt.Errorf("the first message is %v, want %v, as Subscribe returned %v", messages[0].at, next, tp.from)
	}
	return nil
}

func messagesOf(b hub.Batch) []heard {
	messages := make([]heard, len(b.Payloads))
	for i, payload := range b.Payloads {
		messages[i] = heard{string(payload), hub.Position{Epoch: b.After.Epoch, Offset: b.After.Offset + 1 + uint64(i)}}
	}
	return messages
}

func textsOf(messages []heard) []string {
	texts := make([]string, len(messages))
	for i, m := range messages {
		texts[i] = m.text
	}
	return texts
}

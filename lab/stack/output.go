package stack

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// outputKept bounds, in bytes, how much of a part's output is kept at least; up to twice that is.
const outputKept = 256 << 10

// An output keeps the end of what a process writes, and lets others wait for a line in it. The zero value is ready.
type output struct {
	mu      sync.Mutex // guards the rest
	text    []byte
	dropped int           // how much came before text
	more    chan struct{} // closed by the next Write; nil while nobody waits
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	if excess := len(o.text) - outputKept; excess > outputKept {
		o.text = append(o.text[:0], o.text[excess:]...)
		o.dropped += excess
	}
	if o.more != nil {
		close(o.more)
		o.more = nil
	}
	return len(p), nil
}

// Log returns what has been written so far, or the end of it.
func (o *output) Log() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}

// LogEnd is the place in the output that the next Write continues.
func (o *output) LogEnd() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.dropped + len(o.text)
}

// LogFrom returns what has been written from a place on, or the end of it.
func (o *output) LogFrom(end int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text[max(0, end-o.dropped):])
}

var errEnded = errors.New("it ended")

// await returns the first match of re, with its submatches, in what is written from the place from on. ended says
// that nothing more will come.
func (o *output) await(ctx context.Context, from int, re *regexp.Regexp, ended <-chan struct{}) ([]string, error) {
	for last := false; ; {
		match, more := o.find(from, re)
		if match != nil {
			return match, nil
		}
		if last {
			return nil, errEnded
		}
		select {
		case <-more:
		case <-ended:
			last = true // look once more: it may have written and ended
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (o *output) find(from int, re *regexp.Regexp) (match []string, more <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if match := re.FindStringSubmatch(string(o.text[max(0, from-o.dropped):])); match != nil {
		return match, nil
	}
	if o.more == nil {
		o.more = make(chan struct{})
	}
	return nil, o.more
}

// WithLog adds the end of a part's log to an error about it. Engines use it.
func WithLog(err error, log string) error {
	lines := strings.Split(strings.TrimRight(log, "\n"), "\n")
	const shown = 15
	if len(lines) > shown {
		lines = lines[len(lines)-shown:]
	}
	return fmt.Errorf("%w; the end of its log:\n    %s", err, strings.Join(lines, "\n    "))
}

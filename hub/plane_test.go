package hub_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"secondserver/hub"
)

// A pager is a Memory, and what happens while its history is read. Like Redis, it
// answers nobody whose time is over.
type pager struct {
	*hub.Memory
	asked func(n int) error // if not nil, called before page n is read: 1 is the first
	read  func(n int)       // if not nil, called after it was
	pages int
}

func (p *pager) History(ctx context.Context, to hub.Destination, after hub.Position, limit int) (hub.Batch, hub.Position, error) {
	p.pages++
	n := p.pages
	if p.asked != nil {
		if err := p.asked(n); err != nil {
			return hub.Batch{}, hub.Position{}, err
		}
	}
	if ctx.Err() != nil {
		return hub.Batch{}, hub.Position{}, hub.ErrUnavailable
	}
	page, last, err := p.Memory.History(ctx, to, after, limit)
	if p.read != nil {
		p.read(n)
	}
	return page, last, err
}

func (p *pager) epoch(t testing.TB) string { return epochOf(t, p.Memory) }

// epochOf is that of general, which begins by it.
func epochOf(t testing.TB, m *hub.Memory) string {
	t.Helper()
	from, cancel, err := m.Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	return from.Epoch
}

// fill has bob say n things in general.
func fill(m *hub.Memory, n int) { fillWith(m, n, "hi") }

func fillWith(m *hub.Memory, n int, text string) {
	for range n {
		m.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte(`{"from":"bob","text":"` + text + `"}`)},
			func(hub.Position, error) {})
	}
}

func resumeAt(at hub.Position) string {
	return fmt.Sprintf(`{"type":"join","room":"general","offset":%d,"epoch":"%s"}`, at.Offset, at.Epoch)
}

// gist says of many frames what resuming is about: each joined, and which
// messages, as in "joined 250 true", "messages 101-250".
func gist(frames []string) []string {
	var gist []string
	var first, last int
	flush := func() {
		if first > 0 {
			gist = append(gist, fmt.Sprintf("messages %d-%d", first, last))
		}
		first, last = 0, 0
	}
	for _, f := range frames {
		_, rest, _ := strings.Cut(f, `"offset":`)
		var offset int
		fmt.Sscan(strings.TrimRight(strings.SplitAfter(rest, ",")[0], ",}"), &offset)
		switch {
		case strings.HasPrefix(f, `{"type":"message"`) && first > 0 && offset == last+1:
			last = offset
		case strings.HasPrefix(f, `{"type":"message"`):
			flush()
			first, last = offset, offset
		case strings.HasPrefix(f, `{"type":"joined"`):
			flush()
			_, recovered, _ := strings.Cut(f, `"recovered":`)
			gist = append(gist, fmt.Sprintf("joined %d %s", offset, strings.TrimRight(strings.SplitAfter(recovered, ",")[0], ",}")))
		default:
			flush()
			gist = append(gist, f)
		}
	}
	flush()
	return gist
}

// wantsGist is wants for many frames.
func (p peer) wantsGist(t testing.TB, want ...string) {
	t.Helper()
	compare(t, gist(p.takes()), want)
}

package backplanetest

import (
	"fmt"
	"slices"

	"secondserver/hub"
)

// read returns the history after a position, to its end, and checks that each
// page goes on where the one before has ended.
func (t *trial) read(b hub.Backplane, to hub.Destination, after hub.Position, limit int) ([]heard, error) {
	var all []heard
	for {
		page, last, err := b.History(t.ctx, to, after, limit)
		switch {
		case err != nil:
			return all, fmt.Errorf("history of %s: %w", to, err)
		case page.Gap:
			return all, fmt.Errorf("a gap after %v, in a history that ends at %v", after, last)
		case page.After != after && after != hub.Position{}:
			return all, fmt.Errorf("asked for what is after %v, got what is after %v", after, page.After)
		case len(page.Payloads) > limit:
			return all, fmt.Errorf("a page of %d, asked for %d at most", len(page.Payloads), limit)
		case last.Epoch != page.After.Epoch || last.Offset < page.End().Offset:
			return all, fmt.Errorf("a page ends at %v, but the history at %v", page.End(), last)
		case len(page.Payloads) < limit && page.End() != last:
			return all, fmt.Errorf("a page of %d ends at %v, before the end %v; asked for %d", len(page.Payloads), page.End(), last, limit)
		case len(page.Payloads) == 0:
			return all, nil
		}
		all = append(all, messagesOf(page)...)
		after = page.End()
	}
}

// reads checks that the history after a position is want, and begins just there.
func (t *trial) reads(b hub.Backplane, after hub.Position, limit int, want ...string) error {
	messages, err := t.read(b, topic, after, limit)
	if err != nil {
		return err
	}
	if got := textsOf(messages); !slices.Equal(got, want) {
		return fmt.Errorf("after %v, %d at a time: got %.200q, want %.200q", after, limit, got, want)
	}
	return nil
}

// isGap checks that the history does not go on from a position.
func (t *trial) isGap(b hub.Backplane, after hub.Position) error {
	page, last, err := b.History(t.ctx, topic, after, 10)
	if err != nil {
		return err
	}
	if !page.Gap || len(page.Payloads) != 0 {
		return fmt.Errorf("after %v, in a history that ends at %v: got %d messages, gap %t, want a gap", after, last, len(page.Payloads), page.Gap)
	}
	return nil
}

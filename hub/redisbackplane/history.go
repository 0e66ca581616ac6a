package redisbackplane

import (
	"cmp"
	"context"
	"slices"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// History reads the topic's stream.
func (b *Backplane) History(ctx context.Context, to hub.Destination, after hub.Position, limit int) (hub.Batch, hub.Position, error) {
	size := limit
	if after != (hub.Position{}) {
		size++                                    // the entry at after, if it is still there, is among them
		after.Epoch = cmp.Or(after.Epoch, "none") // no history is called so
	}
	answer, err := b.read(ctx, to.String(), catchUpScript, []string{to.String()}, catchUpArgs("", after, size, b.keep))
	if err != nil {
		return hub.Batch{}, hub.Position{}, err
	}
	last, entries, err := parseHistory(answer)
	if err != nil {
		return hub.Batch{}, hub.Position{}, unavailable(err)
	}
	if after == (hub.Position{}) {
		return newest(last, entries), last, nil
	}
	return following(after, last, entries, limit), last, nil
}

// newest makes a page of entries that come newest first, up to a hole.
func newest(last hub.Position, entries []message) hub.Batch {
	page := hub.Batch{After: last}
	for _, e := range entries {
		if e.Position != page.After {
			break
		}
		page.Payloads = append(page.Payloads, e.payload)
		page.After.Offset--
	}
	slices.Reverse(page.Payloads)
	return page
}

// following makes a page of the entries after a position, up to a hole.
func following(after, last hub.Position, entries []message, limit int) hub.Batch {
	page := hub.Batch{After: after}
	for _, e := range entries {
		if next := page.End(); e.Epoch == next.Epoch && e.Offset == next.Offset+1 && len(page.Payloads) < limit {
			page.Payloads = append(page.Payloads, e.payload)
		}
	}
	if len(page.Payloads) == 0 && after != last {
		return hub.Batch{After: last, Gap: true}
	}
	return page
}

// read runs a script that only reads, and waits for its answer.
func (b *Backplane) read(ctx context.Context, topic string, script *redis.Script, keys []string, args []any) (any, error) {
	type result struct {
		answer any
		err    error
	}
	results := make(chan result, 1)
	err := b.shardOf(topic).questions.call(script, keys, args, func(answer any, err error) { results <- result{answer, err} })
	if err != nil {
		return nil, err
	}
	select {
	case r := <-results:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	}
}

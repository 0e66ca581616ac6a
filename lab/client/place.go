package client

import (
	"context"
	"errors"
	"fmt"
)

// PlaceTries is how often DialOn connects before it gives up.
const PlaceTries = 20

// ErrNotPlaced is returned by DialOn: the balancer never chose a wanted server.
// Nothing is wrong with the server; a story that needs that place cannot be told.
var ErrNotPlaced = errors.New("the balancer never chose a wanted server")

// DialOn connects a user to a server that is wanted. Through a balancer nobody
// can choose one; all one can do is to look where one has landed, and to try
// again. (To ask GET /instance first tells where that request went.)
//
// Connections to other servers are held until the end: a balancer that picks the
// server with the fewest connections would otherwise pick the same one for ever.
func DialOn(ctx context.Context, baseURL, user string, wanted func(server string) bool) (*Client, error) {
	var last string
	for range PlaceTries {
		c, err := Dial(ctx, baseURL, user)
		if err != nil {
			return nil, err
		}
		if wanted(c.Server) {
			return c, nil
		}
		defer c.Close()
		last = c.Server
	}
	return nil, fmt.Errorf("connect %s to %s: %w in %d tries; the last was %s",
		user, baseURL, ErrNotPlaced, PlaceTries, last)
}

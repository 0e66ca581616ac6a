package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// dialWait is from the first packet to the welcome.
const dialWait = 10 * time.Second

// Dial connects a user by a WebSocket and waits for the server's welcome. The URL
// is that of the HTTP server or its balancer, http://127.0.0.1:8080. The context
// counts until Dial returns. A server that refuses is an [*Error].
func Dial(ctx context.Context, baseURL, user string) (*Client, error) {
	c, err := dial(ctx, func(ctx context.Context) (wire, []byte, error) { return openSocket(ctx, baseURL, user) })
	if err != nil {
		return nil, fmt.Errorf("connect %s to %s: %w", user, baseURL, err)
	}
	go c.receive()
	return c, nil
}

// DialPoll connects as Dial does, by long polling. It takes both steps of the
// handshake.
func DialPoll(ctx context.Context, baseURL, user string) (*Client, error) {
	s, err := NewSession(ctx, baseURL, user)
	if err != nil {
		return nil, err
	}
	return s.Dial(ctx)
}

// DialPollPatiently is DialPoll for one who repeats each request that a balancer has
// sent to the wrong server, up to PlaceTries times. It shows what is left of polling
// where nothing keeps a client on one server: with N of them each request costs N.
func DialPollPatiently(ctx context.Context, baseURL, user string) (*Client, error) {
	s, err := NewSession(ctx, baseURL, user)
	if err != nil {
		return nil, err
	}
	s.patient = true
	return s.Dial(ctx)
}

// Dial takes the second step: one GET, which brings the server's welcome. Where it
// was answered session_not_found it may be tried again: the session waits for
// 30 s, on its own server.
func (s *Session) Dial(ctx context.Context) (*Client, error) {
	c, err := dial(ctx, s.open)
	if err != nil {
		return nil, fmt.Errorf("connect %s to %s: %w", s.user, s.url, err)
	}
	go c.receive()
	return c, nil
}

func dial(ctx context.Context, open func(context.Context) (wire, []byte, error)) (*Client, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, dialWait, fmt.Errorf("no welcome within %v", dialWait))
	defer cancel()
	w, first, err := open(ctx)
	if err != nil {
		return nil, err
	}
	var welcome frame
	if err := json.Unmarshal(first, &welcome); err != nil || welcome.Type != "welcome" || welcome.ServerID == "" {
		w.close()
		return nil, fmt.Errorf("%w: the first frame is %q, want a welcome", ErrProtocol, clip(first))
	}
	return newClient(w, welcome), nil
}

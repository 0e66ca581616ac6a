package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	dialWait  = 10 * time.Second // from the first packet to the welcome
	readLimit = 64 << 10         // bytes of a frame: a text of 4 KiB, escaped sixfold, and room

	readBuffer  = 1 << 10 // bytes, for each connection
	writeBuffer = 1 << 10 // bytes, for each write under way
)

var writeBuffers sync.Pool

// Dial connects a user and waits for the server's welcome. The URL is that of
// the HTTP server or its balancer, http://127.0.0.1:8080. The context counts
// until Dial returns. A server that refuses is an [*Error].
func Dial(ctx context.Context, baseURL, user string) (*Client, error) {
	c, err := dial(ctx, baseURL, user)
	if err != nil {
		return nil, fmt.Errorf("connect %s to %s: %w", user, baseURL, err)
	}
	return c, nil
}

func dial(ctx context.Context, baseURL, user string) (*Client, error) {
	target, err := socketURL(baseURL, user)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, dialWait, fmt.Errorf("no welcome within %v", dialWait))
	defer cancel()

	// The websocket package looks at the context while it connects, but not
	// while it waits for the answer. Closing the socket ends every wait, that
	// for the welcome too.
	release := func() bool { return true } // nothing to close yet
	dialer := websocket.Dialer{
		Proxy:           http.ProxyFromEnvironment,
		ReadBufferSize:  readBuffer,
		WriteBufferSize: writeBuffer,
		WriteBufferPool: &writeBuffers,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err == nil {
				release = context.AfterFunc(ctx, func() { conn.Close() })
			}
			return conn, err
		},
	}
	conn, answer, err := dialer.DialContext(ctx, target, nil)
	var welcome frame
	if err == nil {
		conn.SetReadLimit(readLimit)
		err = conn.ReadJSON(&welcome)
	} else if answer != nil {
		err = refusal(answer)
	}
	release()
	if ctx.Err() != nil { // the socket is closed, and err only the echo of it
		err = context.Cause(ctx)
	}
	if err == nil && (welcome.Type != "welcome" || welcome.ServerID == "") {
		err = fmt.Errorf("%w: the first frame is a %q of server %q, want a welcome", ErrProtocol, welcome.Type, welcome.ServerID)
	}
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		return nil, err
	}
	return newClient(conn, welcome), nil
}

func socketURL(baseURL, user string) (string, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return "", err
	}
	switch u.Scheme {
	case "http":
		u.Scheme = "ws"
	case "https":
		u.Scheme = "wss"
	default:
		return "", errors.New("the URL begins with neither http:// nor https://")
	}
	u = u.JoinPath("ws")
	u.RawQuery = url.Values{"user": {user}}.Encode()
	return u.String(), nil
}

// refusal reads why a server did not upgrade.
func refusal(answer *http.Response) error {
	var body struct{ Error Error }
	// Whatever cannot be read or parsed leaves the status, which says enough.
	b, _ := io.ReadAll(answer.Body)
	_ = json.Unmarshal(b, &body)
	body.Error.Status = answer.StatusCode
	return &body.Error
}

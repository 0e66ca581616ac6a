package client

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	readLimit = 64 << 10 // bytes of a frame: a text of 4 KiB, escaped sixfold, and room

	readBuffer  = 1 << 10 // bytes, for each connection
	writeBuffer = 1 << 10 // bytes, for each write under way

	// writeWait bounds one write. It is the connection's own: a caller in a hurry
	// must not end a connection that others use too.
	writeWait = 10 * time.Second
)

var writeBuffers sync.Pool

// A CloseError has the code and the reason of a close frame; 1006 means that
// the connection ended without one.
type CloseError = websocket.CloseError

// A socket is the wire of a WebSocket.
type socket struct {
	conn *websocket.Conn
	buf  bytes.Buffer // reused: a connection that is idle again keeps only the largest frame
}

var _ wire = (*socket)(nil)

// openSocket connects and reads the first frame, which is to be the welcome.
func openSocket(ctx context.Context, baseURL, user string) (_ wire, first []byte, err error) {
	target, err := socketURL(baseURL, user)
	if err != nil {
		return nil, nil, err
	}

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
	defer func() {
		release()
		if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
			<-ctx.Done() // the socket has its deadline, and is a moment early
		}
		if ctx.Err() != nil { // the socket is closed, and err only the echo of it
			err = context.Cause(ctx)
		}
		if err != nil && conn != nil {
			conn.Close()
		}
	}()
	if err != nil && answer != nil {
		return nil, nil, refusal(answer)
	}
	if err != nil {
		return nil, nil, err
	}
	conn.SetReadLimit(readLimit)
	s := &socket{conn: conn}
	first, err = s.read()
	return s, first, err
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

func (s *socket) read() ([]byte, error) {
	_, r, err := s.conn.NextReader()
	if err != nil {
		return nil, err
	}
	s.buf.Reset()
	_, err = s.buf.ReadFrom(r)
	return s.buf.Bytes(), err
}

func (s *socket) write(frame []byte) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeWait)) // an error comes with the write
	return s.conn.WriteMessage(websocket.TextMessage, frame)
}

// goodbye does not wait for the server to say goodbye as well.
func (s *socket) goodbye() {
	frame := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	// A failure cannot matter: the socket is closed next.
	_ = s.conn.WriteControl(websocket.CloseMessage, frame, time.Now().Add(time.Second))
}

func (s *socket) close() { _ = s.conn.Close() } // it has ended, whatever this says

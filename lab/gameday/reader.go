package gameday

import (
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// A reader is in a room, by a connection of its own, and does not read what is said
// there, or reads it too slowly. It has no client of the lab: those read all they can.
type reader struct {
	user string
	conn net.Conn
}

// A machine that does not read takes what its kernel takes. This is little, in bytes,
// so that it is the server that has to wait.
const readerBuffer = 4 << 10

// join connects a reader to a server, and asks to be in a room. It reads not even the
// answer.
func join(ctx context.Context, base, user, room string) (*reader, error) {
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(readerBuffer)
	}}
	query := url.Values{"user": {user}, "room": {room}}
	conn, _, err := dialer.DialContext(ctx, strings.Replace(base, "http", "ws", 1)+"/ws?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return &reader{user, conn.NetConn()}, nil
}

// trickle reads so many bytes a second, until the connection ends.
func (r *reader) trickle(perSecond int) {
	const times = 8 // a second
	tick := time.NewTicker(time.Second / times)
	defer tick.Stop()
	for range tick.C {
		if _, err := io.CopyN(io.Discard, r.conn, int64(perSecond/times)); err != nil {
			return
		}
	}
}

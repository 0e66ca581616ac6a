package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// The client's side of a WebSocket, as little of it as a bench needs: a library that
// decodes, allocates and locks would cost more than the servers that are measured.

// dial connects a user, and returns when the server has taken it. In a server that
// joins by the URL it is in room then, or about to be. It does not answer pings: the
// first would come after most of a minute.
func dial(ctx context.Context, url, user, room string) (net.Conn, error) {
	addr := strings.TrimPrefix(url, "http://")
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	query := "user=" + user
	if room != "" {
		query += "&room=" + room
	}
	fmt.Fprintf(conn, "GET /ws?%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", query, addr)
	head, err := readHead(conn)
	if err == nil && !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		line, _, _ := bytes.Cut(head, []byte("\r\n"))
		err = errors.New(string(line))
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("connect %s to %s: %w", user, url, err)
	}
	return conn, nil
}

// readHead reads an answer's header, byte by byte: what follows are frames.
func readHead(conn net.Conn) (head []byte, err error) {
	one := make([]byte, 1)
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		if len(head) == http.DefaultMaxHeaderBytes {
			return nil, errors.New("its header is too long")
		}
		if _, err = conn.Read(one); err != nil {
			return nil, err
		}
		head = append(head, one[0])
	}
	return head, nil
}

// appendFrame appends a text frame, masked with zeros: they leave the payload as it
// is, and cost the server as much as any others.
func appendFrame(b []byte, payload string) []byte {
	const finalText, masked = 0x81, 0x80
	if n := len(payload); n < 126 {
		b = append(b, finalText, masked|byte(n))
	} else {
		b = append(b, finalText, masked|126)
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	}
	b = append(b, 0, 0, 0, 0)
	return append(b, payload...)
}

// nextFrame cuts the first frame off. Where there is only a part of it, payload is nil.
func nextFrame(b []byte) (payload, rest []byte) {
	if len(b) < 2 {
		return nil, b
	}
	begin, size := 2, int(b[1]&0x7f)
	switch size {
	case 126:
		if len(b) < 4 {
			return nil, b
		}
		begin, size = 4, int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if len(b) < 10 {
			return nil, b
		}
		begin, size = 10, int(binary.BigEndian.Uint64(b[2:]))
	}
	if size < 0 || size > len(b)-begin {
		return nil, b
	}
	return b[begin : begin+size : begin+size], b[begin+size:]
}

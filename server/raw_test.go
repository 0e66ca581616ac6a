package server_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A rawConn is a client made of bytes. No library stands between the test and the
// wire: it can send what no client would, and sees what every client gets.
type rawConn struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

// dialRaw connects to a server. Whatever takes longer than 10 s fails: nothing may
// hang.
func dialRaw(t testing.TB, url string) *rawConn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &rawConn{t, conn, bufio.NewReader(conn)}
}

// dialPipe is dialRaw for a server in virtual time.
func dialPipe(t testing.TB, to *pipes) *rawConn {
	conn := to.connect()
	t.Cleanup(func() { conn.Close() })
	return &rawConn{t, conn, bufio.NewReader(conn)}
}

func (c *rawConn) send(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// asks sends a request as it stands here, but for the line ends and what ends the
// header, and returns the answer.
func (c *rawConn) asks(header, body string) (answer *http.Response, text string) {
	c.t.Helper()
	method, _, _ := strings.Cut(header, " ")
	if body != "" {
		header += fmt.Sprintf("\nContent-Length: %d", len(body))
	}
	c.send([]byte(strings.ReplaceAll(header, "\n", "\r\n") + "\r\n\r\n" + body))
	answer, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		c.t.Fatalf("%s: %v", header, err)
	}
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return answer, ""
	}
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatalf("%s: %v", header, err)
	}
	return answer, strings.TrimSuffix(string(b), "\n")
}

// handshake is what makes a request for /ws one. The key and its answer are those
// of RFC 6455, section 1.3.
const (
	handshake = "\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
	accepted  = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// connectRaw is a WebSocket; query is user=… and so on.
func connectRaw(t testing.TB, url, query string) *rawConn {
	t.Helper()
	return dialRaw(t, url).upgrade(query)
}

// connectPipe is connectRaw in virtual time. A pipe holds nothing, so the welcome
// is read.
func connectPipe(t testing.TB, to *pipes, query string) *rawConn {
	t.Helper()
	c := dialPipe(t, to).upgrade(query)
	c.hears()
	return c
}

func (c *rawConn) upgrade(query string) *rawConn {
	c.t.Helper()
	answer, text := c.asks("GET /ws?"+query+" HTTP/1.1\nHost: raw"+handshake, "")
	if got := answer.Header.Get("Sec-WebSocket-Accept"); answer.StatusCode != 101 || got != accepted {
		c.t.Fatalf("/ws?%s: %s, accept %q %s", query, answer.Status, got, text)
	}
	return c
}

// The first byte of a WebSocket frame: the FIN bit, three reserved bits, the
// opcode.
const (
	fin                                       = 0x80
	reserved                                  = 0x40 // the first: compressed, where that was agreed on
	continuation, textFrame, binaryFrame      = 0x0, 0x1, 0x2
	closeFrame, pingFrame, pongFrame     byte = 0x8, 0x9, 0xa
)

// wsFrame is a frame from a client: RFC 6455, section 5.2.
func wsFrame(first byte, payload string) []byte {
	return append(wsHeader(first, uint64(len(payload))), mask(payload)...)
}

func wsHeader(first byte, length uint64) []byte {
	const masked = 0x80
	b := []byte{first}
	switch {
	case length < 126:
		b = append(b, masked|byte(length))
	case length < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, masked|126), uint16(length))
	default:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), length)
	}
	return append(b, key[:]...)
}

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

func mask(payload string) []byte {
	b := []byte(payload)
	for i := range b {
		b[i] ^= key[i%len(key)]
	}
	return b
}

// says sends a text frame.
func (c *rawConn) says(text string) { c.t.Helper(); c.send(wsFrame(fin|textFrame, text)) }

// frame reads one frame from the server: whole, unmasked, in the shortest form.
func (c *rawConn) frame() (opcode byte, payload string, err error) {
	var head [2]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return 0, "", err
	}
	if head[0]&0xf0 != fin || head[1]&0x80 != 0 {
		return 0, "", fmt.Errorf("header %x: want FIN, nothing reserved, no mask", head)
	}
	length := uint64(head[1])
	if length == 126 {
		var extended [2]byte
		if _, err := io.ReadFull(c.in, extended[:]); err != nil {
			return 0, "", err
		}
		if length = uint64(binary.BigEndian.Uint16(extended[:])); length < 126 {
			return 0, "", errors.New("length not in its shortest form")
		}
	}
	b := make([]byte, length)
	_, err = io.ReadFull(c.in, b)
	return head[0] &^ fin, string(b), err
}

// next is the next frame that is not about presence.
func (c *rawConn) next() (opcode byte, payload string, err error) {
	for {
		opcode, payload, err = c.frame()
		if err != nil || !strings.Contains(payload, `"type":"presence"`) {
			return opcode, payload, err
		}
	}
}

// hears is next, which must be a text.
func (c *rawConn) hears() string {
	c.t.Helper()
	opcode, text, err := c.next()
	if err != nil || opcode != textFrame {
		c.t.Fatalf("got opcode %d %q, %v, want a text", opcode, text, err)
	}
	return text
}

// wants is hears, compared.
func (c *rawConn) wants(want string) {
	c.t.Helper()
	if got := c.hears(); !matches(want, got) {
		c.t.Errorf("heard %.300s\nwant  %.300s", got, want)
	}
}

// ends reads to the end of the stream, which must follow a close frame, and
// returns that one's code and reason. gorilla closes a connection that broke the
// rules before the hub knows, so the hub's frames may come behind it: a peer
// discards them (RFC 6455, section 1.4).
func (c *rawConn) ends() (code int, reason string) {
	c.t.Helper()
	closed := false
	for {
		opcode, payload, err := c.frame()
		switch {
		case err == io.EOF && closed:
			return code, reason
		case err != nil:
			c.t.Fatalf("the connection ended by %v, with a close frame before: %v", err, closed)
		case opcode == closeFrame && closed:
			c.t.Errorf("a second close frame: %q", payload)
		case opcode == closeFrame && len(payload) < 2:
			closed, code = true, 1005
		case opcode == closeFrame:
			closed, code, reason = true, int(binary.BigEndian.Uint16([]byte(payload))), payload[2:]
		}
	}
}

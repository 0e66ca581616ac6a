package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"
)

const (
	pollWait = 35 * time.Second // for the answer to a GET, which a server holds back for up to 25 s
	byeWait  = time.Second
)

// A Session is a polling connection after the first step of its handshake. The
// second step, Dial, is a request of its own and has to reach the same server.
type Session struct {
	Server string // the instance that made it, and the only one that knows it

	user    string
	url     string
	asking  *http.Client // with the cookies that it was given, as a browser keeps them
	patient bool
}

// NewSession makes a session.
func NewSession(ctx context.Context, baseURL, user string) (*Session, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, err
	}
	target := base.JoinPath("poll")
	target.RawQuery = url.Values{"user": {user}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), nil)
	if err != nil {
		return nil, err
	}
	var made struct {
		Session  string
		ServerID string `json:"server_id"`
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	s := &Session{user: user, asking: &http.Client{Transport: asking.Transport, Jar: jar}}
	if err := fetch(s.asking, r, &made); err != nil {
		return nil, fmt.Errorf("new session for %s at %s: %w", user, baseURL, err)
	}
	s.Server, s.url = made.ServerID, base.JoinPath("poll", made.Session).String()
	return s, nil
}

// A poll is the wire of a session: frames from the server are asked for again and
// again, and each frame to it is a request of its own. Behind a balancer that
// takes turns the first one that lands elsewhere ends the connection, with the
// [*Error] session_not_found.
type poll struct {
	*Session
	waiting []json.RawMessage // of the last answer, and not read yet

	// ctx ends with the connection; its cause is the reason.
	ctx context.Context
	end context.CancelCauseFunc
}

var _ wire = (*poll)(nil)

// open reads the session's first frame, which is to be the welcome.
func (s *Session) open(ctx context.Context) (_ wire, first []byte, err error) {
	p := &poll{Session: s}
	p.ctx, p.end = context.WithCancelCause(context.Background())
	release := context.AfterFunc(ctx, func() { p.end(context.Cause(ctx)) })
	defer release()
	if first, err = p.read(); err != nil {
		p.close() // without a goodbye: the session may be alive elsewhere
	}
	return p, first, err
}

func (p *poll) read() ([]byte, error) {
	for len(p.waiting) == 0 {
		if err := p.send(http.MethodGet, nil, &p.waiting); err != nil {
			return nil, err
		}
	}
	frame := p.waiting[0]
	p.waiting = p.waiting[1:]
	return frame, nil
}

// write ends the session if the frame is not taken: a GET that waits elsewhere
// would not notice.
func (p *poll) write(frame []byte) error {
	err := p.send(http.MethodPost, frame, nil)
	if err != nil {
		p.end(err)
	}
	return err
}

// send asks once, or, if the session is patient, until the request has met the
// server that knows the session.
func (p *poll) send(method string, frame []byte, answer any) error {
	tries := 1
	if p.patient {
		tries = PlaceTries
	}
	var err error
	for range tries {
		err = p.sendOnce(method, frame, answer)
		if no, ok := errors.AsType[*Error](err); !ok || no.Code != "session_not_found" {
			return err
		}
	}
	return err
}

func (p *poll) sendOnce(method string, frame []byte, answer any) error {
	ctx, cancel := context.WithTimeoutCause(p.ctx, pollWait, fmt.Errorf("no answer within %v", pollWait))
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, p.url, bytes.NewReader(frame))
	if err != nil {
		return err
	}
	return fetch(p.asking, r, answer)
}

// goodbye ends the session, if the balancer sends it to the right server. If not,
// the user stays in the room's count until the session ends by itself, 30 s after
// its last GET.
func (p *poll) goodbye() {
	ctx, cancel := context.WithTimeout(context.Background(), byeWait)
	defer cancel()
	if r, err := http.NewRequestWithContext(ctx, http.MethodDelete, p.url, nil); err == nil {
		// A failure cannot matter: a session that nobody asks for ends by itself.
		_ = fetch(p.asking, r, nil)
	}
}

func (p *poll) close() { p.end(ErrClosed) }

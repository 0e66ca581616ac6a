package dialect

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"secondserver/lab/client"
	"secondserver/lab/ledger"
)

// A foreignSent waits for its ack, or for nothing.
type foreignSent struct {
	conn   *stranger
	frame  string
	values map[string]string
	wait   *wait
}

func (s *stranger) Send(_ context.Context, room, user, text string) (Sent, error) {
	values := map[string]string{"user": s.user, "room": room, "to": user, "text": text, "ref": strings.ToLower(rand.Text()[:10])}
	word := "send"
	if room == "" {
		word = "tell"
	}
	m := &foreignSent{frame: s.dialect.patterns[word].frame(values), values: values}
	return m, m.send(s)
}

// Again may make a second copy: only its ref says that it is the same message.
func (s *stranger) Again(_ context.Context, before Sent) (Sent, error) {
	m := before.(*foreignSent)
	return m, m.send(s)
}

func (m *foreignSent) send(s *stranger) error {
	m.conn, m.wait = s, s.expect(m.values, "ack", "refused")
	return m.failed(s.write(m.frame))
}

func (m *foreignSent) Wait(ctx context.Context) (uint64, error) {
	if m.wait == nil {
		return ledger.NoOffset, nil
	}
	a, err := m.conn.await(ctx, m.wait)
	if err == nil && a.word == "refused" {
		err = &client.Error{Code: cmp.Or(a.values["text"], "refused")}
	}
	return offset(a.values), m.failed(err)
}

// failed says of an error which message it is about.
func (m *foreignSent) failed(err error) error {
	switch {
	case err == nil:
		return nil
	case m.values["room"] == "":
		return fmt.Errorf("%s: tell %s at %s: %w", m.values["user"], m.values["to"], m.conn.base, err)
	}
	return fmt.Errorf("%s: say in %s at %s: %w", m.values["user"], m.values["room"], m.conn.base, err)
}

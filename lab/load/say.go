package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

// A saying is a message that has to be answered.
type saying struct {
	*user
	id   ledger.ID
	to   address
	text string
	conn dialect.Conn // that it was sent on last …
	at   time.Time    // … and when
	sent dialect.Sent
	err  error // of sending it
}

// say sends a message of the ledger, by a deadline, and has somebody wait for the
// answer, who then tells answered whether there was one. What cannot be sent in time
// never is, and the ledger has it as unanswered.
func (u *user) say(ctx context.Context, id ledger.ID, to address, size int, by time.Time, answers *sync.WaitGroup, answered func(bool)) {
	m := &saying{user: u, id: id, to: to, text: u.crowd.text(id, size)}
	sending, cancel := context.WithDeadline(ctx, by)
	defer cancel()
	var err error
	if m.conn, err = u.line(sending); err != nil {
		answered(false)
		return
	}
	m.at = time.Now()
	if m.sent, m.err = m.conn.Send(sending, to.room, to.user, m.text); m.err != nil && sending.Err() != nil {
		answered(false)
		return
	}
	answers.Go(func() { answered(m.settle(ctx)) })
}

// settle waits for the answer, and tells whether there was one. One who resumes does
// not let go until there is an ack: what was refused, or lost its answer, is sent again
// under the same ref, on the next connection if need be. It ends in one copy, wherever
// it lands.
func (m *saying) settle(ctx context.Context) (answered bool) {
	ctx, cancel := context.WithTimeout(ctx, insistFor)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := m.err
		if err == nil {
			err = m.answer(ctx)
		}
		refused, no := errors.AsType[*client.Error](err)
		answered = err == nil || no
		if err == nil || no && refused.Code != "unavailable" || m.crowd.options.Return != Resume || !m.again(ctx, pause) {
			return answered
		}
	}
}

// answer waits for one. Where there is none in time, one who resumes takes the
// connection for dead: it is as good as that.
func (m *saying) answer(ctx context.Context) error {
	late := fmt.Errorf("no answer within %v", answerWithin)
	waiting, cancel := context.WithTimeoutCause(ctx, answerWithin, late)
	defer cancel()
	offset, err := m.sent.Wait(waiting)
	if err == nil {
		m.crowd.Ledger.Acked(m.id, offset, time.Now())
		m.crowd.answered(time.Since(m.at))
	} else if no, refused := errors.AsType[*client.Error](err); refused {
		m.crowd.Ledger.Refused(m.id, time.Now())
		m.crowd.refused(no.Code)
		m.crowd.answered(time.Since(m.at))
	} else if waiting.Err() != nil && ctx.Err() == nil && m.crowd.options.Return == Resume {
		m.crowd.answered(time.Since(m.at)) // or never
		m.drop(m.conn, late.Error())
	}
	return err
}

// again sends the message once more, after a pause, and tells whether it could.
func (m *saying) again(ctx context.Context, pause time.Duration) bool {
	if !await(ctx, time.Now().Add(pause)) {
		return false
	}
	sending, cancel := context.WithTimeout(ctx, sayWithin)
	defer cancel()
	conn, err := m.line(sending)
	if err != nil {
		return false
	}
	m.crowd.Ledger.Again(m.id)
	m.conn, m.at = conn, time.Now()
	m.sent, m.err = conn.Again(sending, m.sent)
	return true
}

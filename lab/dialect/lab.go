package dialect

import (
	"context"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/ledger"
)

// Lab is the protocol of this project's servers (docs/protocol.md), by WebSocket.
var Lab Dialect = lab{client.Dial}

// Polling is the same by long polling. Patient clients repeat what a balancer has
// sent to a server that does not know them, until it meets the one that does.
func Polling(patient bool) Dialect {
	if patient {
		return lab{client.DialPollPatiently}
	}
	return lab{client.DialPoll}
}

type lab struct {
	dial func(ctx context.Context, url, user string) (*client.Client, error)
}

func (lab) Traits() Traits {
	return Traits{Acks: true, Echoes: true, Rooms: true, Directs: true, Leaves: true, Senders: true, Refuses: true}
}

func (l lab) Dial(ctx context.Context, url, user string, heard func(Heard)) (Conn, error) {
	c, err := l.dial(ctx, url, user)
	if err != nil {
		return nil, err
	}
	c.Listen(func(room string, m client.Message, gap *client.Gap) {
		h := Heard{Room: room, From: m.From, Text: m.Text, Offset: m.Offset, At: m.Arrived}
		if gap != nil {
			h.Gap, h.At = &gap.From, time.Now()
		}
		if room == client.Direct {
			h.Room = ""
		}
		if h.Room == "" || h.Offset == 0 { // offsets begin with 1
			h.Offset = ledger.NoOffset
		}
		heard(h)
	})
	return &labConn{Client: c}, nil
}

type labConn struct {
	*client.Client
	room string // one that was joined; written and read by whoever uses the connection
}

func (c *labConn) Server() string { return c.Client.Server }

func (c *labConn) Join(ctx context.Context, room string, since *client.Position) (client.Joined, error) {
	c.room = room
	if since != nil {
		return c.Client.Resume(ctx, room, *since)
	}
	return c.Client.Join(ctx, room)
}

func (c *labConn) Send(ctx context.Context, room, user, text string) (Sent, error) {
	var sent client.Sent
	var err error
	if room != "" {
		sent, err = c.Client.Send(ctx, room, text)
	} else {
		sent, err = c.Client.SendTo(ctx, user, text)
	}
	return labSent{sent, room != ""}, err
}

func (c *labConn) Again(ctx context.Context, s Sent) (Sent, error) {
	before := s.(labSent)
	sent, err := c.Client.Resend(ctx, before.Sent)
	return labSent{sent, before.room}, err
}

// Alive joins a room again, which changes nothing, and is answered in the order of
// all that this connection has asked.
func (c *labConn) Alive(ctx context.Context) error {
	_, err := c.Client.Join(ctx, c.room)
	return err
}

type labSent struct {
	client.Sent
	room bool
}

func (s labSent) Wait(ctx context.Context) (offset uint64, err error) {
	at, err := s.Sent.Wait(ctx)
	if err == nil && s.room && at.Offset > 0 {
		return at.Offset, nil
	}
	return ledger.NoOffset, err
}

package client_test

import (
	"errors"
	"fmt"
	"testing"

	"secondserver/lab/client"
)

func message(room string, offset int) string {
	return fmt.Sprintf(`{"type":"message","room":%q,"offset":%d,"from":"bob","text":"m%[2]d","server_id":"server-2","sent_at":"2026-01-02T03:04:05.678Z"}`, room, offset)
}

func wantNext(t *testing.T, c *client.Client, room string, offset uint64) client.Message {
	t.Helper()
	m, err := c.Next(within(t), room)
	if err != nil || m.Room != room || m.Offset != offset {
		t.Fatalf("got offset %d of room %q, error %v; want offset %d of room %q", m.Offset, m.Room, err, offset, room)
	}
	return m
}

func TestNextTellsAllOfAMessage(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) { p.joins(); p.says(nil, message("general", 8)); p.untilGone() }))
	m := wantNext(t, alice, "general", 8)
	got := fmt.Sprintln(m.From, m.Text, m.Server, m.SentAt.UnixMilli(), m.Arrived.IsZero())
	if want := "bob m8 server-2 1767323045678 false\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEachRoomIsReadInItsOwnOrder(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) {
		p.joins()
		p.says(p.heard(), `{"type":"joined","room":"random","offset":0,"epoch":"e1","ref":"$"}`)
		for i := 1; i <= 3; i++ {
			p.says(nil, message("general", 7+i))
			p.says(nil, message("random", i))
		}
		p.untilGone()
	}))
	if _, err := alice.Join(within(t), "random"); err != nil {
		t.Fatal(err)
	}
	for i := range uint64(3) {
		wantNext(t, alice, "random", 1+i)
	}
	for i := range uint64(3) {
		wantNext(t, alice, "general", 8+i)
	}
}

func TestAFullInboxEndsTheConnectionAndKeepsWhatItHas(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) {
		p.joins()
		for i := range client.InboxLimit + 1 {
			p.says(nil, message("general", 8+i))
		}
		p.untilGone()
	}))
	awaitEnd(t, alice)
	wantError(t, "the cause", alice.Err(), client.ErrInboxFull)
	for i := range uint64(client.InboxLimit) {
		wantNext(t, alice, "general", 8+i)
	}
	_, err := alice.Next(within(t), "general")
	wantError(t, "after the last message", err, client.ErrInboxFull)
}

func TestAGapIsToldAtItsPlace(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) {
		p.joins()
		p.says(nil, message("general", 8))
		p.says(nil, `{"type":"joined","room":"general","offset":0,"epoch":"e2","recovered":false}`)
		p.says(nil, message("general", 1))
		p.untilGone()
	}))
	wantNext(t, alice, "general", 8)
	_, err := alice.Next(within(t), "general")
	gap, ok := errors.AsType[*client.Gap](err)
	if want := (client.Gap{Room: "general", From: client.Position{Offset: 0, Epoch: "e2"}}); !ok || *gap != want {
		t.Errorf("got error %v, want %v", err, &want)
	}
	wantNext(t, alice, "general", 1)
}

func TestWhatHasArrivedComesBeforeTheCauseOfTheEnd(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) {
		p.joins()
		p.says(nil, message("general", 8))
		p.closes(1008, "slow consumer")
	}))
	awaitEnd(t, alice)
	wantNext(t, alice, "general", 8)
	_, err := alice.Next(within(t), "general")
	wantClose(t, "after the last message", err, 1008, "slow consumer")
}

func TestAConnectionCutWithoutGoodbyeIs1006(t *testing.T) {
	alice := dialJoined(t, serve(t, (*peer).joins))
	_, err := alice.Next(within(t), "general")
	wantClose(t, "next message", err, 1006, "unexpected EOF")
}

func TestAfterLeavingWhatWaitsCanStillBeTaken(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) {
		p.joins()
		p.says(nil, message("general", 8))
		p.says(p.heard(), `{"type":"left","room":"general","ref":"$"}`)
		p.untilGone()
	}))
	if err := alice.Leave(within(t), "general"); err != nil {
		t.Fatal(err)
	}
	wantNext(t, alice, "general", 8)
	if m, err := alice.Next(within(t), "general"); err == nil {
		t.Errorf("got message %d, want an error: the room is left", m.Offset)
	}
}

func TestAServerThatBreaksTheProtocolIsNotBelieved(t *testing.T) {
	for name, frame := range map[string]string{
		"no JSON":                      `hello`,
		"an answer nobody waits for":   `{"type":"ack","ref":"99","room":"general","offset":1,"epoch":"e1"}`,
		"an error that names no ref":   `{"type":"error","code":"bad_frame","message":"?"}`,
		"a message of a foreign room":  message("random", 1),
		"a gap in a room never joined": `{"type":"joined","room":"random","offset":1,"epoch":"e1","recovered":false}`,
		"a join that nobody asked for": `{"type":"joined","room":"random","offset":1,"epoch":"e1"}`,
		"presence in a foreign room":   `{"type":"presence","room":"random","event":"join","user":"bob","count":1}`,
		"what is said to another user": `{"type":"message","to":"bob","from":"carol","text":"psst"}`,
	} {
		t.Run(name, func(t *testing.T) {
			alice := dialJoined(t, serve(t, func(p *peer) { p.joins(); p.says(nil, frame); p.untilGone() }))
			awaitEnd(t, alice)
			wantError(t, "the cause", alice.Err(), client.ErrProtocol)
		})
	}
}

func TestFramesOfLaterVersionsAreIgnored(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) {
		p.joins()
		p.says(nil, `{"type":"typing","room":"general","user":"bob"}`)
		p.says(nil, message("general", 8))
		p.untilGone()
	}))
	wantNext(t, alice, "general", 8)
}

func TestCloseEndsEveryWait(t *testing.T) {
	reached := make(chan struct{})
	alice := dialJoined(t, serve(t, func(p *peer) { p.joins(); p.heard(); close(reached); p.untilGone() }))
	ctx, waits := within(t), make(chan error, 2)
	go func() { _, err := alice.Next(ctx, "general"); waits <- err }()
	go func() { _, err := alice.Say(ctx, "general", "hello"); waits <- err }()
	<-reached
	alice.Close()
	for range cap(waits) {
		wantError(t, "a wait", <-waits, client.ErrClosed)
	}
	wantError(t, "the cause", alice.Err(), client.ErrClosed)
}

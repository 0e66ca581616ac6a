package server_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// Long polling in virtual time, with the limits as they are.

func TestAPollingClientChats(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		alice, bob := openPoll(t, to, "user=alice&room=general"), openPoll(t, to, "user=bob")
		alice.hears(`{"type":"welcome","server_id":"server-1","user":"alice"}`, `"joined","room":"general"`)
		bob.says(`{"type":"join","room":"general"}`)
		bob.hears(`"welcome"`, `"joined"`)
		alice.says(`{"type":"message","room":"general","text":"<hi>","ref":"1"}`)
		bob.hears(`"offset":1,"from":"alice","text":"<hi>"`)
		alice.hears(`"text":"<hi>"`, `"ack","ref":"1"`)
		bob.deletes()
		bob.isGone()
		synctest.Wait() // the user goes within a moment
		alice.says(`{"type":"message","to":"bob","text":"hi"}`)
		alice.hears(`"user_offline"`)
		alice.deletes()
	})
}

// The answer comes with the frame, or after 25 s: longer than a request may take

// to arrive, and than an idle client may stay away.

func TestAPollWaitsForFrames(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		alice := pollingMember(t, to, "alice")
		for range 3 {
			began := time.Now()
			if got := alice.polls(); len(got) > 0 || time.Since(began) != 25*time.Second {
				t.Errorf("got %s after %v, want nothing after 25 s", got, time.Since(began))
			}
		}
		began := time.Now()
		said := after(20*time.Second, func() { alice.says(`{"type":"message","room":"general","text":"hi"}`) })
		alice.hears(`"text":"hi"`)
		if got := time.Since(began); got != 20*time.Second {
			t.Errorf("a message came after %v, want 20 s, when it was sent", got)
		}
		<-said
	})
}

func TestASecondPollEndsTheFirst(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		alice := pollingMember(t, to, "alice")
		first := make(chan []string)
		go func() { first <- alice.polls() }()
		synctest.Wait()
		second := make(chan []string)
		go func() { second <- alice.polls() }()
		if got := <-first; len(got) > 0 {
			t.Errorf("the first got %s, want nothing", got)
		}
		alice.says(`{"type":"message","room":"general","text":"hi"}`)
		if got := <-second; len(got) != 1 || !strings.Contains(got[0], `"text":"hi"`) {
			t.Errorf("the second got %s, want the message", got)
		}
	})
}

func TestAPollingClientsBadFramesAreAnswered(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		alice := openPoll(t, to, "user=alice")
		alice.hears(`"welcome"`)
		for _, bad := range []string{"", "{", "[]", "\xff", `{"type":"join","room":"` + "\xff" + `"}`} {
			alice.says(bad)
			alice.hears(`"code":"bad_frame"`)
		}
		leave := `{"type":"leave","room":"general"}`
		alice.says(leave + strings.Repeat(" ", 8<<10-len(leave)))
		alice.hears(`"code":"not_in_room"`)
		if status, got := alice.do("POST", "/poll/"+alice.session, leave+strings.Repeat(" ", 8<<10+1-len(leave))); status != 413 || !strings.Contains(got, `"too_large"`) {
			t.Errorf("more than 8 KiB: %d %s, want 413 too_large", status, got)
		}
	})
}

// One after the other, and each 202 says that the one before has been carried

// out: also where that takes longer than a request may take to arrive.

func TestFramesOfAPollingClientWaitForEachOther(t *testing.T) {
	polling(t, hung{new(hub.Memory)}, func(t *testing.T, to *pipes) {
		alice := openPoll(t, to, "user=alice")
		<-time.After(5 * time.Second) // it is not connected sooner, on such a backplane
		began := time.Now()
		for n := range 4 {
			alice.says(fmt.Sprintf(`{"type":"join","room":"room-%d","ref":"%d"}`, n, n))
			if got, want := time.Since(began), time.Duration(n)*5*time.Second; got != want {
				t.Errorf("join %d was taken after %v, want %v: each waits 5 s for the backplane", n, got, want)
			}
		}
		alice.hears(`"welcome"`, `"ref":"0"`, `"ref":"1"`, `"ref":"2"`, `"ref":"3"`)
	})
}

// A POST that waits for the one before it ends with the session.

// A peer that leaves while it waits takes nothing with it.

func TestAPollWhosePeerIsGoneTakesNoFrames(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		alice := pollingMember(t, to, "alice")
		conn := to.connect()
		fmt.Fprintf(conn, "GET /poll/%s HTTP/1.1\r\nHost: pipe\r\n\r\n", alice.session)
		synctest.Wait()
		conn.Close()
		synctest.Wait()
		alice.says(`{"type":"message","room":"general","text":"hi"}`)
		synctest.Wait()
		alice.hears(`"text":"hi"`)
	})
}

// A peer that takes no answer: were its frames kept, they could come twice, were

// they dropped, there would be a hole. It has to resume.

// What a client does not fetch is bounded: a mebibyte here, a mebibyte in the hub.

// More was missed than waits for a client at a time, and the join that asks for it

// is a POST: it must be answered before the GETs that make room.

func TestAPollingClientResumesFarBack(t *testing.T) {
	plane := new(hub.Memory)
	polling(t, plane, func(t *testing.T, to *pipes) {
		const missed = 900
		payload := []byte(`{"from":"bob","text":"` + strings.Repeat("x", 4096) + `"}`)
		for range missed { // 3.7 MB
			plane.Publish(hub.Publication{To: hub.Room("general"), Payload: payload}, func(hub.Position, error) {})
		}
		_, last, err := plane.History(t.Context(), hub.Room("general"), hub.Position{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		alice := openPoll(t, to, "user=alice")
		alice.says(fmt.Sprintf(`{"type":"join","room":"general","offset":0,"epoch":"%s"}`, last.Epoch))
		<-time.After(3 * time.Second) // more does not wait for it than it may
		for next := -1; next <= missed; {
			for _, got := range alice.polls() { // welcome, joined, the messages
				if want := fmt.Sprintf(`"room":"general","offset":%d,`, next); next > 0 && !strings.Contains(got, want) {
					t.Fatalf("got %.200s, want %s", got, want)
				}
				next++
			}
		}
	})
}

// A drain answers what was read, by the poll that waits or by one that comes soon,

// and then there is no session, and no new one.

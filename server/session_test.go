package server_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// What a session ends by.

func TestASessionWithoutAPollFor30sEnds(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		alice := openPoll(t, to, "user=alice&room=general")
		for range 3 {
			<-time.After(29 * time.Second)
			alice.polls() // and if it waits, that is no idle time
		}
		for range 29 {
			<-time.After(time.Second)
			alice.says(`{"type":"leave","room":"elsewhere"}`) // a POST is no poll
		}
		<-time.After(time.Second + time.Millisecond)
		alice.isGone()
		if _, got := alice.do("GET", "/rooms/general", ""); !strings.Contains(got, `"count":0,"participants":[]`) {
			t.Errorf("the room after it: %s, want nobody", got)
		}
	})
}

func TestASessionIsKnownToItsInstanceOnly(t *testing.T) {
	plane := new(hub.Memory)
	polling(t, plane, func(t *testing.T, to *pipes) {
		other, stop := listen(t, plane)
		alice := openPoll(t, to, "user=alice")
		stranger := openPoll(t, other, "user=stranger")
		stranger.session, alice.session = alice.session, stranger.session
		alice.isGone()
		stranger.isGone()
		stop()
	})
}

func TestAPostThatWaitsDoesNotOutliveItsSession(t *testing.T) {
	polling(t, hung{new(hub.Memory)}, func(t *testing.T, to *pipes) {
		alice := openPoll(t, to, "user=alice")
		<-time.After(5 * time.Second) // it is not connected sooner
		alice.says(`{"type":"join","room":"general"}`)
		deleted := after(time.Second, alice.deletes)
		began := time.Now()
		status, _ := alice.do("POST", "/poll/"+alice.session, "{}")
		if got := time.Since(began); status != 404 || got != time.Second {
			t.Errorf("the POST was answered by %d after %v, want 404 after 1 s, when the session ended", status, got)
		}
		<-deleted
	})
}

func TestAPollWhoseAnswerFailsEndsTheSession(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		alice := pollingMember(t, to, "alice")
		conn := to.connect() // a pipe has no buffer: the answer is stuck
		fmt.Fprintf(conn, "GET /poll/%s HTTP/1.1\r\nHost: pipe\r\n\r\n", alice.session)
		synctest.Wait()
		alice.says(`{"type":"message","room":"general","text":"lost"}`)
		<-time.After(10 * time.Second)
		alice.says(`{"type":"message","room":"general","text":"hole"}`)
		if status, got := alice.get(); status != 404 { // it waits for the one before it
			t.Errorf("the next poll: %d %s, want 404, and not what came after the hole", status, got)
		}
		alice.isGone()
		conn.Close()
	})
}

func TestAPollingClientThatFetchesNothingIsASlowConsumer(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		slow, alice := openPoll(t, to, "user=slow&room=general"), openPoll(t, to, "user=alice&room=general")
		alice.hears(`"welcome"`, `"joined"`)
		large := `{"type":"message","room":"general","text":"` + strings.Repeat("x", 4096) + `","ref":"%d"}`
		says := func(n int) { // alice fetches it too, and its ack
			alice.says(fmt.Sprintf(large, n))
			for heard := 0; heard < 2; {
				heard += len(alice.polls())
			}
		}
		for n := range 300 { // 1.2 MB
			says(n)
		}
		<-time.After(4 * time.Second)
		if got := len(slow.polls()); got < 250 {
			t.Errorf("it polls after 4 s: %d frames, want all that waited", got)
		}
		for n := range 300 {
			says(n + 300)
		}
		<-time.After(5*time.Second + time.Millisecond)
		slow.isGone()
		if _, got := alice.do("GET", "/rooms/general", ""); !strings.Contains(got, `"participants":["alice"]`) {
			t.Errorf("the room after it: %s, want alice alone", got)
		}
	})
}

func TestDrainAnswersPolls(t *testing.T) {
	for _, test := range []struct {
		name string
		poll func(alice *poller, answers chan<- string)
	}{
		{"a poll that waits", func(alice *poller, answers chan<- string) {
			go func() { _, got := alice.get(); answers <- got }()
		}},
		{"one that comes soon", func(alice *poller, answers chan<- string) {
			time.AfterFunc(1500*time.Millisecond, func() { _, got := alice.get(); answers <- got })
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plane := held{new(hub.Memory), make(chan struct{})}
				listener, stop := listen(t, plane)
				alice := openPoll(t, listener, "user=alice&room=general")
				idle, away := openPoll(t, listener, "user=idle"), openPoll(t, listener, "user=away")
				alice.hears(`"welcome"`, `"joined"`)
				idle.hears(`"welcome"`)
				alice.says(`{"type":"message","room":"general","text":"hi","ref":"1"}`)
				alice.hears(`"text":"hi"`)
				nothing, answers := make(chan []string, 1), make(chan string, 1)
				go func() { nothing <- idle.polls() }()
				test.poll(alice, answers)
				time.AfterFunc(time.Second, func() { close(plane.answer) })
				checked := after(500*time.Millisecond, func() {
					idle.isGone()
					if status, got := idle.do("POST", "/poll?user=bob", ""); status != 503 || !strings.Contains(got, `"draining"`) {
						t.Errorf("a new session while draining: %d %s, want 503 draining", status, got)
					}
				})
				synctest.Wait()
				began := time.Now()
				stop()
				if got := time.Since(began); got > 4*time.Second {
					t.Errorf("the drain took %v", got)
				}
				if got := <-nothing; len(got) > 0 {
					t.Errorf("a poll with nothing to hear got %s", got)
				}
				if got := <-answers; !strings.Contains(got, `"ack","ref":"1"`) {
					t.Errorf("alice heard %s, want the ack of what was read before the drain", got)
				}
				<-checked
				_ = away // holds a welcome that it never fetches: nothing waits for that for long
			})
		})
	}
}

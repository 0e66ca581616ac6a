package hub_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

const (
	toBob      = `{"type":"message","to":"bob","text":"hi","ref":"2"}`
	bobHears   = `{"type":"message","to":"bob","from":"alice","text":"hi","server_id":"server-1","sent_at":""}`
	bobHasIt   = `{"type":"ack","ref":"2","to":"bob"}`
	bobIsAway  = `{"type":"error","ref":"2","code":"user_offline","message":"bob is on no instance"}`
	announced  = `{"type":"announcement","text":"hi","server_id":"server-1","sent_at":""}`
	postedText = `{"text":"hi","ref":"1"}`
)

func TestADirectMessageReachesEveryConnectionOfItsAddressee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := new(hub.Memory)
		h1, h2 := hub.New("server-1", shared), hub.New("server-2", shared)
		alice, charlie := connect(t, h1, "alice"), connect(t, h1, "charlie")
		tab, otherTab := connect(t, h1, "bob"), connect(t, h2, "bob")
		for _, p := range []peer{alice, charlie, tab, otherTab} {
			p.takes()
		}
		says := func() { alice.says(strings.Replace(toBob, `,"ref":"2"`, "", 1)) }
		alice.says(toBob)
		alice.wants(t, bobHasIt)
		tab.wants(t, bobHears)
		otherTab.wants(t, bobHears)
		tab.Close(errGone)
		says()
		alice.wants(t) // without a ref no ack
		otherTab.wants(t, bobHears)
		otherTab.Close(errGone)
		synctest.Wait()
		says()
		alice.wants(t, strings.Replace(bobIsAway, `"ref":"2",`, "", 1)) // but an error
		charlie.wants(t)
		closeAll(alice, charlie)
		nothingLeft(t, h1)
		nothingLeft(t, h2)
	})
}

func TestADirectMessageToNobodyIsRefusedAndCanBeSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice := connect(t, h, "alice")
		alice.takes()
		alice.says(toBob)
		alice.wants(t, bobIsAway)
		bob := connect(t, h, "bob")
		bob.takes()
		bob.wants(t)
		alice.says(toBob)
		alice.wants(t, bobHasIt)
		bob.wants(t, bobHears)
		closeAll(alice, bob)
		nothingLeft(t, h)
	})
}

func TestOneCanWriteToOneself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		bob, otherTab := connect(t, h, "bob"), connect(t, h, "bob")
		bob.takes()
		otherTab.takes()
		bob.says(toBob)
		heard := strings.Replace(bobHears, "alice", "bob", 1)
		bob.wants(t, heard, bobHasIt)
		otherTab.wants(t, heard)
		closeAll(bob, otherTab)
		nothingLeft(t, h)
	})
}

// A user or a room may have any valid name, "everyone" too.
func TestAUserCalledEveryoneIsOneUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice, everyone := connect(t, h, "alice"), connect(t, h, "everyone")
		alice.takes()
		everyone.takes()
		alice.says(`{"type":"message","to":"everyone","text":"hi"}`)
		alice.wants(t)
		everyone.wants(t, strings.Replace(bobHears, "bob", "everyone", 1))
		closeAll(alice, everyone)
	})
}

// Each client hears it once, in however many rooms it is.
func TestAnAnnouncementReachesEveryClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := new(hub.Memory)
		h1, h2 := hub.New("server-1", shared), hub.New("server-2", shared)
		peers := []peer{connect(t, h1, "alice"), connect(t, h1, "alice"), connect(t, h2, "bob")}
		for _, p := range peers {
			p.says(joinGeneral, `{"type":"join","room":"other"}`)
			p.takes()
		}
		answer, err := h1.Post(t.Context(), hub.Everyone, []byte(postedText))
		if want := `{"type":"ack","ref":"1"}`; err != nil || string(answer) != want {
			t.Errorf("post: got %s, error %v, want %s", answer, err, want)
		}
		for _, p := range peers {
			p.wants(t, announced)
		}
		closeAll(peers...)
		nothingLeft(t, h1)
		nothingLeft(t, h2)
	})
}

// Somebody else can write to a broker too. What would be no JSON, or no UTF-8, as
// a frame is none: it would end the connection of everybody who hears it.
func TestWhatMakesNoFrameReachesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		h := hub.New("server-1", plane)
		bob := connect(t, h, "bob")
		bob.takes()
		for _, to := range []hub.Destination{hub.User("bob"), hub.Everyone} {
			forged := []string{`{"from":"x" and more "}`, "{\"from\":\"x\",\"text\":\"\xff\"}"}
			if to == hub.Everyone {
				forged = append(forged, `{"from":"x"}`, `{"from":"x" ,"text":"a\",b"}`)
			}
			for _, payload := range forged {
				plane.Publish(hub.Publication{To: to, Payload: []byte(payload)}, func(hub.Position, error) {})
			}
			bob.wants(t)
		}
		if _, err := h.Post(t.Context(), hub.Everyone, []byte(postedText)); err != nil {
			t.Fatal(err)
		}
		bob.wants(t, announced)
		bob.Close(errGone)
		nothingLeft(t, h)
	})
}

// A backend service is no user, but it is answered like one.
func TestPost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		bob := connect(t, h, "bob")
		bob.says(joinGeneral)
		bob.takes()
		inGeneral := strings.Replace(said("hi"), "alice", "@server", 1)
		tests := []struct {
			to         hub.Destination
			body, want string
			heard      []string
		}{
			{hub.Room("general"), postedText, `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":""}`, []string{inGeneral}},
			{hub.Room("general"), postedText, `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":""}`, nil},
			{hub.Room("other"), `{"text":"hi"}`, `{"type":"ack","room":"other","offset":1,"epoch":""}`, nil},
			{hub.User("bob"), postedText, `{"type":"ack","ref":"1","to":"bob"}`, []string{strings.Replace(bobHears, "alice", "@server", 1)}},
			{hub.User("alice"), postedText, "user_offline", nil},
			{hub.Everyone, `{"ref":"1"}`, "bad_frame", nil},
			{hub.Everyone, `{"text":""}`, "bad_text", nil},
			{hub.Everyone, `[]`, "bad_frame", nil},
			{hub.Everyone, ``, "bad_frame", nil},
		}
		for _, test := range tests {
			answer, err := h.Post(t.Context(), test.to, []byte(test.body))
			got := blank(string(answer), "epoch")
			if problem := (*hub.Problem)(nil); errors.As(err, &problem) {
				got = problem.Code
			}
			if got != test.want {
				t.Errorf("post %s to %s: got %s, error %v, want %s", test.body, test.to, got, err, test.want)
			}
			bob.wants(t, test.heard...)
		}
		bob.Close(errGone)
		nothingLeft(t, h)
	})
}

func TestAPostWithoutTheBackplaneIsUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", newSlow())
		_, err := h.Post(t.Context(), hub.Room("general"), []byte(postedText))
		if problem := (*hub.Problem)(nil); !errors.As(err, &problem) || problem.Code != hub.CodeUnavailable {
			t.Errorf("post: error %v, want %s", err, hub.CodeUnavailable)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := h.Post(ctx, hub.Room("general"), []byte(postedText)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("post by one who waits for 1 s: error %v, want %v", err, context.DeadlineExceeded)
		}
		pass(hub.PublishTimeout)
	})
}

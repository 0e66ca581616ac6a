package hub_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

func TestCountsTellWhatHasHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		wantsCounts(t, h, hub.Counts{}, nil)

		alice, bob, stuck := connect(t, h, "alice"), connect(t, h, "bob"), connectBy(t, h, "stuck", stuckWire())
		for _, p := range []peer{alice, bob, stuck} {
			p.says(joinGeneral)
		}
		bob.says(`{"type":"join","room":"other"}`)
		alice.says(hi, hiAgain, `{"type":"message","to":"bob","text":"hi","ref":"2"}`, `{"type":"message","to":"dora","text":"hi","ref":"3"}`)
		alice.says(`{"type":"leave","room":"other"}`, `[]`, `[]`)
		if _, err := h.Post(t.Context(), hub.Everyone, []byte(`{"text":"hi"}`)); err != nil {
			t.Fatal(err)
		}
		wantsCounts(t, h, hub.Counts{
			Clients: 3, Rooms: 2,
			Received:  4,
			Delivered: 2*3 + 1 + 3,
			Acks:      2,
		}, map[string]uint64{"user_offline": 1, "not_in_room": 1, "bad_frame": 2})

		bob.says(`{"type":"leave","room":"other"}`)
		synctest.Wait() // what stuck was sent so far is stuck, and no more is
		for range 300 {
			alice.says(`{"type":"message","room":"general","text":"` + strings.Repeat("x", 4096) + `"}`)
		}
		close(stuck.wire.stuck)
		closeAll(alice, bob, stuck)
		got := h.Counts()
		if got.Clients != 0 || got.Rooms != 0 || got.SlowConsumers != 1 {
			t.Errorf("%d clients, %d rooms, %d slow consumers, want 0, 0 and 1", got.Clients, got.Rooms, got.SlowConsumers)
		}
	})
}

// wantsCounts compares all but the latency. errors are those that are not 0.
func wantsCounts(t *testing.T, h *hub.Hub, want hub.Counts, errors map[string]uint64) {
	t.Helper()
	got := h.Counts()
	got.Published = hub.Latency{}
	if len(got.Errors) != 8 {
		t.Errorf("%d codes, want 8: %v", len(got.Errors), got.Errors)
	}
	want.Errors = map[string]uint64{}
	for code := range got.Errors {
		want.Errors[code] = errors[code]
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("counts are\n     %+v\nwant %+v", got, want)
	}
}

// What a member has missed is counted as it gets it, however it gets it.
func TestWhatIsResumedCountsAsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		h := hub.New("server-1", plane)
		fill(plane, 250)
		alice := connect(t, h, "alice")
		alice.says(resumeAt(hub.Position{Epoch: epochOf(t, plane), Offset: 10}))
		alice.takes()
		fill(plane, 2)
		if got := h.Counts().Delivered; got != 242 {
			t.Errorf("%d delivered, want 240 that were missed and 2", got)
		}
		alice.Close(errGone)
	})
}

// Somebody else can write to a broker too: members are told that they have lost
// something, at once or when they resume, and that is no message.
func TestWhatIsNoMessageIsNotCountedAsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		alice.takes()
		fill(plane, 1)
		plane.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("garbage")}, func(hub.Position, error) {})
		if got := alice.takes(); len(got) != 2 || !strings.Contains(got[1], `"recovered":false`) {
			t.Errorf("alice heard %s, want a message and a gap", got)
		}
		if got := h.Counts().Delivered; got != 1 {
			t.Errorf("%d delivered, want 1", got)
		}
		bob := connect(t, h, "bob")
		bob.says(resumeAt(hub.Position{Epoch: epochOf(t, plane), Offset: 0}))
		bob.takes()
		if got := h.Counts().Delivered; got != 2 {
			t.Errorf("%d delivered after one more has resumed, want 2", got)
		}
		closeAll(alice, bob)
	})
}

// A room is there from the first join, answered or not.
func TestARoomThatIsBeingJoinedIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", newSlow())
		alice := connect(t, h, "alice")
		go alice.says(joinGeneral)
		synctest.Wait()
		if got := h.Counts().Rooms; got != 1 {
			t.Errorf("%d rooms, want 1", got)
		}
		pass(6 * time.Second)
		if got := h.Counts().Rooms; got != 0 {
			t.Errorf("%d rooms after the join has failed, want 0", got)
		}
		alice.Close(errGone)
	})
}

func TestHowLongPublishingTakesIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		close(plane.open)
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral, hi)
		pass(30 * time.Millisecond)
		close(plane.answer)
		synctest.Wait()
		alice.says(hi)
		synctest.Wait()
		got := h.Counts().Published
		if got.Count != 2 || got.Sum != 30*time.Millisecond {
			t.Errorf("%d publications took %v, want 2 and 30ms", got.Count, got.Sum)
		}
		for i, bound := range hub.LatencyBounds {
			want := uint64(1)
			if bound >= 30*time.Millisecond {
				want = 2
			}
			if got.Within[i] != want {
				t.Errorf("%d took at most %v, want %d", got.Within[i], bound, want)
			}
		}
		alice.Close(errGone)
	})
}

type broker struct{ *hub.Memory }

func (broker) Counts() hub.BrokerCounts { return hub.BrokerCounts{Reconnects: 1, CatchUps: 2, Gaps: 3} }

func TestTheBackplanesOwnCountsAreAmongThem(t *testing.T) {
	want := hub.BrokerCounts{Reconnects: 1, CatchUps: 2, Gaps: 3}
	if got := hub.New("server-1", broker{new(hub.Memory)}).Counts().Broker; got == nil || *got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

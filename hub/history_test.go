package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

func TestHistoryIsWhatMembersHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := hub.NewMemory(hub.Retention{Messages: 20})
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		alice.takes()
		alice.says(slices.Repeat([]string{hiAgain}, 25)...)
		heard := alice.takes()
		epoch := epochOf(t, plane)
		tests := []struct {
			after     hub.Position
			limit     int
			recovered bool
			want      []string
		}{
			{hub.Position{}, 3, true, heard[22:]},
			{hub.Position{}, 1000, true, heard[5:]},
			{hub.Position{Epoch: epoch, Offset: 10}, 3, true, heard[10:13]},
			{hub.Position{Epoch: epoch, Offset: 24}, 3, true, heard[24:]},
			{hub.Position{Epoch: epoch, Offset: 25}, 3, true, nil},
			{hub.Position{Epoch: epoch, Offset: 26}, 3, false, nil},
			{hub.Position{Epoch: epoch, Offset: 4}, 3, false, nil},
			{hub.Position{Epoch: "another", Offset: 10}, 3, false, nil},
		}
		for _, test := range tests {
			got, err := h.History(t.Context(), "general", test.after, test.limit)
			if err != nil {
				t.Fatal(err)
			}
			var messages []string
			for _, m := range got.Messages {
				messages = append(messages, blank(string(m), "sent_at"))
			}
			got.Messages = nil
			if want := (hub.History{Room: "general", Epoch: epoch, Offset: 25, Recovered: test.recovered}); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%d after %v: got %v, want %v", test.limit, test.after, got, want)
			}
			compare(t, messages, test.want)
		}
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

// As JSON it has a list even where there is nothing, and no room is unknown.
// Who asks for a room that nobody has used begins nothing.
func TestTheHistoryOfAnEmptyRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		history, err := h.History(t.Context(), "general", hub.Position{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(history)
		if want := `{"room":"general","epoch":"` + history.Epoch + `","offset":0,"recovered":true,"messages":[]}`; err != nil || history.Epoch == "" || string(got) != want {
			t.Errorf("got %s, error %v, want %s", got, err, want)
		}
		again, err := h.History(t.Context(), "general", hub.Position{Epoch: history.Epoch}, 100)
		if err != nil || again.Recovered {
			t.Errorf("again: %v, error %v, want another epoch", again, err)
		}
	})
}

// What is no message has an offset, and is none.
func TestHistoryPassesOverWhatIsNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		h := hub.New("server-1", plane)
		fill(plane, 1)
		plane.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("hi")}, func(hub.Position, error) {})
		fill(plane, 1)
		got, err := h.History(t.Context(), "general", hub.Position{}, 100)
		if err != nil || got.Offset != 3 || len(got.Messages) != 2 {
			t.Errorf("got %d messages up to %d, error %v, want 2 up to 3", len(got.Messages), got.Offset, err)
		}
		alice := connect(t, h, "alice")
		alice.takes()
		alice.says(resumeAt(hub.Position{Epoch: got.Epoch}))
		alice.wantsGist(t, "joined 3 true", "messages 1-1", "joined 2 false", "messages 3-3")
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

func TestQuestionsWithoutTheBackplaneAreAnsweredAfter5s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", silent{new(hub.Memory)})
		began := time.Now()
		_, err := h.History(t.Context(), "general", hub.Position{}, 1)
		_, err2 := h.Participants(t.Context(), "general")
		for _, err := range []error{err, err2} {
			if problem := (*hub.Problem)(nil); !errors.As(err, &problem) || problem.Code != hub.CodeUnavailable {
				t.Errorf("error %v, want %s", err, hub.CodeUnavailable)
			}
		}
		if got := time.Since(began); got != 10*time.Second {
			t.Errorf("two questions were answered after %v, want 10s", got)
		}
	})
}

// A silent is a backplane that answers no question.
type silent struct{ *hub.Memory }

func (silent) History(ctx context.Context, _ hub.Destination, _ hub.Position, _ int) (hub.Batch, hub.Position, error) {
	<-ctx.Done()
	return hub.Batch{}, hub.Position{}, hub.ErrUnavailable
}

func (silent) Participants(ctx context.Context, _ hub.Destination) ([]string, error) {
	<-ctx.Done()
	return nil, hub.ErrUnavailable
}

// The longest messages are cut to what fits, from the side where a reader goes on
// later: he gets all of them, page by page.
func TestAHistoryIsAtMost1MiBAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		h := hub.New("server-1", plane)
		payload := []byte(`{"from":"alice","text":"` + strings.Repeat(`\u0000`, 4096) + `"}`)
		for range 100 { // 2.4 MB
			plane.Publish(hub.Publication{To: hub.Room("general"), Payload: payload}, func(hub.Position, error) {})
		}
		ask := func(after hub.Position) (first, last uint64) {
			t.Helper()
			page, err := h.History(t.Context(), "general", after, 1000)
			if err != nil || len(page.Messages) == 0 {
				t.Fatalf("after %v: %d messages, %v", after, len(page.Messages), err)
			}
			size := 0
			for _, m := range page.Messages {
				size += len(m)
			}
			if size > 1<<20 || size < 1000_000 {
				t.Errorf("after %v: %d bytes, want what fits into 1 MiB", after, size)
			}
			return offsetOf(t, page.Messages[0]), offsetOf(t, page.Messages[len(page.Messages)-1])
		}
		if first, last := ask(hub.Position{}); last != 100 || first < 50 {
			t.Errorf("the newest are %d to %d, want the last ones", first, last)
		}
		at := hub.Position{Epoch: epochOf(t, plane), Offset: 1}
		for range 2 {
			first, last := ask(at)
			if first != at.Offset+1 {
				t.Errorf("after %d: the first is %d", at.Offset, first)
			}
			at.Offset = last
		}
	})
}

func offsetOf(t *testing.T, message json.RawMessage) (offset uint64) {
	t.Helper()
	var m struct{ Offset uint64 }
	if err := json.Unmarshal(message, &m); err != nil {
		t.Fatal(err)
	}
	return m.Offset
}

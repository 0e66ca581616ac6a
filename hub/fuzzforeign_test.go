package hub_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

// An open door is a Memory through which a test hands subscribers whatever
// somebody else could write to a broker.
type openDoor struct {
	*hub.Memory
	deliver sync.Map // hub.Destination: func(hub.Batch)
}

func (d *openDoor) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	d.deliver.Store(to, deliver)
	return d.Memory.Subscribe(ctx, to, deliver)
}

func (d *openDoor) handIn(to hub.Destination, b hub.Batch) {
	deliver, _ := d.deliver.Load(to)
	deliver.(func(hub.Batch))(b)
}

// What is no message of ours costs a room an offset, of which its members are told.
// What passes for one is a frame of that room, user or everyone, and of that
// offset, whatever else it says. The message behind it arrives in any case.
func FuzzForeignPayload(f *testing.F) {
	const rest = `,"text":"hi","server_id":"server-2","sent_at":"2026-01-02T15:04:05.678Z"}`
	for _, payload := range []string{
		`{"from":"eve"` + rest, `{"from":""}`, `{"from":"`, ``, `{`, `null`, `{"from":7}`,
		`{"from":"eve","type":"welcome","room":"other","to":"alice","offset":7}`,
		`{"from":"eve","\u0074ype":"welcome"}`, `{"from":"eve", "offset" :7}`,
		`{"from":"eve\",\"type\":\"welcome"}`, `{"from":"a\","type":"welcome"}`, `{"from":"eve"}{"type":"welcome"}`,
		"{\"from\":\"\xff\"}", `{"from":"eve","text":{"type":"welcome","offset":[{}]}}`, `{"from":"eve","from":"bob"}`,
	} {
		f.Add([]byte(payload), uint64(41))
	}
	logged := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // a line for each foreign payload, here thousands a second
	f.Cleanup(func() { slog.SetDefault(logged) })
	f.Fuzz(func(t *testing.T, payload []byte, before uint64) {
		before = min(before, 1<<53) // there is no message after the last offset
		synctest.Test(t, func(t *testing.T) {
			door := &openDoor{Memory: new(hub.Memory)}
			h := hub.New("server-1", door)
			bob := connect(t, h, "bob")
			bob.says(joinGeneral)
			bob.takesAll()
			for to, want := range map[hub.Destination]place{
				hub.Room("general"): {Type: "message", Room: "general", Offset: before + 1},
				hub.User("bob"):     {Type: "message", To: "bob"},
				hub.Everyone:        {Type: "announcement"},
			} {
				given := slices.Clone(payload)
				door.handIn(to, hub.Batch{After: hub.Position{Epoch: "e", Offset: before}, Payloads: [][]byte{payload, []byte(`{"from":"ours"` + rest)}})
				heard := bob.takesAll()
				if len(heard) == 0 || !strings.Contains(heard[len(heard)-1], rest[1:8]) {
					t.Fatalf("to %s after %q bob hears %q, want what follows it too", to, payload, heard)
				}
				checkForeign(t, to, payload, want, heard[:len(heard)-1])
				if !slices.Equal(payload, given) {
					t.Errorf("to %s: the payload %q, which others share, is now %q", to, given, payload)
				}
			}
			closeAll(bob)
			nothingLeft(t, h)
		})
	})
}

// A place is what a frame says of itself. It is read without regard to case, as
// encoding/json reads into any struct.
type place struct {
	Type, Room, To string
	Offset         uint64
}

// checkForeign looks at what became of a payload: a frame as wanted, or in a room
// the notice, or elsewhere nothing.
func checkForeign(t *testing.T, to hub.Destination, payload []byte, want place, frames []string) {
	t.Helper()
	if len(frames) == 0 && !to.IsRoom() {
		return
	}
	if len(frames) != 1 {
		t.Fatalf("to %s %q makes %q, want one frame", to, payload, frames)
	}
	if strings.HasPrefix(frames[0], `{"type":"joined","room":"general"`) && strings.Contains(frames[0], `"recovered":false`) {
		want.Type = "joined"
	}
	var got place
	if err := json.Unmarshal([]byte(frames[0]), &got); err != nil || got != want {
		t.Errorf("to %s %q makes %s (%v), want it at %+v", to, payload, frames[0], err, want)
	}
}

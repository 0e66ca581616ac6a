package redisbackplane_test

import (
	"slices"
	"testing"

	"secondserver/hub"
)

// A call that failed can be carried out long after the one that followed it. Whom
// it makes come is not there, and leaves again.
func TestALateCallLeavesNoGhost(t *testing.T) {
	redis, _ := startRedis(t)
	here, there := redis.join(t), redis.join(t)
	room := hub.Room("general")
	for user, b := range map[string]hub.Backplane{"alice": here, "bob": there} {
		leave, err := b.Enter(t.Context(), room, user)
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
	}
	came := make(chan struct{}, 10)
	cancel, err := there.Watch(t.Context(), room, func(changes []hub.Change) {
		if slices.Contains(changes, hub.Change{User: "ghost", Came: true}) {
			came <- struct{}{}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	here.SayLate(room, "ghost")
	<-came
	eventually(t, "without the ghost", func() bool {
		users, err := there.Participants(t.Context(), room)
		slices.Sort(users)
		return err == nil && slices.Equal(users, []string{"alice", "bob"})
	})
}

// Keys are in a database, and so are channels, of which Redis does not see to it.
func TestDatabasesDoNotHearEachOther(t *testing.T) {
	redis, _ := startRedis(t)
	second := redis
	second.url += "/1"
	here, there := redis.join(t), second.join(t)
	_, cancel, err := here.Subscribe(t.Context(), hub.User("bob"), func(hub.Batch) {})
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	if _, err := say(there, hub.User("bob"), "hi"); err == nil {
		t.Error("bob is in the other database, and was found")
	}
	if _, err := say(here, hub.User("bob"), "hi"); err != nil {
		t.Errorf("bob is in this database: %v", err)
	}
}

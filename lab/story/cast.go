package story

import (
	"context"
	"fmt"

	"secondserver/lab/client"
)

// names are of who waits for Alice. The first is on her server; every other is
// alone on a further one, so that with five servers four of them are listened
// to, and one sees that one server more is one more deaf part of the room.
var names = [...]string{"charlie", "bob", "dave", "frank", "ivan", "oscar", "ralph", "ted", "victor", "walter"}

// MaxServers is for how many servers there is somebody to listen.
const MaxServers = len(names)

// A cast is everybody of the message story, connected, and in the room.
type cast struct {
	url       string
	alice     *client.Client
	listeners []*client.Client
}

func gather(ctx context.Context, s setting) (_ *cast, err error) {
	c := &cast{url: s.url}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	anywhere := func(string) bool { return true }
	s.Audience.Doing("connecting alice to " + s.url)
	if c.alice, err = c.enter(ctx, "alice", asInPictures(s.Servers)); err != nil {
		return nil, err
	}
	used := map[string]bool{c.alice.Server: true}
	for i, name := range names[:max(2, s.Servers)] {
		wanted := anywhere
		switch {
		case !s.phase.Balanced(): // one server: one is there by being anywhere
		case i == 0:
			wanted = func(server string) bool { return server == c.alice.Server }
		default:
			wanted = func(server string) bool { return !used[server] }
		}
		s.Audience.Doing(fmt.Sprintf("connecting %s to %s", name, s.url))
		listener, err := c.enter(ctx, name, wanted)
		if err != nil {
			return nil, err
		}
		used[listener.Server] = true
		c.listeners = append(c.listeners, listener)
	}
	return c, nil
}

// enter connects a user to a wanted server, and joins.
func (c *cast) enter(ctx context.Context, name string, wanted func(string) bool) (*client.Client, error) {
	user, err := client.DialOn(ctx, c.url, name, wanted)
	if err != nil {
		return nil, err
	}
	ctx, cancel := answerWithin(ctx)
	defer cancel()
	if _, err := user.Join(ctx, room); err != nil {
		user.Close()
		return nil, err
	}
	return user, nil
}

func (c *cast) close() {
	if c.alice != nil {
		c.alice.Close()
	}
	for _, listener := range c.listeners {
		listener.Close()
	}
}

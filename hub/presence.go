package hub

import "context"

// A membership is one client's place in one room.
type membership struct {
	*audience
	leave func() // takes the user out of the room's participants, if it is his last connection
}

// join makes c a member and its user a participant, and answers. The caller has
// awaited the audience. c is a member from the first, which is answered last: so
// the answer counts its user, and nothing is missed that comes meanwhile.
func (a *audience) join(ctx context.Context, c *Client, req request) (membership, error) {
	a.begin(c)
	leave, err := c.hub.plane.Enter(ctx, a.to, c.user)
	if err != nil {
		a.remove(c)
		return membership{}, err
	}
	if req.resume == nil {
		a.admit(c, req)
	} else if err := a.resume(ctx, c, req); err != nil {
		a.remove(c)
		leave()
		return membership{}, err
	}
	return membership{a, leave}, nil
}

func (a *audience) begin(c *Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members = append(a.members, member{c, &catchingUp{after: a.at}})
}

// admit lets c hear what comes from now on.
func (a *audience) admit(c *Client, req request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.greet(c, req, a.joined(a.at))
	a.member(c).behind = nil
}

// end takes c out of the room.
func (m membership) end(c *Client) {
	m.remove(c)
	m.leave()
	c.hub.exit(m.audience)
}

// answer is for a join of a room that is joined already: nothing changes.
func (m membership) answer(c *Client, req request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.at
	if behind := m.member(c).behind; behind != nil && behind.ahead != nil {
		at = *behind.ahead // what it has seen, its room has not yet
	}
	m.greet(c, req, m.joined(at))
}

// greet answers a join. One who has come by it is told so too; everybody else has
// been. The caller holds mu.
func (a *audience) greet(c *Client, req request, answer joinedFrame) {
	answer.Ref = req.ref
	c.out.offer(encode(answer))
	if m := a.member(c).behind; m != nil && !m.answered {
		m.answered = true
		if m.came {
			c.out.offer(a.presence(Change{c.user, true}))
		}
	}
}

// changed tells every member who came and who left. Those that have not been
// answered yet learn of it by the count in the answer.
func (a *audience) changed(changes []Change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var frames [][]byte
	for _, change := range changes {
		if change.Came {
			a.present++
		} else {
			a.present--
		}
		if len(a.members) > 0 {
			frames = append(frames, a.presence(change))
		}
	}
	for _, m := range a.members {
		if m.behind == nil || m.behind.answered {
			m.client.out.deliver(frames)
			continue
		}
		for _, change := range changes {
			if change.User == m.client.user {
				m.behind.came = change.Came
			}
		}
	}
}

func (a *audience) presence(change Change) []byte {
	event := "leave"
	if change.Came {
		event = "join"
	}
	return encode(presenceFrame{"presence", a.to.name(), event, change.User, a.present})
}

package story

import (
	"fmt"

	"secondserver/lab/stack"
)

// A promise is what a phase promises of a message.
type promise struct {
	phase    stack.Phase
	expected string
	kept     string // what one learns when it is kept
}

func promiseOf(p stack.Phase) promise {
	switch p.Number {
	case 2:
		return promise{p, HeardByOwnServer, "The message never left %s."}
	case 3:
		return promise{p, HeardByAll, "Redis carried it from %s to the others."}
	}
	return promise{p, HeardByAll, "Everybody is on %s."}
}

// reaches says whether what is said on one server should be heard on another.
func (p promise) reaches(listener, sender string) bool {
	return p.expected == HeardByAll || listener == sender
}

// judge completes a result. Every promise that was not kept is a reason; it is as
// expected only if there is none. So a phase 2 that fails for another reason
// than its own, a dead connection, say, does not pass for a broken one.
func (p promise) judge(r *Result) {
	r.Expected = p.expected
	r.Reasons = []string{} // [] in JSON, not null
	alice := r.Users[0]
	for _, u := range r.Users {
		if reason := p.complaint(u, alice); reason != "" {
			r.Reasons = append(r.Reasons, reason)
		}
		if u.Role == Listener && u.Received {
			r.Delivered++
		}
	}
	r.Works = r.Delivered == r.Listeners
	if len(r.Reasons) > 0 {
		r.Verdict = NotAsExpected
		r.Summary = fmt.Sprintf("Phase %d did not do what it promises: %d of %d delivered.", p.phase.Number, r.Delivered, r.Listeners)
		return
	}
	r.Verdict = AsExpected
	r.Summary = fmt.Sprintf("As expected: %d of %d delivered. "+p.kept, r.Delivered, r.Listeners, alice.Server)
}

// complaint is what is wrong with what a user saw, or "".
func (p promise) complaint(u, alice User) string {
	where := u.Name + " on " + u.Server
	switch {
	case u.Role == Sender && !u.Received:
		return fmt.Sprintf("%s got no ack: %s", where, orElse(u.Error, "no answer"))
	case u.Role == Canary && !u.Received:
		return fmt.Sprintf("the canary on %s did not reach %s: his silence proves nothing (%s)",
			u.Server, u.For, orElse(u.Error, "it never came"))
	case u.Role != Listener:
		return ""
	case u.Error != "":
		return fmt.Sprintf("%s stopped hearing: %s", where, u.Error)
	case !p.phase.Balanced() && u.Server != alice.Server:
		return fmt.Sprintf("%s: %s is on %s, so this is not one server", where, alice.Name, alice.Server)
	case !u.Expected && (u.Received || u.Late):
		return fmt.Sprintf("%s heard %s on %s: nothing should have crossed", where, alice.Name, alice.Server)
	case u.Late:
		return fmt.Sprintf("%s heard %s on %s too late, after %v", where, alice.Name, alice.Server, u.Latency())
	case u.Expected && !u.Received:
		return fmt.Sprintf("%s did not hear %s on %s", where, alice.Name, alice.Server)
	}
	return ""
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

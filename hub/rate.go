package hub

import (
	"fmt"
	"time"
)

// overLimit is how long a client may go on being over the limit before it is
// ended: time enough to hear that it should slow down, and to do so.
const overLimit = 10 * time.Second

// A rate is the bound on one client's frames, whatever they are, pings too: a bucket of
// tokens, one a frame, that fills at perSecond and holds two seconds' worth. It is
// for the reading goroutine alone, and has no timer: what has flowed in since the
// last frame is reckoned when the next one comes. A refused frame costs no token,
// so that half of what a client sends at twice the limit is still carried out.
type rate struct {
	perSecond int       // 0: no limit
	tokens    float64   // as of at
	at        time.Time // when the last frame came
	over      time.Time // of the first refusal; zero while the client is within the limit
}

func newRate(perSecond int) rate {
	return rate{perSecond: perSecond, tokens: 2 * float64(perSecond), at: time.Now()}
}

// take tells whether the frame that comes now is within the limit, and if it is
// not, whether the client has been over it for overLimit: so long after the first
// refusal. That one is forgotten once the bucket has filled to a second's worth
// again: by a second of silence, or, say, by two seconds at half the limit. Going
// on at just the limit fills nothing.
func (r *rate) take() (within, tooLong bool) {
	if r.perSecond == 0 {
		return true, false
	}
	now, perSecond := time.Now(), float64(r.perSecond)
	r.tokens = min(r.tokens+now.Sub(r.at).Seconds()*perSecond, 2*perSecond)
	r.at = now
	if r.tokens >= max(perSecond, 2) { // at one a second, one that has flowed in is no rest
		r.over = time.Time{}
	}
	if r.tokens >= 1 {
		r.tokens--
		return true, false
	}
	if r.over.IsZero() {
		r.over = now
	}
	return false, now.Sub(r.over) >= overLimit
}

// Control counts a frame that is none of Handle's, a ping or a pong, and tells
// whether it is within the limit. One over it should not be answered. It is for the
// reading goroutine.
func (c *Client) Control() (within bool) {
	within, tooLong := c.rate.take()
	if !within {
		c.limited(tooLong) // nothing in the protocol would say it of a ping
	}
	return within
}

// limited refuses a frame. One refusal too many is the client's end.
func (c *Client) limited(tooLong bool) *Problem {
	if tooLong {
		c.finish(&CloseError{1008, fmt.Sprintf("rate limit: over %d frames a second for 10 s on end", c.rate.perSecond)})
	}
	return problemf(CodeRateLimited, "not carried out: at most %d frames a second, %d at once", c.rate.perSecond, 2*c.rate.perSecond)
}

package story

import (
	"context"
	"fmt"
	"time"
)

// answerWait bounds the wait for one answer of a server. The protocol gives a join
// 5 s and a message 2 s. There is no limit for a whole story: some ask two hundred
// times in a row, and a network may be slow.
const answerWait = 10 * time.Second

func answerWithin(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, answerWait,
		fmt.Errorf("no answer within %v: a server that hangs, or a very slow network", answerWait))
}

// soon is how long anybody waits for something that should have come already.
func (s *stage) soon() (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(s.ctx, s.Timeout, fmt.Errorf("nothing within %v", s.Timeout))
}

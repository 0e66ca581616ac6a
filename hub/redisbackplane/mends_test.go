package redisbackplane

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// What Redis is asked for good measure mends nothing, whatever it meets.
func TestOnlyReadsAfterABreakCountAsCatchUps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tp, _ := caughtUpTopic(t)
		nothing := history("1", 10, 10)
		wants := func(what string, want uint64) {
			t.Helper()
			if got := tp.counts.catchUps.Load(); got != want {
				t.Errorf("%s: %d are counted, want %d", what, got, want)
			}
		}
		tp.look()
		tp.look() // while the first is under way: needs another
		answer(t, tp, nothing)
		answer(t, tp, nothing)
		wants("looks", 0)
		tp.look()
		tp.catchUp()
		answer(t, tp, nothing)
		wants("a look that may have been too early for the break", 0)
		answer(t, tp, nothing)
		wants("the read after it", 1)
		tp.look()
		answer(t, tp, nothing)
		wants("a look after it", 1)
		tp.catchUp()
		fails := tp.reads.waiting[0]
		tp.reads.waiting = nil
		fails.done(nil, errors.New("no answer"))
		<-time.After(retryMost) // of the bubble: no time passes outside
		synctest.Wait()
		answer(t, tp, nothing)
		wants("one that had to be tried again", 2)
	})
}

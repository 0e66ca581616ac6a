package experiment

import (
	"fmt"
	"strings"
	"time"

	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

// A bench is what an experiment is run on.
type bench struct {
	*rig.Rig
	answer float64 // to what the attendee was asked
}

var phases = stack.Phases

// phase 2 is nothing shared, phase 3 is what this project does.
var nothingShared, withRedis = phases[1], phases[2]

// pick is the first in a full run, the second in a fast one.
func pick[T any](b *bench, full, fast T) T { return rig.Pick(b.Rig, full, fast) }

// Start starts a stack whose servers do not limit what users say: experiments are about
// what they hear.
func (b *bench) Start(p stack.Phase, servers int, env ...string) *stack.Stack {
	return b.Rig.Start(p, servers, append([]string{"RATE_LIMIT=0"}, env...)...)
}

// still waits until a count has not changed for a while.
func (b *bench) still(count func() int) {
	const still = 150 * time.Millisecond // three looks of a table that is polled
	before, since := count(), time.Now()
	b.Until(10*time.Second, "that nothing changes", func() bool {
		if now := count(); now != before {
			before, since = now, time.Now()
		}
		return time.Since(since) > still
	})
}

// errorsLogged counts the lines that servers have logged and that are not of the
// usual course of things.
func errorsLogged(s *stack.Stack) (count int) {
	for _, server := range s.Servers {
		for line := range strings.Lines(server.Log()) {
			if !strings.Contains(line, " INFO ") {
				count++
			}
		}
	}
	return count
}

// claim says what the numbers have to show, with what was seen where they do not.
func claim(holds bool, text, seen string, args ...any) report.Claim {
	if !holds {
		text += "; but " + fmt.Sprintf(seen, args...)
	}
	return report.Claim{Text: text, Holds: holds}
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func milliseconds(ms float64) string { return fmt.Sprintf("%.1f ms", ms) }

func count(n int) string { return fmt.Sprint(n) }

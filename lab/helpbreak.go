package main

import (
	"fmt"
	"strings"

	"secondserver/lab/experiment"
	"secondserver/lab/gameday"
)

const experimentHelp = `Experiment answers one question with a number. It starts the stacks that it
needs, brings a crowd, breaks something, and has the ledger account for every
message. It asks what you think comes out, before it runs; --predict says it, or
skip.

Each has a page with its picture, experiments/NAME.html; of all there is one,
experiments/report.html. When one fails, or at Ctrl-C, the pages show what has
been finished until then; after Ctrl-C without pictures. A document (--docs)
has to have the marks of each table, and changes only when all have run.

Experiments:
%s
  all           all of them, in this order

Exit codes:
  0    the numbers showed what they have to show
  1    they did not: the lines with a cross say what was seen instead
  2    it could not be run, or drawn; the reason is on stderr
  130  interrupted

--json prints one object for each, on a line of its own:
  name, question, engine, seconds
  prediction: asked, unit, said, is, within
  table: columns, rows       as they are shown
  figure: title, x, y, and labels and bars, or lines of points
  claims: text, holds        what the numbers have to show, and whether they do
          timed              true: it depends on how fast the machine is
  proves                     the sentence that the number proves`

const experimentExamples = `  lab experiment instances               1 to 10 servers, with and without Redis
  lab experiment deploy --predict 500    500 deliveries lost, you think
  lab experiment blip --engine host      with the redis-server of this machine
  lab experiment all --out /tmp/report`

const gamedayHelp = `Gameday lets 100 users say 200 messages a second on three servers of phase 3,
breaks one thing after the other meanwhile, and heals it. Users who lose their
connection come back and resume, and what is refused they send again. A ledger
accounts for every message. Each step proves what docs/runbook.md says of it.

Steps, of which one may name some; all if none is named:
%s

Exit codes:
  0    everything was as the runbook says
  1    something was not: the lines with a cross say what was seen
  2    the day could not go on; the reason is on stderr
  130  interrupted

--json prints one object for each step, on a line of its own:
  step, fault, line, engine  what was done; line: of the runbook
  figures: sent, acked       messages
           refused           answers that were errors
           due, lost, doubled             deliveries
           ended             connections of the crowd
           slowest_answer_s  the longest wait for an ack or an error
           flowing_after_s   from the end of the fault until nothing took longer
                             than a second any more
  claims: text, holds        what the runbook promises, and what was seen
          timed              true: it depends on how fast the machine is
  first                      the first message with a defect, if any has one
  fast                       true: the faults were shorter than fault says
  seconds`

const gamedayExamples = `  lab gameday                              a day, of three minutes
  lab gameday cut-off --engine host        one step, on the Redis here
  lab gameday --times 20 --engine host     twenty days in a row`

const soakHelp = `Soak lets users talk on three servers of phase 3, some of whom lose their
connection each second and come back, while guests come to rooms of their own
and go again, and looks every two seconds at what the servers have: memory,
goroutines, open files; and how many keys are in Redis. Nothing of it may be
more in the last quarter of the time than in the third (but for a twentieth, and
a little noise), and nobody may lose a message. When all have gone, so has what
was theirs.

Keys are looked at when half of the time is 3 minutes or more: until then there
are more of them each second. Those that make a message safe to send again,
which are kept for 5 minutes, are not counted.

Exit codes:
  0    nothing grew
  1    something did: the lines with a cross say what
  2    it could not be run; the reason is on stderr
  130  interrupted`

const soakExamples = `  lab soak --engine host             ten minutes, with the Redis of this machine
  lab soak --for 1m --users 100      a quick look, which says less`

// experimentNames lists the experiments, a line or two each.
func experimentNames() string {
	var all []string
	for _, e := range experiment.All {
		all = append(all, listed(e.Name, e.Question, 16))
	}
	return strings.Join(all, "\n")
}

// stepNames lists the steps of a game day in the same way.
func stepNames() string {
	var all []string
	for _, s := range gameday.All {
		all = append(all, listed(s.Name, s.Fault, 19))
	}
	return strings.Join(all, "\n")
}

// listed is a name, and behind a column what it is.
func listed(name, what string, column int) string {
	lines := wrap(what, strings.Repeat(" ", column))
	lines[0] = fmt.Sprintf("  %-*s%s", column-2, name, strings.TrimLeft(lines[0], " "))
	return strings.Join(lines, "\n")
}

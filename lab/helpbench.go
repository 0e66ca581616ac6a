package main

import (
	"strings"

	"secondserver/lab/bench"
)

const benchHelp = `Bench measures what phase 3 costs with everything on (offsets, history, resume,
acks, presence, order, limits), beside a chat server as tutorials have it (lab/
tutorial), by turns and in the same run, as a time is true of one machine at one
moment, and a ratio of many. It needs the redis-server of this machine; nobody
else should need its processors meanwhile.

Benches, of which one may name some; the first three if none is named:
%s

The cost of a delivery is the user and system time of all servers, divided by
the messages that clients have received. Texts have 64 bytes, and two members of
each room speak, on two servers, with so many messages unanswered. A ratio is
that of the medians of all rounds, and of the round where it was least and most.
Where a message is lost, doubled or out of order there is no result.

To see where the time goes, as root, while a bench runs:
  perf top -p $(pgrep -o -f phase3-redis)

Exit codes:
  0    every ratio was reached
  1    one was not: the lines with a cross say which
  2    it could not be measured; the reason is on stderr
  130  interrupted

--json prints one object for each bench, on a line of its own, as lab experiment
has it: name, question, engine, table, figure, claims, proves, seconds.`

const benchExamples = `  lab bench                     the three that compare: about 7 minutes
  lab bench idle --times 1      one of them, roughly
  lab bench all --out bench     curves as well, and a page of all`

// benchNames lists the benches, a line or two each.
func benchNames() string {
	var all []string
	for _, b := range bench.All {
		all = append(all, listed(b.Name, b.Question, 16))
	}
	return strings.Join(all, "\n")
}

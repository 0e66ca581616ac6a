package main

import (
	"fmt"
	"strings"

	"secondserver/lab/story"
)

const demoHelp = `Demo starts each phase and tells a story for each piece of state that a server
keeps in its memory: what becomes of it when there are two servers? Phase 1 is
one server, and all of them work. Phase 2 breaks each in one certain way, which
has to be seen: a canary proves that whoever hears nothing is there. Phase 3
cures all but the last two.

Stories, of which --story plays one:
%s
Phases: 1, 2, 3 (or phase2, phase2-broken); all three if none is named.

Exit codes:
  0    each phase did what it promises (phase 2: failed as promised)
  1    a phase did not
  2    it could not be judged; the reason is on stderr
  130  interrupted
"go run" turns them all into 1. To tell them apart: go build -o bin/ ./lab

--json prints one object for each phase and story, on a line of its own:
  story, phase               what was told, and where
  engine, url                who started the stack; "url" with --url
  expected                   what the phase promises to come out
  verdict                    as_expected | not_as_expected | not_judged
  summary, reasons           the verdict in words; each promise that was broken
  works                      it came out as it does with one server
and of the story message:
  delivered, listeners       how many of how many heard Alice in time
  timeout_ms                 for how long they listened
  users: name, role          role: sender | listener | canary
         server              which server holds the connection
         expected, received  should and did it arrive, in time (sender: the ack)
         latency_ms          after which time; null if it never did
         for, late, error    whom a canary sings for; too late; what went wrong`

const demoExamples = `  lab demo                     all three, with nothing installed but Go
  lab demo 2                   only the broken one
  lab demo --story history     only this story, in all three
  lab demo 2 --instances 5     five servers: four of five listeners are deaf
  lab demo --engine host       with the nginx and redis-server of this machine
  lab demo --url http://localhost:8080     what runs there (make phase2)
  lab demo --json | jq -c '{phase, story, works}'     the whole table`

const upHelp = `Up starts one phase, without Docker, and keeps it up until Ctrl-C, for you to
look around. Every server has a page at /: a bench that plays Alice, Bob and
Charlie, and a chat for several windows. In phase 2 one hears only who is on the
same server, in phase 3 everybody.

It listens on free ports of 127.0.0.1. When it ends, all that was written in its
rooms is gone. It plays and judges nothing; lab demo --url does, on what is up.

Phases: 1, 2, 3 (or phase2, phase2-broken); phase 2 if none is named.

Exit codes:
  0    it was up, and Ctrl-C or SIGTERM ended it
  2    it could not start, or its addresses could not be written; the reason is
       on stderr
  130  interrupted before it was up, or something went wrong as it ended`

const upExamples = `  lab up                       phase 2: two servers, nothing shared
  lab up 3                     the two that share a Redis
  lab up 2 --instances 5       five servers behind the balancer
  lab up 3 --engine host       with the nginx and redis-server of this machine
  lab demo --url http://127.0.0.1:40123    the stories, on what is up there`

// storyHelp lists the stories, a line each.
func storyHelp() string {
	var b strings.Builder
	for _, s := range story.All {
		fmt.Fprintf(&b, "  %-11s%s\n", s.Name, s.About)
	}
	return b.String()
}

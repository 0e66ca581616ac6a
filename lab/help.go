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

const loadHelp = `Load starts a phase, connects a crowd to it, lets it talk, and accounts for
every message and every user who should have it: delivered, lost, doubled,
reordered, in the wrong room, altered, misnumbered, late. Who should have it
follows from acknowledgements and joins; a lost connection is no excuse. Of the
first message that something is wrong with it says who had it, and who had not.

With a rate it is an open loop: messages are due at even intervals, whatever the
server does, and latency counts from when a message was due. What cannot be sent
within 15 s is not, and counts as unanswered. With a window each user sends as
fast as answers come, and says no more where none comes within 10 s.

Who loses a connection comes back after a short, random pause (--come-back):
  resume   asks for what was missed, and sends again what was not answered, for
           up to a minute; and leaves a server that does not answer for 10 s
  rejoin   joins again, as most clients do: what came meanwhile is lost
  away     stays away

Phases: 1, 2, 3 (or phase2, phase2-broken); phase 3 if none is named.

Exit codes:
  0    true: everybody got what was due
  1    false: somebody did not
  2    unknown: nothing wrong was seen, but too little was seen; or it could not
       be loaded, and the reason is on stderr
  130  interrupted

--json prints one object:
  phase, engine, users, rooms, servers     what was loaded; connections of each
  connect_s, talk_s                        seconds
  verdict                                  true | false | unknown
  sent, acked, refused, unanswered         messages
  due, delivered, lost, told, unseen       deliveries to others; told: lost, and
                                           the server said so
  doubled, reordered, wrong_room, altered, misnumbered, late
  echoes_lost, echoes_unseen               senders who did not hear themselves
  heard, deliveries_per_s                  messages heard, own ones included
  latency, answers                         p50_ms, p90_ms, p99_ms, max_ms
  between                                  server to server: due, delivered,
                                           lost
  parts                                    cpu_us_per_delivery, memory_mb
  refusals, ends                           refusals by code; connections that
                                           ended, by cause
  first                                    the first message with a defect`

const loadExamples = `  lab load 2 --users 1000 --instances 3     phase 2: a third arrives
  lab load --users 1000 --instances 3       phase 3: all of it does
  lab load --engine host --window 16        as fast as it goes, on a real Redis
  lab load --url http://localhost:8080      what runs there (make phase2)
  lab load --users 10000 --rooms 100 --direct --rate 100`

const gradeHelp = `Grade connects a small crowd to a chat server that runs, lets some of it speak,
in rooms and to one another, has some leave, and says what became of every
message: lost (and whether on the sender's own server or across servers),
doubled, out of order, in the wrong room, altered, late, refused. It knows
nothing of the server but what comes out of it. Several URLs are several
servers, which users connect to in turn.

It speaks the protocol of this project. --dialect names a text file that says
how to talk to another server, by JSON or text frames over a WebSocket:
  connect  /ws?name={user}
  join     {"do":"join","channel":"{room}"}
  joined   {"did":"join","channel":"{room}"}
  send     {"do":"say","channel":"{room}","body":"{text}","id":"{ref}"}
  ack      {"did":"say","id":"{ref}"}
  message  {"said":"{text}","channel":"{room}","by":"{user}"}
connect, send and message are needed. Names in braces are filled in, and found;
a frame in JSON may have other keys as well. Further words:
  hello    sent first of all                      leave, left   out of a room
  refused  a message that is not taken            tell, told    {to} one user
  server   says {server}, the instance; without it the header X-Server-ID or the
           URL does
  echo     no: senders do not hear themselves
What a server has no word for is not asked of it.

Exit codes:
  0    passes
  1    fails
  2    unknown: too little was seen; or it could not be graded, and the reason
       is on stderr
  130  interrupted`

const gradeExamples = `  lab grade http://localhost:8080                      make phase2, say
  lab grade http://10.0.0.1:8080 http://10.0.0.2:8080  two servers
  lab grade --dialect mine.txt http://localhost:3000`

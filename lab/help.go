package main

const demoHelp = `Demo starts each phase, lets Alice say hello, and shows who hears her. Charlie
is on her server, Bob on another. Phase 1 and 3 reach both. Phase 2 must not
reach Bob, and he must be there: a canary on his own server proves it.

Phases: 1, 2, 3 (or phase2, phase2-broken); all three if none is named.

Exit codes:
  0    each phase did what it promises (phase 2: failed as promised)
  1    a phase did not
  2    it could not be judged; the reason is on stderr
  130  interrupted
"go run" turns them all into 1. To tell them apart: go build -o bin/ ./lab

--json prints one object for each phase, on a line of its own:
  phase, engine, url         what was played; the engine is "url" with --url
  expected                   heard_by_all | heard_by_own_server_only
  verdict                    as_expected | not_as_expected | not_judged
  summary, reasons           the verdict in words; each promise that was broken
  delivered, listeners       how many of how many heard Alice in time
  timeout_ms                 for how long they listened
  users: name, role          role: sender | listener | canary
         server              which server holds the connection
         expected, received  should and did it arrive, in time (sender: the ack)
         latency_ms          after which time; null if it never did
         for, late, error    whom a canary sings for; too late; what went wrong`

const demoExamples = `  lab demo                     all three, with nothing installed but Go
  lab demo 2                   only the broken one
  lab demo 2 --instances 5     five servers: four of five listeners are deaf
  lab demo --engine host       with the nginx and redis-server of this machine
  lab demo --url http://localhost:8080     what runs there (make phase2)
  lab demo --json | jq .verdict`

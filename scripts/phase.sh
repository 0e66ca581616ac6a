#!/usr/bin/env bash
# phase.sh 1|2|3 starts a phase in containers, waits until all of it is healthy, and lets the lab play the phase's story
# through the front door. What works stays up, to be looked at; what does not, or is interrupted, leaves nothing behind.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

phase=$1
file=compose/phase$phase.yml
port=${PORT:-8080}

main() {
  need_docker
  at_exit=leave_nothing
  take_down # another phase may be up, and they share their ports
  need_ports
  scripts/images.sh
  start

  # The exit code is the story's. The stack stays up, whatever the story found.
  local url=http://127.0.0.1:$port status=0
  printf '\n$ go run ./lab demo --url %s\n' "$url"
  scripts/lab.sh demo --url "$url" || status=$?
  at_exit=:
  look_around
  exit "$status"
}

# need_ports says which port is taken, and how to choose another, before compose says it in its own words.
need_ports() {
  need_port PORT 8080
  if [ "$phase" != 1 ]; then
    need_port SERVER_1_PORT 8081
    need_port SERVER_2_PORT 8082
  fi
}

# need_port VARIABLE USUAL ends the script if something listens on the port that VARIABLE, or else the USUAL one, names.
need_port() {
  local port=${!1:-$2}
  if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "Port $port of 127.0.0.1 is taken by another program. To use another: $1=$((port + 1000)) make phase$phase" >&2
    exit 1
  fi
}

# start returns when everything is healthy. Compose waits only for what something else depends on, so the last part,
# which nothing depends on, is waited for here. None is started again: one that has ended will not become healthy.
start() {
  local containers ended waiting deadline=$((SECONDS + 60))
  echo "Starting phase $phase"
  "${compose[@]}" -f "$file" up --detach || fail "it did not start"
  containers=$("${compose[@]}" -f "$file" ps --all --quiet)
  while :; do
    # shellcheck disable=SC2086 # a word for each container
    ended=$(docker inspect --format "$name_if_ended" $containers | xargs)
    if [ -n "$ended" ]; then fail "ended instead of serving: $ended"; fi
    # shellcheck disable=SC2086
    waiting=$(docker inspect --format "$name_unless_healthy" $containers | xargs)
    if [ -z "$waiting" ]; then break; fi
    if ((SECONDS >= deadline)); then fail "not healthy after a minute: $waiting"; fi
    sleep 0.5
  done
  echo "All of it is healthy"
}
service='{{index .Config.Labels "com.docker.compose.service"}}'
name_if_ended="{{if eq .State.Status \"exited\" \"dead\"}}$service{{end}}"
name_unless_healthy="{{if ne .State.Health.Status \"healthy\"}}$service{{end}}"

fail() {
  echo "Phase $phase: $1. What its parts said last:" >&2
  "${compose[@]}" -f "$file" logs --no-color --tail 20 >&2
  exit 1
}

# shellcheck disable=SC2317 # common.sh calls it
leave_nothing() {
  trap '' INT TERM HUP # one Ctrl-C is enough; a second one must not stop this
  take_down
}

look_around() {
  echo
  echo "Phase $phase stays up. Look around:"
  hint "the page" "http://127.0.0.1:$port/"
  hint "who answers" "curl http://127.0.0.1:$port/instance"
  if [ "$phase" != 1 ]; then
    hint "server-1, not through nginx" "curl http://127.0.0.1:${SERVER_1_PORT:-8081}/instance"
    hint "server-2, not through nginx" "curl http://127.0.0.1:${SERVER_2_PORT:-8082}/instance"
  fi
  hint "what each part says" "${compose[*]} -f $file logs -f"
  hint "take it down" "make down"
}

hint() { printf '  %-28s %s\n' "$1" "$2"; }

main

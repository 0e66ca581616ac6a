# shellcheck shell=bash
# Every script here begins with this one, which it sources: strict, in the root of the repository, nothing left behind;
# and the little that several of them do with Docker.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A temporary folder, for the go command too: interrupted while it compiles, go leaves its own behind.
work=$(mktemp -d)
export GOTMPDIR=$work

# A script that has more to do when it ends names a command here.
at_exit=:
trap '$at_exit || true; rm -rf "$work"' EXIT

# On Ctrl-C bash waits for the command that runs, and goes on if that has dealt with it, as docker and go do. Not here.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# need_docker returns if Docker can be used. If not, it ends the script with one line: why, and what works without.
# After it, "${compose[@]}" is Docker Compose in this machine's spelling.
need_docker() {
  local why
  if ! command -v docker >/dev/null; then
    why="it is not installed"
  elif ! why=$(docker version 2>&1 >/dev/null); then
    why=$(tail -n 1 <<<"$why")
  elif docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
    return
  elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
    return
  else
    why="neither \`docker compose\` nor \`docker-compose\` is installed"
  fi
  echo "This needs Docker ($why). \`make demo\` shows the three phases without it." >&2
  exit 1
}

# have_browser tells whether there is a browser that tests can drive. (On a Mac it is no command.)
have_browser() {
  command -v chromium chromium-browser google-chrome >/dev/null || compgen -G '/Applications/*Chrom*.app' >/dev/null
}

# take_down removes whichever phase is there: its containers, network and volume. Phase 3's file names everything that
# any phase has.
take_down() {
  if [ -n "$("${compose[@]}" -f compose/phase3.yml ps --quiet)" ]; then echo "Taking down what is up"; fi
  quietly "${compose[@]}" -f compose/phase3.yml down --volumes --remove-orphans
}

# quietly runs a command whose output matters only if it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || { echo "$output" >&2 && return 1; }
}

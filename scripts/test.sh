#!/usr/bin/env bash
# test.sh runs all tests. Those that this machine cannot run are skipped; the last lines say which, and why. With CI set
# nothing is skipped: what is missing fails.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

# Interrupted tests cannot clear up, but this script can.
export TMPDIR=$work

# The race detector is C inside.
race=-race
if [ -z "${CI:-}" ] && ! command -v "$(go env CC)" >/dev/null; then race=; fi

# Never from go's cache: it cannot know whether Docker, nginx and Redis are still what they were.
# What a test keeps when it fails, a screenshot say, is in .cache/tests.
kept=.cache/tests
rm -rf "$kept" && mkdir -p "$kept"
status=0
# shellcheck disable=SC2086 # empty means no argument
go test $race -count=1 -timeout 20m -artifacts -outputdir "$PWD/$kept" ./... || status=$?
if [ "$status" != 0 ]; then echo "What failing tests have kept is in $kept."; fi

# The tests find out for themselves; this only says it where it is seen.
if [ -z "$race" ]; then echo "Left out: the race detector, as there is no C compiler."; fi
for program in redis-server nginx; do
  command -v "$program" >/dev/null || echo "Left out: tests with a real $program, as it is not installed."
done
have_browser || echo "Left out: the page in a browser, as neither chromium nor google-chrome is installed."
if ! why=$(need_docker 2>&1); then echo "Left out: the stories in containers. $why"; fi
exit "$status"

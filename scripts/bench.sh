#!/usr/bin/env bash
# bench.sh measures what phase 3 costs, beside a chat server as tutorials have it, on the redis-server of this machine:
# TIMES=5 rounds. CURVES=1 measures as well how the cost grows with rooms, connections, instances and users, and makes one
# page of all, bench/report.html. With FAST=1 it is one short round, and means nothing; DOCS=1 puts the tables and the
# pictures, of the curves too, into docs/performance.md. Look at them, then commit them.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

arguments=(bench --times "${TIMES:-5}")
if [ -n "${CURVES:-}${DOCS:-}" ]; then arguments+=(all); fi
if [ -n "${FAST:-}" ]; then arguments+=(--fast); fi
if [ -n "${DOCS:-}" ]; then arguments+=(--docs docs/performance.md); fi
status=0
scripts/lab.sh "${arguments[@]}" || status=$?
if [ -n "${DOCS:-}" ]; then
  mkdir -p docs/pictures/bench
  cp bench/*.svg docs/pictures/bench/
fi
exit "$status"

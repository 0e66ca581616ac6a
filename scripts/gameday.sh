#!/usr/bin/env bash
# gameday.sh breaks phase 3 in every way that docs/runbook.md knows, on the redis-server and the nginx of this machine, or
# with ENGINE=embedded on those inside the lab. STEPS="cut-off redis-slow" takes only these; TIMES=20 goes on for so many
# days; with FAST=1 they are short, and rough; DOCS=1 puts the figures into docs/runbook.md.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

arguments=(gameday --engine "${ENGINE:-host}" --times "${TIMES:-1}")
if [ -n "${FAST:-}" ]; then arguments+=(--fast); fi
if [ -n "${DOCS:-}" ]; then arguments+=(--docs docs/runbook.md); fi
# shellcheck disable=SC2086 # a word for each step
scripts/lab.sh "${arguments[@]}" ${STEPS:-}

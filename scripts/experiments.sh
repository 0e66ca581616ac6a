#!/usr/bin/env bash
# experiments.sh runs all experiments and makes one page of them, experiments/report.html. With FAST=1 in their short
# form, which is rough; with DOCS=1 it puts the tables and the pictures into docs/experiments.md. Look at them, then
# commit them.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

arguments=(experiment all)
if [ -n "${FAST:-}" ]; then arguments+=(--fast); fi
if [ -n "${DOCS:-}" ]; then arguments+=(--docs docs/experiments.md); fi
scripts/lab.sh "${arguments[@]}"
if [ -n "${DOCS:-}" ]; then
  mkdir -p docs/pictures/experiments
  cp experiments/*.svg docs/pictures/experiments/
fi

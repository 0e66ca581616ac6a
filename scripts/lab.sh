#!/usr/bin/env bash
# lab.sh is `go run ./lab`, but leaves no temporary folder if it is interrupted, and exits as the lab does: go run has 1
# for everything that is not 0.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

go build -o "$work/" ./lab
trap : INT TERM HUP # the lab hears it too, and it knows what it means
"$work/lab" "$@"

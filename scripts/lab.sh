#!/usr/bin/env bash
# lab.sh is `go run ./lab`, and leaves no temporary folder if it is interrupted.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

go run ./lab "$@"

#!/usr/bin/env bash
# down.sh takes down whichever phase is up, with its network and volume. The images stay.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

need_docker
take_down

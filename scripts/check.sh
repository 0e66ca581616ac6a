#!/usr/bin/env bash
# check.sh is what every commit passes, beside the tests: format, go vet, staticcheck, and shellcheck for the scripts.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

unformatted=$(gofmt -l .)
if [ -n "$unformatted" ]; then
  echo "Not formatted. To do: gofmt -w ${unformatted//$'\n'/ }" >&2
  exit 1
fi

go vet ./...

# Pinned, as another version would find other things.
go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# The one tool that does not come with Go: optional, except on CI.
if [ -n "${CI:-}" ] || command -v shellcheck >/dev/null; then
  shellcheck --external-sources scripts/*.sh .ci/run
else
  echo "Left out: shellcheck, as it is not installed."
fi

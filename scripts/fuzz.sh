#!/usr/bin/env bash
# fuzz.sh tries what nobody has thought of, on every fuzz target in turn, each for FUZZTIME. What fails is kept beside
# the target, in testdata/fuzz, and `go test` tries it from then on.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

# Only folders that have targets: to list those of all others would build their tests.
folders=$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n 1 dirname | sort -u)
for folder in $folders; do
  listed=$(go test -list '^Fuzz' "./$folder") # on its own, so that a failure ends this
  for target in $listed; do
    if [[ $target != Fuzz* ]]; then continue; fi # go says more than names
    echo "== $folder: $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-30s}" "./$folder"
  done
done

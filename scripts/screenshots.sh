#!/usr/bin/env bash
# screenshots.sh makes the README's pictures anew: the page of phases 2 and 3 in a real browser, and a terminal on which
# `make demo` is played. The latencies are this run's; all else is the same each time. Look at them, then commit them.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

folder=docs/pictures

main() {
  have_browser || {
    echo "This needs Chromium or Chrome: neither chromium nor google-chrome is installed." >&2
    exit 1
  }
  mkdir -p "$folder"
  go run ./tests/screenshots "$folder"
  capture "$folder/demo.svg"
  echo "$folder/demo.svg"
}

# capture FILE plays `make demo` on a terminal of its own and draws what is on it.
capture() {
  # Colours and symbols, whatever this terminal takes. stderr is kept out of the picture: what moves there (progress.go)
  # goes back to the start of the line, which freeze does not know. It does not wait for the last lines either: hence
  # the sleep.
  export LC_ALL=C.UTF-8 TERM=xterm-256color CAPTURE_LOG=$work/log
  unset NO_COLOR
  : >"$CAPTURE_LOG" # there for sure when it is looked at
  # shellcheck disable=SC2016 # for the inner shell
  local play='echo "$ make demo"; scripts/lab.sh demo 2>"$CAPTURE_LOG" && sleep 1'

  # A font is named, not embedded: freeze's own is 360 KB. The names are those of GitHub's code blocks. stdin has to be
  # a device: freeze would draw a pipe's text. Pinned, as another version would draw another picture.
  if ! quietly go run github.com/charmbracelet/freeze@v0.2.2 --config base --execute "sh -c '$play'" \
    --execute.timeout 5m --window --padding 20 --border.radius 8 --font.size 14 --output "$work/demo.svg" \
    --font.family "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace" </dev/null; then
    cat "$CAPTURE_LOG" >&2
    return 1
  fi

  # Freeze leaves bold out. Here only the titles and the command are.
  sed -E 's/(<tspan xml:space="preserve")>(Phase [0-9] |\$ )/\1 font-weight="bold">\2/g' "$work/demo.svg" >"$1"
}

main

#!/usr/bin/env bash
# images.sh gets the images that the compose files run. Redis and nginx: there already, else pulled, else, where no
# registry can be reached, made from Debian packages. The servers: built from this checkout, every time.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

main() {
  need_docker
  get redis "${REDIS_IMAGE:-}" redis:7-alpine
  get nginx "${NGINX_IMAGE:-}" nginx:1.28-alpine
  build_servers
}

# get NAME WANTED USUAL makes sure that the image WANTED, or if that is empty the USUAL one, is on this machine.
get() {
  local image=${2:-$3} origin reason
  printf '%-18s ' "$image"
  origin='{{with .Config.Labels}}{{index . "secondserver.made-from"}}{{end}}'
  if origin=$(docker image inspect --format "$origin" "$image" 2>/dev/null); then
    echo "here already${origin:+, made from $origin}"
    return
  fi
  printf 'pulling ... '
  if pull "$image"; then
    echo "done"
    return
  fi
  reason=$(tail -n 1 "$work/pull")
  if [ "$image" != "$3" ]; then
    # Someone asked for this very image: another one under its name would deceive.
    echo "failed: $reason"
    return 1
  fi
  printf 'not possible (%s), making it from Debian packages ... ' "${reason##*: }"
  scripts/debian-image.sh "$1" "$image"
  echo "done"
}

# pull gives the registry 20 s for its first word, and the download 10 minutes. What docker says is in $work/pull.
pull() {
  local pid limit=20 start=$SECONDS status=0
  : >"$work/pull" # empty for sure when it is looked at
  docker pull "$1" >>"$work/pull" 2>&1 &
  pid=$!
  at_exit="kill $pid" # a background command does not hear Ctrl-C
  while kill -0 "$pid" 2>/dev/null; do
    if [ -s "$work/pull" ]; then limit=600; fi
    if ((SECONDS - start >= limit)); then
      kill "$pid"
      echo "not done within $limit s" >>"$work/pull"
      break
    fi
    sleep 0.2
  done
  at_exit=:
  wait "$pid" || status=$?
  return "$status"
}

build_servers() {
  local image=secondserver:local arch
  printf '%-18s building ... ' "$image"
  # For the machine that the engine runs on, which may be another than this one, or a virtual one inside it.
  arch=$(docker version --format '{{.Server.Arch}}')
  CGO_ENABLED=0 GOOS=linux GOARCH=$arch go build -trimpath -buildvcs=false -o "$work/servers/" \
    ./phase1-single ./phase2-broken ./phase3-redis
  quietly docker build --tag "$image" --file compose/Dockerfile "$work/servers"
  echo "done"
  # Earlier builds have lost their name to this one. The last hour's may be in use, by a test for instance.
  quietly docker image prune --force --filter label=secondserver.image=servers --filter until=1h
}

main

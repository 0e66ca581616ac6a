#!/usr/bin/env bash
# debian-image.sh redis|nginx IMAGE makes a stand-in for the official image, for machines that reach a Debian mirror but
# no image registry. It keeps what people rely on of the original: paths, names and numbers of users, the entrypoint's
# manners, wget and a shell. Packages are unpacked in a temporary folder; nothing is installed on this machine.
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

name=$1 image=$2

for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || {
    echo "$image: cannot be made here, as that takes $tool, which Debian and Ubuntu have." >&2
    echo "Either a registry has to be in reach, or \`docker load\` brings the image from another machine." >&2
    exit 1
  }
done

unpacked=$work/unpacked root=$work/context/root

main() {
  case $name in
    redis) redis_image ;;
    nginx) nginx_image ;;
    *) echo "usage: debian-image.sh redis|nginx IMAGE" >&2 && exit 2 ;;
  esac
}

redis_image() {
  unpack redis-server
  base redis 999 1000
  add_program /usr/bin/redis-server
  add_program /usr/bin/redis-cli
  mkdir "$work/context/data"

  # As in the original: options alone mean redis-server, root becomes the user redis, and as a container's network is
  # closed anyway, strangers may connect unless the arguments say otherwise.
  cat >"$root/usr/bin/docker-entrypoint.sh" <<'EOF'
#!/bin/sh
set -e
case "$1" in -* | *.conf) set -- redis-server "$@" ;; esac
[ "$1" = redis-server ] || exec "$@"
shift
config=
case "$1" in
  -v | --version | -h | --help) exec redis-server "$1" ;;
  '' | -*) ;;
  *) config=$1 && shift ;;
esac
set -- redis-server $config --protected-mode no "$@"
[ "$(id -u)" = 0 ] || exec "$@"
chown -R redis:redis .
shift
exec start-stop-daemon -S -c redis:redis -x /usr/bin/redis-server -- "$@"
EOF
  chmod 755 "$root/usr/bin/docker-entrypoint.sh"

  build redis-server <<'EOF'
FROM scratch
COPY root /
COPY --chown=999:1000 data /data
VOLUME /data
WORKDIR /data
EXPOSE 6379
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["redis-server"]
EOF
}

nginx_image() {
  unpack nginx
  base nginx 101 101
  add_program /usr/sbin/nginx
  mkdir -p "$root"/etc/nginx/conf.d "$root"/var/{cache,lib,log}/nginx "$root/usr/share/nginx/html"
  cp "$unpacked/etc/nginx/mime.types" "$root/etc/nginx/"
  echo "nginx" >"$root/usr/share/nginx/html/index.html"
  ln -s /dev/stdout "$root/var/log/nginx/access.log"
  ln -s /dev/stderr "$root/var/log/nginx/error.log"

  # Debian's nginx was compiled for other folders than the original's.
  cat >"$root/etc/nginx/nginx.conf" <<'EOF'
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
    include mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;
    client_body_temp_path /var/cache/nginx/client_temp;
    proxy_temp_path /var/cache/nginx/proxy_temp;
    fastcgi_temp_path /var/cache/nginx/fastcgi_temp;
    uwsgi_temp_path /var/cache/nginx/uwsgi_temp;
    scgi_temp_path /var/cache/nginx/scgi_temp;
    include conf.d/*.conf;
}
EOF
  echo 'server { listen 80; root /usr/share/nginx/html; }' >"$root/etc/nginx/conf.d/default.conf"

  build nginx <<'EOF'
FROM scratch
COPY root /
EXPOSE 80
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
EOF
}

# unpack fetches a package with all that it depends on and opens them in one folder.
unpack() {
  local fetch=(install --yes --download-only --no-install-recommends "$1" busybox-static)
  mkdir -p "$work"/{debs,lists}/partial "$unpacked"/usr/{bin,sbin,lib,lib64}
  for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$unpacked/$dir"; done
  # The machine's package lists may be missing or out of date: then once more, with new ones.
  apt "${fetch[@]}" || { apt_options+=(-o Dir::State::lists="$work/lists") && apt update && apt "${fetch[@]}"; } || {
    cat "$work/apt.log" >&2
    echo "$image: cannot be made here, as apt-get could not download $1." >&2
    exit 1
  }
  for deb in "$work"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$unpacked"
  done
}

# apt is apt-get for any user, without a trace on the machine. The empty status file makes it believe that nothing is
# installed, so that it fetches the C library too.
apt() {
  : >"$work/status"
  apt-get -qq "${apt_options[@]}" "$@" >>"$work/apt.log" 2>&1
}
apt_options=(
  -o Dir::State::status="$work/status" -o Dir::Cache="$work" -o Dir::Cache::archives="$work/debs"
  -o Debug::NoLocking=true -o APT::Sandbox::User=
)

# base USER UID GID lays out a small system around one user: folders, names, and busybox for the shell and its tools.
base() {
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{dev,etc,proc,root,run,sys,tmp,var}
  chmod 1777 "$root/tmp"
  for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$root/$dir"; done
  ln -s /run "$root/var/run"
  printf '%s\n' "root:x:0:0::/root:/bin/sh" "$1:x:$2:$3::/:/bin/sh" >"$root/etc/passwd"
  printf '%s\n' "root:x:0:" "$1:x:$3:" >"$root/etc/group"
  cp "$unpacked/bin/busybox" "$root/bin/"
  for tool in $("$unpacked/bin/busybox" --list); do
    [ -e "$root/bin/$tool" ] || ln -s busybox "$root/bin/$tool"
  done
}

# add_program copies a program and the libraries that it loads. Its own loader finds them, the unpacked one, so that
# the libraries of this machine do not matter.
add_program() {
  local loader libraries
  loader=$(echo "$unpacked"/usr/lib*/ld-linux*.so.*)
  libraries=$(echo "$unpacked"/usr/lib/*-linux-gnu*)
  libraries=$("$loader" --library-path "$libraries" --list "$unpacked$1" | grep -o "$unpacked/[^ ]*")
  for file in "$unpacked$1" "$loader" $libraries; do
    mkdir -p "$root$(dirname "${file#"$unpacked"}")"
    cp -L "$file" "$root${file#"$unpacked"}"
  done
}

# build PACKAGE makes the image from the tree and the Dockerfile on standard input.
build() {
  local deb
  deb=$(basename "$work/debs/$1"_*.deb)
  cat >"$work/context/Dockerfile" - <(echo "LABEL secondserver.made-from=\"Debian's ${deb//%3a/:}\"")
  quietly docker build --tag "$image" "$work/context"
}

main

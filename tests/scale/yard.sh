# What the scripts beside this one share: where things are, clusters of their own, an end that
# leaves nothing behind. Sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

yard="$(mktemp -d /tmp/auxlog-scale.XXXXXX)"
chmod 755 "$yard"
pids=()

leave() {
  local pid data
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  # What was started as another user is the child of a process that is gone now.
  pkill -KILL -f "$yard/" || true
  for data in "$yard"/*/PG_VERSION; do
    [ -e "$data" ] && as_postgres "$pg/pg_ctl" -D "$(dirname "$data")" -m immediate stop >/dev/null 2>&1 || true
  done
  rm -rf "$yard"
}
trap leave EXIT

need() {
  command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || { echo "please install: apt-get install $2" >&2; exit 1; }
}

pg="$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")"
[ -x "$pg/initdb" ] || { echo "please install: apt-get install postgresql" >&2; exit 1; }

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A directory that the user who runs PostgreSQL may write to.
yard_dir() {
  mkdir "$yard/$1"
  [ "$(id -u)" -ne 0 ] || chown postgres "$yard/$1"
}

# start_cluster NAME PORT [OPTION…]: starts the cluster in $yard/NAME, durable as a real one is.
start_cluster() {
  local name="$1" port="$2" options="-c listen_addresses=127.0.0.1 -c port=$2 -c unix_socket_directories=$yard/run -c max_connections=200" option
  for option in "${@:3}"; do options+=" -c $option"; done
  as_postgres "$pg/pg_ctl" -D "$yard/$name" -o "$options" -l "$yard/$name/server.log" -w start >/dev/null
}

sql() { as_postgres "$pg/psql" -h 127.0.0.1 -p "$1" -U postgres -qtAX -c "$2" "${3:-postgres}"; }

# serve NAME DB: a server with the yard's key; sets $serving to its process and $address to where.
serve() {
  mkdir "$yard/$1"
  [ ! -e "$yard/server.key" ] || cp "$yard/server.key" "$yard/$1/"
  "$auxlog" serve --data-dir "$yard/$1" --db "$2" --listen 127.0.0.1:0 --format json >"$yard/$1/said" 2>"$yard/$1/log" &
  serving=$!
  pids+=("$serving")
  until grep -q listening "$yard/$1/said"; do
    kill -0 "$serving" || { cat "$yard/$1/log" >&2; exit 1; }
    sleep 0.1
  done
  address="$(sed 's/.*"http:\/\/\([^"]*\)".*/\1/' "$yard/$1/said")"
  [ -e "$yard/server.key" ] || cp "$yard/$1/server.key" "$yard/"
}

# The program and the laptops, built once.
build() {
  cargo build --release --quiet
  auxlog="$PWD/${CARGO_TARGET_DIR:-target}/release/auxlog"
  case "${CARGO_TARGET_DIR:-}" in /*) auxlog="$CARGO_TARGET_DIR/release/auxlog" ;; esac
  laptops="$(cargo bench --no-run --message-format=json --quiet -p auxlog-server --bench sync |
    sed -n 's/.*"executable":"\([^"]*sync-[^"]*\)".*/\1/p' | tail -n 1)"
}

headline() {
  echo "$(date -u '+%Y-%m-%d') · $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores ·" \
    "Linux $(uname -r) · $("$auxlog" --version) · $("$pg/postgres" --version)${1:+ · $1}"
}

wait_for() {
  local seconds="$1" what="$2"
  shift 2
  for _ in $(seq $((seconds * 10))); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "$what did not come in $seconds s" >&2
  exit 1
}

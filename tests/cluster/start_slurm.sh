#!/usr/bin/env bash
# Start a one-node Slurm for tests, by hand, as the calling user; stop_slurm.sh DIR stops it.
#   start_slurm.sh DIR     then `source DIR/env.sh`; logs, pid files and state are in DIR
# Needs slurmctld, slurmd, slurm-client and munge.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: start_slurm.sh DIR}"
dir=$(cd "$1" && pwd)
host=$(hostname -s)
cpus=4
memory_mb=16000
trap 'status=$?; [ $status = 0 ] || "$here/stop_slurm.sh" "$dir"' EXIT

if ! getent hosts "$host" >/dev/null; then
  echo "the host name $host does not resolve; add '127.0.0.1 $host' to /etc/hosts" >&2
  exit 1
fi

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
mkdir -p "$dir/state" "$dir/spool" "$dir/bin"
sed -e "s|@DIR@|$dir|g" -e "s|@HOST@|$host|g" -e "s|@USER@|$(id -un)|g" \
  -e "s|@CPUS@|$cpus|g" -e "s|@MEMORY_MB@|$memory_mb|g" \
  -e "s|@CONTROLLER_PORT@|$(free_port)|g" -e "s|@NODE_PORT@|$(free_port)|g" \
  "$here/slurm.conf.in" >"$dir/slurm.conf"
export SLURM_CONF=$dir/slurm.conf

# Inside a job the executor removes SLURM_CONF from the environment of srun, which then finds no configuration in
# /etc/slurm; a wrapper that comes first in PATH gives it back.
printf '#!/bin/sh\nSLURM_CONF=%s exec %s "$@"\n' "$SLURM_CONF" "$(command -v srun)" >"$dir/bin/srun"
chmod +x "$dir/bin/srun"
printf 'export SLURM_CONF=%s PATH=%s:$PATH\n' "$SLURM_CONF" "$dir/bin" >"$dir/env.sh"

(umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
/usr/sbin/munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
  --log-file="$dir/munged.log" --seed-file="$dir/munged.seed"
/usr/sbin/slurmctld -c >"$dir/slurmctld.out" 2>&1
/usr/sbin/slurmd -N "$host" >"$dir/slurmd.out" 2>&1

for _ in $(seq 300); do
  if [ "$(sinfo --noheader --format=%T --partition=main 2>/dev/null)" = idle ]; then
    exit 0
  fi
  sleep 0.2
done
echo "Slurm did not start:" >&2
tail -n 20 "$dir"/slurmctld.log "$dir"/slurmd.log >&2
exit 1

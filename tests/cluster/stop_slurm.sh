#!/usr/bin/env bash
# Cancel the jobs of a Slurm that start_slurm.sh DIR started, then stop its daemons, each by its own pid file.
set -u
dir=$(cd "${1:?usage: stop_slurm.sh DIR}" && pwd)
export SLURM_CONF=$dir/slurm.conf
if [ -s "$dir/slurmctld.pid" ] && timeout 10 scancel --user="$(id -un)"; then
  for _ in $(seq 50); do
    [ -z "$(squeue --noheader 2>/dev/null)" ] && break
    sleep 0.2
  done
fi
for daemon in slurmd slurmctld munged; do
  [ -s "$dir/$daemon.pid" ] || continue
  pid=$(cat "$dir/$daemon.pid")
  kill "$pid" 2>/dev/null || continue
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if kill -0 "$pid" 2>/dev/null; then kill -9 "$pid"; fi
done

#!/bin/bash
# docker-down.sh DIR : ends the daemon that docker-up.sh DIR started, and with its namespaces all of its
# containers, networks and mounts.
set -u
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
D=$(cd "$1" && pwd -P) || exit 1
[ -e "$D/rig" ] || exit 0
read -r P GROUP < "$D/rig"
# The daemon ends its containers' control groups, if it is asked; the kernel ends the rest.
. "$D/env.sh"
for container in $(docker ps --all --quiet 2>/dev/null); do docker rm --force "$container" > /dev/null; done
kill -KILL "$P" 2>/dev/null
for try in $(seq 100); do kill -0 "$P" 2>/dev/null || break; sleep 0.1; done
for try in $(seq 50); do
  find /sys/fs/cgroup -depth -type d \( -name "$GROUP" -o -path "*/$GROUP/*" \) -exec rmdir {} + 2>/dev/null
  [ -z "$(find /sys/fs/cgroup -type d -name "$GROUP" -print -quit)" ] && break
  sleep 0.1
done
rm -rf "$D/data" "$D/exec" "$D/docker.sock" "$D/dockerd.pid" "$D/rig"; echo "down"

#!/bin/bash
# sshd-down.sh DIR : takes away what sshd-up.sh DIR made: its sshd's, what runs in its namespaces, these.
set -u
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
D=$(cd "$1" && pwd -P) || exit 1
[ -e "$D/rig" ] || exit 0
read -r B N < "$D/rig"
for i in $(seq "$N"); do
  for p in $(ip netns pids "$B$i" 2>/dev/null); do kill -KILL "$p" 2>/dev/null; done
  ip netns del "$B$i" 2>/dev/null
  ip link del "$B$i" 2>/dev/null
done
ip link del "$B" 2>/dev/null
rm -f "$D/rig"; echo "down"

#!/bin/bash
# docker-up.sh DIR
# A Docker daemon of its own, with everything under DIR (a short path, not under /run or /etc) and its
# mounts, networks, firewall and processes in namespaces of their own, which end with it. It has one
# image, edgemlsim-node: this machine's Node and the libraries that it needs, nothing else.
# `. DIR/env.sh` makes docker and docker-compose speak to it.
# Needs: apt-get install -y --no-install-recommends docker.io docker-compose iptables iproute2 ; run as root.
# Where the machine does not let it, it stops what it started, says why in its last line and ends with 3.
set -eu
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
HERE=$(cd "$(dirname "$0")" && pwd); mkdir -p "$1"; D=$(cd "$1" && pwd -P)
for program in dockerd docker docker-compose iptables ip unshare; do
  command -v "$program" > /dev/null || { echo "$program is not installed" >&2; exit 1; }
done
GROUP=edgemlsim$$
echo "export DOCKER_HOST=unix://$D/docker.sock" > "$D/env.sh"
echo '{}' > "$D/daemon.json"
# What a daemon writes outside its folders stays in its own namespace too.
unshare --mount --net --pid --fork --kill-child --mount-proc bash -eu -c "
  mount --make-rprivate /
  mount -t tmpfs tmpfs /run
  [ ! -d /etc/docker ] || mount -t tmpfs tmpfs /etc/docker
  ip link set lo up
  exec dockerd --config-file '$D/daemon.json' --data-root '$D/data' --exec-root '$D/exec' \
    --pidfile '$D/dockerd.pid' --host 'unix://$D/docker.sock' --cgroup-parent '/$GROUP' --bridge none" \
  > "$D/dockerd.log" 2>&1 < /dev/null &
P=$!
echo "$P $GROUP" > "$D/rig"
. "$D/env.sh"
give_up() {
  echo "$1: $(grep -v level=info "$D/dockerd.log" | tail -n 1)" >&2
  bash "$HERE/docker-down.sh" "$D" > /dev/null
  exit 3
}
for try in $(seq 150); do
  docker version > /dev/null 2>&1 && break
  kill -0 "$P" 2>/dev/null || give_up "dockerd does not start here"
  sleep 0.1
done
docker version > /dev/null 2>&1 || give_up "dockerd did not answer in 15 s"
mkdir -p "$D/image/tmp"
NODE=$(readlink -f "$(command -v node)")
for file in "$NODE" $(ldd "$NODE" | grep -o '/[^ ]*'); do cp -L --parents "$file" "$D/image"; done
# Where the image's PATH finds it.
[ -e "$D/image/usr/bin/node" ] || { mkdir -p "$D/image/usr/bin"; mv "$D/image$NODE" "$D/image/usr/bin/node"; }
tar -C "$D/image" -c . | docker import - edgemlsim-node > /dev/null
rm -rf "$D/image"
docker run --rm --network none edgemlsim-node node --version > /dev/null 2>> "$D/dockerd.log" \
  || give_up "no container starts here"
echo "up: dockerd, process $P"

#!/bin/bash
# sshd-up.sh DIR NAME COUNT
# COUNT machines in network namespaces NAME1..NAMEn (name: at most 10 letters), each with an sshd that lets
# the key DIR/key in, on a bridge NAME to which this machine belongs as 10.X.Y.254. Everything else is
# under DIR. DIR/ssh_config is for ssh -F; the machines are called NAME1..NAMEn there.
# Needs: apt-get install -y --no-install-recommends openssh-server iproute2 ; run as root.
set -eu
SSHD=$(command -v sshd) || { echo "sshd is not installed" >&2; exit 1; } # it wants its whole path
[ $# = 3 ] || { echo "usage: $0 DIR NAME COUNT" >&2; exit 2; }
mkdir -p "$1"; D=$(cd "$1" && pwd -P); B=$2; N=$3
# Another one may be up at the same time: its addresses differ, most likely.
NET="10.$((RANDOM % 200 + 20)).$((RANDOM % 250))"
chmod 700 "$D"; mkdir -p /run/sshd
echo "$B $N" > "$D/rig"
[ -e "$D/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$D/key"
[ -e "$D/host_key" ] || ssh-keygen -q -t ed25519 -N '' -f "$D/host_key"
cp "$D/key.pub" "$D/authorized_keys"; chmod 600 "$D/authorized_keys"
: > "$D/ssh_config"; : > "$D/known_hosts"
ip link add "$B" type bridge
ip addr add "$NET.254/24" dev "$B"
ip link set "$B" up
for i in $(seq "$N"); do
  ip netns add "$B$i"
  ip link add "$B$i" type veth peer name eth0 netns "$B$i"
  ip link set "$B$i" master "$B" up
  ip -n "$B$i" link set lo up
  ip -n "$B$i" addr add "$NET.$i/24" dev eth0
  ip -n "$B$i" link set eth0 up
  cat > "$D/sshd_config.$i" <<X
ListenAddress $NET.$i:22
HostKey $D/host_key
PidFile $D/sshd.$i.pid
AuthorizedKeysFile $D/authorized_keys
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PermitRootLogin prohibit-password
X
  ip netns exec "$B$i" "$SSHD" -f "$D/sshd_config.$i" -E "$D/sshd.$i.log"
  echo "$NET.$i $(cat "$D/host_key.pub")" >> "$D/known_hosts"
  printf 'Host %s%s\n  HostName %s\n  HostKeyAlias %s\n' "$B" "$i" "$NET.$i" "$NET.$i" >> "$D/ssh_config"
done
cat >> "$D/ssh_config" <<X
Host *
  User root
  IdentityFile $D/key
  IdentitiesOnly yes
  UserKnownHostsFile $D/known_hosts
X
for i in $(seq "$N"); do
  for try in $(seq 100); do
    (exec 3<>"/dev/tcp/$NET.$i/22") 2>/dev/null && break
    sleep 0.1
  done
done
echo "$NET.254" > "$D/address"
echo "up: $N machines ${B}1..$B$N at $NET.1..$N"

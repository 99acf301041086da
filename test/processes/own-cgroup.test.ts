import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ownCgroup } from '#src/processes/own-cgroup.js';
import { temporaryFolder } from '../temporary-folder.ts';

let count = 0;

/** A root of a file system with these files. */
function root(files: Record<string, string>): string {
  const folder = temporaryFolder(`root-${count++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `${text}\n`);
  }
  return folder;
}

// As Linux 6 has them in a container of Docker: docs.kernel.org/admin-guide/cgroup-v2.html.
const group = 'sys/fs/cgroup';
const inContainer = {
  'proc/self/cgroup': '0::/',
  [`${group}/cgroup.procs`]: '1\n7',
  [`${group}/memory.max`]: '256000000',
  [`${group}/memory.peak`]: '81264640',
  [`${group}/cpu.max`]: '80000 100000',
  [`${group}/cpu.stat`]: 'usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000',
};

it('reads the group of a container with limits, of version 2', () => {
  const cgroup = ownCgroup(root(inContainer), 7)!;
  expect([cgroup.cpuS(), cgroup.memoryBytes()]).toEqual([2.5, 81264640]);
});

it('reads that of a service at its path, and knows no peak where the kernel has none', () => {
  const at = `${group}/node.slice/worker:1.service`;
  const { cpuS, memoryBytes } = ownCgroup(
    root({
      'proc/self/cgroup': '0::/node.slice/worker:1.service',
      [`${at}/cgroup.procs`]: '7',
      [`${at}/memory.max`]: 'max',
      [`${at}/cpu.max`]: '50000 100000',
      [`${at}/cpu.stat`]: 'usage_usec 1',
    }),
    7,
  )!;
  expect([cpuS(), memoryBytes()]).toEqual([1e-6, null]);
});

it('reads the groups of version 1, in a container that sees the paths of its host', () => {
  const files = {
    'proc/self/cgroup': '9:name=systemd:/x\n4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n0::/',
    [`${group}/memory/cgroup.procs`]: '7',
    [`${group}/memory/memory.limit_in_bytes`]: '536870912',
    [`${group}/memory/memory.max_usage_in_bytes`]: '90000000',
    [`${group}/cpu/cpu.cfs_quota_us`]: '-1',
    [`${group}/cpuacct/cgroup.procs`]: '7',
    [`${group}/cpuacct/cpuacct.usage`]: '1250000000',
  };
  const { cpuS, memoryBytes } = ownCgroup(root(files), 7)!;
  expect([cpuS(), memoryBytes()]).toEqual([1.25, 90000000]);
  // Without a limit it is 2^63, down to a whole page.
  const unlimited = { ...files, [`${group}/memory/memory.limit_in_bytes`]: '9223372036854771712' };
  expect(ownCgroup(root(unlimited), 7)).toBeNull();
});

it.each([
  ['without limits', { [`${group}/memory.max`]: 'max', [`${group}/cpu.max`]: 'max 100000' }],
  ['that others are in', { [`${group}/cgroup.procs`]: '1\n7\n9' }],
  ['that it is not in', { [`${group}/cgroup.procs`]: '1\n9' }],
])('takes no group %s for its own', (_, other) => {
  expect(ownCgroup(root({ ...inContainer, ...other }), 7)).toBeNull();
});

it('finds none where there are no groups', () => {
  expect(ownCgroup(root({}), 7)).toBeNull();
});

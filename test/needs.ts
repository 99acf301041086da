import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';

/** Programs that Node.js and a POSIX shell do not bring, and Debian's package of each. */
const PACKAGES = {
  awk: 'mawk',
  bash: 'bash',
  cc: 'gcc',
  chromium: 'chromium',
  docker: 'docker.io',
  'docker-compose': 'docker-compose',
  dockerd: 'docker.io',
  find: 'findutils',
  fish: 'fish',
  git: 'git',
  grep: 'grep',
  hostname: 'hostname',
  ip: 'iproute2',
  iptables: 'iptables',
  java: 'default-jre-headless',
  ldd: 'libc-bin',
  mount: 'mount',
  mpirun: 'openmpi-bin',
  munge: 'munge',
  munged: 'munge',
  netconvert: 'sumo',
  python3: 'python3',
  salloc: 'slurm-wlm',
  sbatch: 'slurm-wlm',
  scancel: 'slurm-wlm',
  scontrol: 'slurm-wlm',
  sed: 'sed',
  setsid: 'util-linux',
  sinfo: 'slurm-wlm',
  slurmctld: 'slurm-wlm',
  slurmd: 'slurm-wlm',
  squeue: 'slurm-wlm',
  srun: 'slurm-wlm',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  sshd: 'openssh-server',
  sumo: 'sumo',
  tar: 'tar',
  unshare: 'util-linux',
  xargs: 'findutils',
  zsh: 'zsh',
} as const;

export type Program = keyof typeof PACKAGES;

export interface Needs {
  /** Programs that the test starts, itself or by a script. */
  programs?: readonly Program[];
  /** Other files that have to be there: path, and who brings it. */
  files?: Readonly<Record<string, string>>;
  /** The rights of root. */
  root?: boolean;
  /** The right to make network namespaces with a cable to a bridge; needs the program ip. */
  networks?: boolean;
  /** Anything else: what to install, and whether it is there. */
  others?: Readonly<Record<string, () => boolean>>;
}

/** All places of a program on the PATH, in its order. */
export function pathsOf(program: string): string[] {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .filter(isExecutable);
}

/** Needs of a test that this machine lacks, in words; empty when all of it is there. */
export function lacking({
  programs = [],
  files = {},
  root = false,
  networks = false,
  others = {},
}: Needs): string[] {
  const packages = programs
    .filter((program) => pathsOf(program).length === 0)
    .map((program) => `Debian's ${PACKAGES[program]}`);
  const absent = Object.keys(files).filter((path) => !existsSync(path));
  const words = [...packages, ...absent.map((path) => files[path]!)];
  if (root && process.getuid?.() !== 0) words.push('the rights of root');
  if (networks && !canMakeNetworks()) words.push('the right to make network namespaces');
  for (const [what, isThere] of Object.entries(others)) if (!isThere()) words.push(what);
  return [...new Set(words)];
}

/**
 * `test` where all of it is there, else `test.skip` with what is missing in the title. With
 * EDGEMLSIM_SKIP_NOTHING set the test runs anyway, and fails by itself.
 */
export function testNeeding(needs: Needs): typeof test {
  const missing = lacking(needs);
  if (missing.length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING) return test;
  const needed = ` [needs ${missing.join(', ')}]`;
  const skip = (title: string) => test.skip(title + needed);
  const each = (cases: readonly unknown[]) => (title: string) =>
    test.skip.each(cases)(title + needed, () => {});
  return Object.assign(skip, { each }) as unknown as typeof test;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Tries what the rigs do: a namespace, a bridge, a cable between them. */
function canMakeNetworks(): boolean {
  const name = `emn${process.pid % 10_000_000}`;
  const ip = (...args: string[]) => spawnSync('ip', args, { stdio: 'ignore' }).status === 0;
  const isMade =
    ip('netns', 'add', name) &&
    ip('link', 'add', name, 'type', 'bridge') &&
    ip('link', 'add', `${name}1`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  ip('link', 'del', `${name}1`);
  ip('link', 'del', name);
  ip('netns', 'del', name);
  return isMade;
}

/** Needs of a test that mounts a file system of its own. */
export const mounts: Needs = {
  programs: ['bash', 'mount', 'unshare'],
  others: { 'the right to mount in a user namespace': canMount },
};

function canMount(): boolean {
  const script = 'mount -t tmpfs none /mnt';
  return spawnSync('unshare', ['-rm', 'bash', '-c', script], { stdio: 'ignore' }).status === 0;
}

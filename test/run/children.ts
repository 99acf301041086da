import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deserialize } from 'node:v8';
import { stringify } from 'yaml';
import type { CheckpointHead } from '#src/run/checkpoint-file.js';
import { plainEnvironment } from '../plain-environment.ts';
import { type TinyInput, tinyInput } from '../worlds/tiny-config.ts';
import { freshPath } from './run-folders.ts';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Child {
  process: ChildProcess;
  ended: Promise<Ended>;
}

/** Writes the tiny config, changed, as a file. */
export function configFile(changes: Partial<TinyInput> = {}): string {
  const path = `${freshPath('config')}.yaml`;
  writeFileSync(path, stringify({ ...tinyInput, ...changes }));
  return path;
}

/** The program in a process of its own. With a limit, no file may grow beyond that many KiB. */
export function edgemlsim(
  args: readonly string[],
  { fileLimitKiB }: { fileLimitKiB?: number } = {},
): Child {
  const program = [process.execPath, main, ...args];
  // sh counts in blocks of 512 bytes.
  const limited = `trap '' XFSZ; ulimit -f ${2 * (fileLimitKiB ?? 0)}; exec "$@"`;
  const [file, ...rest] =
    fileLimitKiB === undefined ? program : ['sh', '-c', limited, '-', ...program];
  const child = spawn(file!, rest, { env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, ended };
}

export function isRunning({ process: { exitCode, signalCode } }: Child): boolean {
  return exitCode === null && signalCode === null;
}

/** Whole checkpoints of a run, the oldest first. */
export function checkpointsOf(runDir: string): string[] {
  const folder = join(runDir, 'checkpoints');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.checkpoint'));
  return names.sort().map((name) => join(folder, name));
}

/** Contents of a checkpoint file behind its digest. */
export function checkpointIn(file: string): CheckpointHead {
  return deserialize(readFileSync(file).subarray(32));
}

/** Resolves when it holds, or when the child has ended. */
export async function until(child: Child, holds: () => boolean): Promise<void> {
  while (isRunning(child) && !holds()) await wait(2);
}

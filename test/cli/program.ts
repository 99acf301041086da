import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { plainEnvironment } from '../plain-environment.ts';
import { WarmProgram } from './warm-program.ts';

export const main = resolve('dist/src/cli/main.js');

export interface Outcome {
  code: number | null;
  stdout: string;
  /** Without the lines that say how far a run or a study has come. */
  stderr: string;
}

/** Starts the program away from a terminal. With a limit, no file may grow beyond that many KiB. */
export function start(
  args: string[],
  cwd?: string,
  { fileLimitKiB = 0 } = {},
): ChildProcess & { outcome: Promise<Outcome> } {
  // sh counts in blocks of 512 bytes.
  return startLimited(args, fileLimitKiB === 0 ? null : `-f ${2 * fileLimitKiB}`, cwd);
}

/** Starts the program under a limit: options of the shell's `ulimit`. */
export function startLimited(
  args: string[],
  limit: string | null,
  cwd?: string,
): ChildProcess & { outcome: Promise<Outcome> } {
  const program = [process.execPath, main, ...args];
  const limited = `trap '' XFSZ; ulimit ${limit}; exec "$@"`;
  const [file, ...rest] = limit === null ? program : ['sh', '-c', limited, '-', ...program];
  const child = spawn(file!, rest, {
    cwd,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child
      .on('error', reject)
      .on('close', (code) => resolve({ code, stdout, stderr: besidesProgress(stderr) }));
  });
  return Object.assign(child, { outcome });
}

/** Without the lines that say how far a run or a study has come. */
export function besidesProgress(stderr: string): string {
  return stderr
    .split('\n')
    .filter(
      (line) =>
        !/^(run|study) folder: |^(paused, )?\d+ (%|of \d+ runs done)|^[a-z].* …$/.test(line),
    )
    .join('\n');
}

const warm = new WarmProgram(main);

/** Performs a command in a process that has the program loaded: what it prints, and its exit code. */
export function edgemlsim(...args: string[]): Promise<Outcome> {
  return edgemlsimIn(process.cwd(), ...args);
}

/** As `edgemlsim`, in a folder. */
export async function edgemlsimIn(folder: string, ...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await warm.perform(args, folder);
  return { code, stdout, stderr: besidesProgress(stderr) };
}

/** A folder with a small config in it: a run takes a second. Removed after the test. */
export function folderWithConfig(more = ''): { folder: string; config: string } {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, config: smallConfigIn(folder, more) };
}

/** Writes a small config to a folder: a run takes a second. */
export function smallConfigIn(folder: string, more = ''): string {
  const config = join(folder, 'small.yaml');
  writeFileSync(
    config,
    `name: small
mobility: { trace: ${resolve('sumo-scenarios/crossing/trace.fcd.xml')} }
servers:
  - { id: left, site: { xM: 200, yM: 100 } }
  - { id: right, site: { xM: 280, yM: 100 } }
layers: { edge: { collect: { count: 2 } } }
data: { dataset: { name: synthetic, trainItems: 300, testItems: 200 }, batchSize: 10 }
model: { layers: [64, 10] }
training: { epochs: 2, gradientsPerEpoch: 50 }
${more}`,
  );
  return config;
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutCertificates } from '../src/processes/process-environment.ts';
import { type Figure, median } from './figure.ts';

const TURNS = 7;
const root = new URL('../../', import.meta.url);
const main = fileURLToPath(new URL('dist/src/cli/main.js', root));
const config = fileURLToPath(new URL('test/golden-runs/adagrad.yaml', root));

/** Reports the processor time of all threads, on file descriptor 3. */
const PRELOAD = `import { writeSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeSync(3, String((user + system) / 1000));
  });`;

const REPORTING = ['--import', `data:text/javascript,${encodeURIComponent(PRELOAD)}`];

/** The same, of a process that loads nothing. */
const EMPTY = `const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(3, String((user + system) / 1000));`;

/** Processor time of whole processes whose work is next to nothing, against an empty one; in turns. */
export function benchShortCommands(): Figure[] {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  const commands: Record<string, (turn: number) => string[]> = {
    'run of one round': (turn) => [
      ...[main, 'run', config, 'training.maximumRounds=1'],
      ...['--out', join(dir, String(turn))],
    ],
    validate: () => [main, 'validate', config],
    list: () => [main, 'list'],
  };
  try {
    const empty: number[] = [];
    const ms = Object.keys(commands).map((): number[] => []);
    for (let turn = 0; turn < TURNS; turn += 1) {
      empty.push(processorMs(['-e', EMPTY], []));
      for (const [i, args] of Object.values(commands).entries()) {
        ms[i]!.push(processorMs(args(turn)));
      }
    }
    return Object.keys(commands).map((name, i) => ({
      name: `${name}, whole process`,
      value: median(ms[i]!),
      unit: 'ms of processor time',
      reference: `an empty node process ${median(empty).toFixed(0)} ms`,
      ratio: median(ms[i]!.map((each, turn) => each / empty[turn]!)),
    }));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function processorMs(args: readonly string[], preload = REPORTING): number {
  const { status, stderr, output } = spawnSync(process.execPath, [...preload, ...args], {
    encoding: 'utf8',
    env: withoutCertificates(process.env),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  return Number(output[3]);
}

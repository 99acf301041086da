import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure } from './figure.ts';

const RUNS = 200;
const LONGER_RUNS = 50;
/** How much longer those are. */
const FACTOR = 4;
const JOBS = 2;
const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A study of many short runs on two cores: the share of both that is busy, and what a run takes beside itself. The
 * latter from a second study whose runs are longer: of T = o + r and T' = o + 4 r the o.
 */
export async function benchShortRuns(): Promise<Figure[]> {
  const short = await studyOf(RUNS, 1);
  const longer = await studyOf(LONGER_RUNS, FACTOR);
  const shortS = short.cpuS / RUNS;
  const longerS = longer.cpuS / LONGER_RUNS;
  const besideS = (FACTOR * shortS - longerS) / (FACTOR - 1);
  return [
    {
      name: `${RUNS} short runs, busy share of ${JOBS} cores`,
      value: (100 * short.cpuS) / (JOBS * short.wallS),
      unit: '%',
      reference: `${short.cpuS.toFixed(0)} s of processor time in ${short.wallS.toFixed(0)} s`,
      target: 'at least 90 %, on a machine that does nothing else',
      note: `${availableParallelism()} cores here`,
    },
    {
      name: 'short run, processor time beside the run itself',
      value: besideS,
      unit: 's',
      reference: `${shortS.toFixed(2)} s in all, ${longerS.toFixed(2)} s for one ${FACTOR} times as long`,
      target: 'at most 0.3 s',
    },
  ];
}

/** Seconds that a study of that many runs takes: of processor time, all its processes together, and of the clock. */
async function studyOf(runs: number, epochs: number): Promise<{ cpuS: number; wallS: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const program = [process.execPath, join(root, 'dist/src/cli/main.js'), 'study'];
    const study = [join(root, 'configs/quick.yaml'), `training.epochs=${epochs}`];
    const options = ['--seeds', String(runs), '--jobs', String(JOBS), '--out', join(dir, 'out')];
    const startMs = performance.now();
    // What a shell says of the processes that it has waited for, and of theirs.
    const { stdout } = await promisify(execFile)('sh', [
      ...['-c', '"$@" > /dev/null 2>&1; times', 'sh'],
      ...[...program, ...study, ...options],
    ]);
    return { cpuS: childrenS(stdout), wallS: (performance.now() - startMs) / 1000 };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Of `times`, whose second line is the children's: `1m2.5s 0m0.25s`, user and system. */
function childrenS(times: string): number {
  const children = times.trim().split('\n')[1] ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}

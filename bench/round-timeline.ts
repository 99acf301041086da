import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { type Figure, median } from './figure.ts';
import { inFolder } from './live.ts';
import { type NotedRun, roundsOf, SHARES, type Shares, sharesOf } from './round-shares.ts';
import { roundPicture } from './round-timeline-picture.ts';
import { mainJob } from './whole-run.ts';

/** Of the run; the compiler takes its time in the first of them, which are left out. */
const ROUNDS = 400;
const WARM_UPS = 150;
const PICTURE = fileURLToPath(new URL('../round-timeline.svg', import.meta.url));
const MOST_BYTES = 2 ** 28;

/**
 * The main job (synchronous, mean, no faults, evaluation left out) on two threads: what each of them
 * does in a round. Draws the median round: dist/round-timeline.svg.
 */
export function benchRoundTimeline(): Promise<Figure[]> {
  return inFolder(async (dir) => {
    const rounds = roundsOf(await notedRun(dir)).slice(WARM_UPS);
    const lengths = rounds.map(({ fromMs, toMs }) => toMs - fromMs);
    const ordered = rounds.toSorted((a, b) => a.toMs - a.fromMs - (b.toMs - b.fromMs));
    const middle = ordered[ordered.length >> 1]!;
    const gradients = middle.threads.flat().filter(({ kind }) => kind === 'gradient').length;
    const title = `A synchronous round of ${gradients} gradients on two threads`;
    const subtitle = `the median of ${rounds.length} rounds: each task where and when it ran`;
    writeFileSync(PICTURE, roundPicture(middle, title, subtitle));
    const ofRounds = rounds.map(sharesOf);
    const ofMiddle = sharesOf(middle);
    const busyMs = rounds.map(({ main }) =>
      main.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0),
    );
    const tasks = rounds.flatMap(({ threads }) => threads.flat());
    return [
      {
        name: `a round of ${gradients} gradients on 2 threads`,
        value: median(lengths),
        unit: 'ms',
        reference: `its gradients, one after another on both threads: ${(ofMiddle.gradients / 2).toFixed(2)}`,
        ratio: (2 * median(lengths)) / ofMiddle.gradients,
        note: `drawn in dist/round-timeline.svg; the way of a result to the main thread ${median(
          tasks.map(({ toMs, receivedMs }) => receivedMs - toMs),
        ).toFixed(2)} ms`,
      },
      ...Object.entries(SHARES).map(([share, words]) => ({
        name: `time of both threads: ${words}`,
        value: percent(ofRounds, share as keyof Shares),
        unit: '%',
        note: `in the median round ${percent([ofMiddle], share as keyof Shares).toFixed(1)} %`,
      })),
      {
        name: 'the main thread, in a round',
        value: median(busyMs),
        unit: 'ms',
        note: 'busy with results, events and tasks',
      },
    ];
  });
}

function percent(rounds: readonly Shares[], share: keyof Shares): number {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const all = sum(rounds.map((shares) => sum(Object.values(shares))));
  return (100 * sum(rounds.map((shares) => shares[share]))) / all;
}

async function notedRun(dir: string): Promise<NotedRun> {
  const config = await mainJob(`training.maximumRounds=${ROUNDS}`);
  const file = join(dir, 'run.yaml');
  writeFileSync(file, stringify(config));
  const script = fileURLToPath(new URL('./round-timeline-run.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, file, join(dir, 'run')], {
    maxBuffer: MOST_BYTES,
  });
  return JSON.parse(stdout);
}

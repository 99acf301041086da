import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { JournalLine, SimulatedLine } from '#src/journal/events.js';
import { only } from '../worlds/only.ts';
import { expectConserved } from '../worlds/tree-laws.ts';
import { allGone, LiveRunUnderTest, summaryOf } from './live-run.ts';

/** Goes on for as long as the test needs it. */
const text = `name: tree
tree: [1, 2, 4]
mobility: { model: static }
rounds: { mode: hierarchical }
windows: { everyS: 2, count: 100000 }
sensors: { count: 4, itemsPerS: 5 }
data: { dataset: { name: synthetic, trainItems: 300, testItems: 200 }, batchSize: 10 }
model: { layers: [64, 10] }
training: { learningRate: 0.1 }
checkpoints: { everyRounds: 4 }
live: { speed: 20 }
`;

/** Whole lines of the journal so far. */
function linesOf({ runDir }: LiveRunUnderTest): JournalLine[] {
  const whole = readFileSync(join(runDir, 'journal.jsonl'), 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as JournalLine);
}

function simulatedOf(run: LiveRunUnderTest): SimulatedLine[] {
  return linesOf(run).filter((line): line is SimulatedLine => 'n' in line);
}

/** Resolves when every process has trained or merged since. */
async function learnsOn(run: LiveRunUnderTest): Promise<void> {
  const before = simulatedOf(run).length;
  const wanted = ['cloud', 'edge-1', 'edge-2', 'worker-1', 'worker-2', 'worker-3', 'worker-4'];
  for (;;) {
    const lines = simulatedOf(run).slice(before);
    const seen = new Set([
      ...only(lines, 'updated').map(({ server }) => server),
      ...only(lines, 'window-trained').map(({ worker }) => worker),
    ]);
    if (wanted.every((node) => seen.has(node))) return;
    await wait(100);
  }
}

it('a live tree goes on when a worker, an inner server, the root and the coordinator are killed with -9', async () => {
  const run = new LiveRunUnderTest([], { text });
  const all = (await run.underWay()).processes;
  for (const role of ['workers', 'server', 'cloud']) {
    const victim = all.find((each) => each.role === role)!;
    process.kill(victim.pid, 'SIGKILL');
    all.push(...(await run.replaced(victim)).processes);
    await learnsOn(run);
  }
  while (!linesOf(run).some((line) => 'host' in line && line.type === 'checkpoint')) await wait(50);
  run.child.kill('SIGKILL');
  await run.child.outcome;
  await allGone(all);
  run.resume();
  const { processes } = await run.underWay();
  await learnsOn(run);
  await run.control('stop');
  const outcome = await run.child.outcome;
  expect(summaryOf(outcome)).toMatchObject({ status: 'stopped', ended: 'stopped' });
  await run.expectConservation();
  const lines = simulatedOf(run);
  const { servers } = only(lines, 'run-started')[0]!;
  const composition = { settings: { servers, hierarchy: { relays: new Set() } } } as never;
  expectConserved({ lines, composition });
  await allGone(processes);
}, 240_000);

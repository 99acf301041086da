import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { activitiesBetween } from '#src/live-page/server/activities-between.js';
import { JournalIndex } from '#src/live-page/server/journal-index.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { busyRun, writeJournal } from './made-journal.ts';

const nothing = () => {};

async function indexOf(events: readonly [timeUs: number, SimulatedEvent][]): Promise<JournalIndex> {
  const file = join(temporaryFolder('activities'), 'journal.jsonl');
  writeJournal(file, events);
  const index = new JournalIndex(file, nothing, nothing, { segmentBytes: 2000, mostSegments: 16 });
  await index.refresh();
  return index;
}

const way = { from: 'worker-0', to: 'north', what: 'gradient', number: 0 };
const transfer: [timeUs: number, SimulatedEvent][] = [
  [400_000, { type: 'transfer-started', ...way, bytes: 40 }],
  [450_000, { type: 'transfer-ended', ...way, outcome: 'arrived' }],
];

it('has what each node did and when that changed', async () => {
  const index = await indexOf([...busyRun(1), ...transfer].sort(([a], [b]) => a - b));
  const { nodes, toUs, aggregations } = await activitiesBetween(index, 0, 2e6);
  expect(nodes['worker-0']).toEqual({
    timesUs: [0, 400_000, 450_000, 600_000, 700_000],
    what: ['computing', 'sending', 'waiting', 'out-of-range', 'absent'],
  });
  expect(aggregations).toEqual([{ server: 'north', result: 0, timeUs: 500_000, exceeded: false }]);
  // The journal ends there.
  expect(toUs).toBe(800_000);
  await index.close();
});

it('begins with what nodes do at its first moment, and takes none of it twice', async () => {
  const index = await indexOf([...busyRun(40), ...transfer].sort(([a], [b]) => a - b));
  const whole = await activitiesBetween(index, 0, 40e6);
  for (const fromUs of [425_000, 20_300_000]) {
    const part = await activitiesBetween(index, fromUs, fromUs + 5e6);
    for (const [id, { timesUs, what }] of Object.entries(part.nodes)) {
      const all = whole.nodes[id]!;
      const at = (timeUs: number) =>
        all.what[all.timesUs.findLastIndex((each) => each <= timeUs)] ?? 'absent';
      for (const [place, timeUs] of timesUs.entries()) expect(what[place]).toBe(at(timeUs));
    }
  }
  await index.close();
});

it('answers up to the last line that it may read, and leaves the state of the index alone', async () => {
  const index = await indexOf(busyRun(40));
  const before = structuredClone(index.head);
  const { toUs } = await activitiesBetween(index, 0, 40e6, 25);
  // The five of the first moment are in the state; 25 more end with the ninth of the third second's ten.
  expect(toUs).toBe(2_700_000);
  await activitiesBetween(index, 39_900_000, 50e6);
  expect(index.head).toEqual(before);
  await index.close();
});

import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { readJournal } from '#src/journal/reader.js';
import { JournalIndex } from '#src/live-page/server/journal-index.js';
import { applyLine, emptyState } from '#src/live-page/shared/run-state.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { busyRun, writeJournal } from './made-journal.ts';

const small = { segmentBytes: 2000, mostSegments: 16 };
const nothing = () => {};

async function indexed(rounds: number) {
  const file = join(temporaryFolder('journal-index'), 'journal.jsonl');
  const lines = writeJournal(file, busyRun(rounds));
  const events = lines.slice(1).map((line) => JSON.parse(line) as SimulatedLine);
  const index = new JournalIndex(file, nothing, nothing, small);
  await index.refresh();
  return { file, lines, events, index };
}

function messageOf(reading: Promise<unknown>): Promise<string> {
  return reading.then(
    () => '',
    (error: Error) => error.message,
  );
}

it('finds the state of any moment, in a bounded number of kept states', async () => {
  const { events, index } = await indexed(120);
  expect(index.segments).toBeLessThanOrEqual(16);
  const states = [emptyState()];
  for (const line of events) {
    const state = structuredClone(states.at(-1)!);
    applyLine(state, line);
    states.push(state);
  }
  for (let before = 0; before <= events.length; before += 37) {
    expect(await index.stateAt({ before })).toEqual(states[before]);
  }
  for (const timeUs of [0, 499_999, 500_000, 60_650_000, 119_800_000, 1e12]) {
    const last = events.filter((line) => line.timeUs <= timeUs).length;
    expect(await index.stateAt({ timeUs })).toEqual(states[last]);
  }
  await index.close();
});

it('keeps the states of many workers at longer intervals than those of few', async () => {
  const [start, ...others] = busyRun(60);
  const crowd = Array.from({ length: 200 }, (_, each) => {
    const event = { type: 'enter-map', worker: `still-${each}`, entity: `cart-${each}` } as const;
    return [0, { ...event, kind: 'car' }] as (typeof others)[number];
  });
  const segmentsOf = async (events: typeof others) => {
    const file = join(temporaryFolder('journal-index'), 'journal.jsonl');
    writeJournal(file, events);
    const bounds = { segmentBytes: 500, mostSegments: 512 };
    const index = new JournalIndex(file, nothing, nothing, bounds);
    await index.refresh();
    await index.close();
    return index.segments;
  };
  const few = await segmentsOf([start!, ...others]);
  expect(await segmentsOf([start!, ...crowd, ...others])).toBeLessThan(few);
});

it('reads a journal that grows, and waits for the rest of a torn line', async () => {
  const { file, events, index } = await indexed(3);
  const { next } = index.head;
  const line = JSON.stringify({
    n: next,
    timeUs: 9e6,
    type: 'round-ended',
    server: 'cloud',
    round: 9,
  });
  appendFileSync(file, line.slice(0, 20));
  await index.refresh();
  expect(index.head.next).toBe(events.length);
  appendFileSync(file, `${line.slice(20)}\n`);
  await index.refresh();
  expect(index.head.next).toBe(events.length + 1);
  expect(index.head.timeUs).toBe(9e6);
  await index.close();
});

it('gives the lines from an event on as they are in the file', async () => {
  const { file, lines, index } = await indexed(40);
  // The page needs no host lines.
  appendFileSync(
    file,
    `${JSON.stringify({ host: 1, wallTimeS: 5, type: 'stopped', reason: 'until' })}\n`,
  );
  const more = { n: index.head.next, timeUs: 1e9, type: 'round-ended', server: 'cloud', round: 1 };
  appendFileSync(file, `${JSON.stringify(more)}\n`);
  await index.refresh();
  const read: string[] = [];
  for (let from = 0; from < index.head.next; ) {
    const texts = await index.lines(from, 33);
    read.push(texts.json().toString());
    from = texts.next;
  }
  expect(read.join()).toBe([...lines.slice(1), JSON.stringify(more)].join());
  expect((await index.lines(index.head.next, 33)).json().toString()).toBe('');
  await index.close();
});

it('finds the next event of a kind, and the one before', async () => {
  const { events, index } = await indexed(50);
  const all = events.filter((line) => line.type === 'aggregated' && line.exceeded);
  expect(all).toHaveLength(5);
  const forwards: number[] = [];
  for (let from = 0; ; ) {
    const found = await index.find('exceeded', from, false);
    if (found === null) break;
    forwards.push(found.n);
    from = found.n + 1;
  }
  expect(forwards).toEqual(all.map(({ n }) => n));
  expect(await index.find('exceeded', all[2]!.n, true)).toEqual(all[1]);
  expect(await index.find('crash', 0, false)).toBe(null);
  await index.close();
});

it('gives events before a moment, the newest first, a page at a time', async () => {
  const { events, index } = await indexed(50);
  const isWanted = (line: SimulatedLine) => line.type === 'aggregated';
  const wanted = events.filter(isWanted).reverse();
  const found: SimulatedLine[] = [];
  let before: number | null = index.head.next;
  while (before !== null) {
    const page: { lines: SimulatedLine[]; next: number | null } = await index.linesBefore(
      ...([before, 7, isWanted, 'aggregation'] as const),
    );
    found.push(...page.lines);
    before = page.next;
  }
  expect(found).toEqual(wanted);
  await index.close();
});

it('begins again where a resumed run has gone back to a checkpoint', async () => {
  const { file, index } = await indexed(20);
  const kept = readFileSync(file, 'utf8').split('\n').slice(0, 31).join('\n').length + 1;
  truncateSync(file, kept);
  appendFileSync(file, `${JSON.stringify({ host: 1, wallTimeS: 5, type: 'resumed' })}\n`);
  await index.refresh();
  expect(index.rereads).toBe(1);
  expect(index.head.next).toBe(30);
  await index.close();
});

it('names file and line of a journal that is damaged or of another version, as every reader does', async () => {
  const file = join(temporaryFolder('journal-index'), 'journal.jsonl');
  const lines = writeJournal(file, busyRun(2));
  const messageFor = async (text: string) => {
    writeFileSync(file, text);
    const index = new JournalIndex(file);
    // A line may be broken for a moment, while a run is being resumed.
    const looks = async () => {
      for (let look = 0; look <= 10; look += 1) await index.refresh();
    };
    const read = readJournal(file, nothing);
    const [own, reader] = await Promise.all([looks(), read].map(messageOf));
    await index.close();
    expect(own).toBe(reader);
    return own;
  };
  expect(await messageFor(`${lines[0]!.replace('"format":1', '"format":7')}\n`)).toMatch(
    /journal\.jsonl:1.*a journal of format 7[\s\S]*expected an event started of format 1/,
  );
  expect(await messageFor(`${[...lines.slice(0, 3), '{"n":2,', ''].join('\n')}\n`)).toMatch(
    /journal\.jsonl:4.*not a JSON value/,
  );
  expect(await messageFor(`${[...lines.slice(0, 3), ...lines.slice(4)].join('\n')}\n`)).toMatch(
    /journal\.jsonl:4.*event 3 where event 2 was expected/,
  );
  const wrong = lines[3]!.replace(/"type":"[^"]*"/, '"type":"unheard-of"');
  expect(await messageFor(`${[...lines.slice(0, 3), wrong].join('\n')}\n`)).toMatch(
    /journal\.jsonl:4.*unheard-of/,
  );
  expect(await messageFor(`${lines.slice(0, 3).join('\n')}\n{"n":2,`)).toBe('');
});

import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { timelineSvg } from '#src/report/timeline/timeline.js';
import { readTimelineFacts } from '#src/report/timeline/timeline-facts.js';
import { lanesOf } from '#src/report/timeline/timeline-lanes.js';
import { HandMadeJournal, staleResults, tenSeconds } from '../hand-made-journal.ts';

async function factsOf(journal: HandMadeJournal, fromS: number, toS: number) {
  const window = { fromUs: fromS * 1e6, toUs: toS * 1e6 };
  return readTimelineFacts(join(await journal.save(), 'journal.jsonl'), window);
}

const inSeconds = ({ fromUs, toUs }: { fromUs: number; toUs: number }) => [
  fromUs / 1e6,
  toUs / 1e6,
];

const whole = await factsOf(tenSeconds(), 0, 10);

test('a gradient lasts until its worker began another, or until its end', () => {
  const spans = whole.gradients.map((span) => [span.gradient, ...inSeconds(span), span.reason]);
  expect(spans).toEqual([
    [1, 0, 3, null],
    [2, 2, 3, null], // aggregated at 3 s, although w2 begins another at 4 s only
    [3, 3, 4, 'left-range'],
    [4, 4, 5, null],
    [5, 4, 5, 'late'],
    [6, 6, 7, null],
    [7, 9, 10, null],
  ]);
  expect(whole.gradients.map(({ outcome }) => outcome)).toEqual([
    'aggregated',
    'aggregated',
    'dropped',
    'aggregated',
    'dropped',
    'lost',
    'in-flight',
  ]);
});

test('a result lasts from its aggregation until the server above used or lost it', () => {
  expect(whole.results.map((span) => [span.server, ...inSeconds(span), span.outcome])).toEqual([
    ['a', 3, 5, 'aggregated'],
    ['b', 5, 5, 'aggregated'],
    ['a', 8, 9, 'lost'],
  ]);
});

test('a result is as old as its oldest gradient', async () => {
  const { results, gradients } = await factsOf(staleResults(), 0, 8);
  // Aggregated by servers on version 9, with gradients 0 and 1, 2, and 5 versions behind.
  expect(results.map(({ version, staleness }) => [version, staleness])).toEqual([
    [8, 1],
    [7, 1],
    [4, 7],
  ]);
  expect(gradients.map(({ staleness }) => staleness)).toEqual([0, 1, 2, 5]);
});

test('a window has only what falls into it, cut at its end', async () => {
  const facts = await factsOf(tenSeconds(), 6.5, 8.5);
  expect(facts.gradients.map(({ gradient }) => gradient)).toEqual([6]);
  expect(facts.results.map((span) => [...inSeconds(span), span.outcome])).toEqual([[8, 8.5, null]]);
  expect(facts.updates).toEqual([]);
  expect(facts.presences.map((span) => [span.worker, ...inSeconds(span)])).toEqual([
    ['w2', 2, 8.5],
    ['w1', 4, 8],
  ]);
});

test('the cloud is held back until it updates', async () => {
  const journal = new HandMadeJournal().start();
  const round = { server: 'cloud', round: 3, version: 2, slowest: 1, workers: ['w1'] };
  journal.at(4, { type: 'held-back', ...round });
  journal.at(6, {
    type: 'updated',
    server: 'cloud',
    round: 3,
    version: 3,
    gradients: 9,
    learningRate: 1,
  });
  const none = { server: 'a', round: 4, vectors: 1, needed: 2, policy: 'skip' } as const;
  journal.at(7, { type: 'no-result', ...none });
  const { heldBack, withoutResult, updates } = await factsOf(journal, 0, 10);
  expect(heldBack.map(inSeconds)).toEqual([[4, 6]]);
  expect(withoutResult).toEqual([{ server: 'a', timeUs: 7e6 }]);
  expect(updates).toEqual([{ server: 'cloud', version: 3, timeUs: 6e6 }]);
});

test('a node is down until it recovers, or the window ends', async () => {
  const journal = new HandMadeJournal().start();
  journal.at(2, { type: 'crashed', node: 'a', state: 'lost' });
  journal.at(3, { type: 'cut', server: 'a', parent: 'cloud' });
  journal.at(4, { type: 'recovered', node: 'a' });
  journal.at(5, { type: 'crashed', node: 'w9', state: 'kept' });
  journal.at(6, { type: 'restored', server: 'a', parent: 'cloud' });
  journal.at(7, { type: 'crashed', node: 'a', state: 'lost' });
  const facts = await factsOf(journal, 0, 10);
  expect(facts.failures.map((one) => [one.node, one.what, ...inSeconds(one)])).toEqual([
    ['a', 'crashed', 2, 4],
    ['a', 'cut off', 3, 6],
    ['w9', 'crashed', 5, 10],
    ['a', 'crashed', 7, 10],
  ]);
  const svg = timelineSvg(facts);
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg.match(/<title>a crashed/g)).toHaveLength(2);
});

test('workers have their lanes under the server that they meet first', () => {
  expect([...lanesOf(whole).keys()]).toEqual(['cloud', 'a', 'w1', 'w2', 'b']);
});

test('the picture is an SVG with a bar for every gradient and an arrow for every result used', async () => {
  const svg = timelineSvg(whole);
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg.match(/<title>gradient \d/g)).toHaveLength(7);
  expect(svg.match(/<polygon/g)).toHaveLength(2);
  expect(svg).toContain('gradient 5 at a on version 0: dropped, late');
  const hostile = await factsOf(new HandMadeJournal().start(['a'], '<b> & "c"'), 0, 1);
  expect(XMLValidator.validate(timelineSvg(hostile))).toBe(true);
});

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Quantity } from '#src/journal/quantity.js';
import { readRunRecord } from '#src/report/run/run-record.js';
import { whyUntrained } from '#src/report/run/why-untrained.js';
import { HandMadeJournal } from '../hand-made-journal.ts';

async function whyOf(journal: HandMadeJournal): Promise<string | null> {
  const dir = await mkdtemp(join(tmpdir(), 'untrained-'));
  await journal.save(dir);
  return whyUntrained(await readRunRecord(join(dir, 'journal.jsonl')));
}

const gradient = (journal: HandMadeJournal, number: number, end: object): void => {
  const what = { gradient: number, worker: 'w', server: 'a' };
  journal.at(5, { type: 'gradient-started', ...what, round: 1, version: 0 });
  journal.at(5, { type: 'gradient-ended', ...what, ...end } as never);
};

const edge = { server: 'a', layer: 'edge', skipped: true };
const cloud = { server: 'cloud', layer: 'cloud', skipped: false };

const aggregation = (journal: HandMadeJournal, norm?: Quantity, at = edge): void => {
  journal.at(5, {
    type: 'aggregated',
    ...{ ...at, round: 1, version: 0, result: 0, vectors: 1, senders: 1 },
    ...{ byzantine: 0, byzantineSenders: 0, declaredF: 0, atDeadline: false },
    staleness: { mean: 0, maximum: 0 },
    ...(norm !== undefined && { norm }),
  });
};

const aggregated = { outcome: 'aggregated', staleness: 0 };
const update = { round: 1, version: 1, gradients: 1, learningRate: 1 };

test('a run with an applied update is not untrained; one with another update only is', async () => {
  const journal = new HandMadeJournal().start();
  journal.at(5, { type: 'updated', server: 'cloud', ...update, applied: false });
  expect(await whyOf(journal)).not.toBeNull();
  journal.at(6, { type: 'updated', server: 'cloud', ...update, applied: true });
  expect(await whyOf(journal)).toBeNull();
});

test('without a gradient the run says so', async () => {
  expect(await whyOf(new HandMadeJournal().start())).toContain('no worker began a gradient');
});

test('without an aggregated gradient the run says what became of them, most first', async () => {
  const journal = new HandMadeJournal().start();
  gradient(journal, 0, { outcome: 'lost' });
  gradient(journal, 1, { outcome: 'dropped', reason: 'late' });
  gradient(journal, 2, { outcome: 'dropped', reason: 'round-closed' });
  gradient(journal, 3, { outcome: 'dropped', reason: 'round-closed' });
  expect(await whyOf(journal)).toBe(
    'none of 4 gradients was aggregated (2 round closed, 1 late, 1 lost)',
  );
});

test('results that a rule made not finite are counted by layer', async () => {
  const journal = new HandMadeJournal().start();
  gradient(journal, 0, aggregated);
  aggregation(journal, 'NaN');
  aggregation(journal, 'Infinity');
  aggregation(journal);
  expect(await whyOf(journal)).toBe(
    '2 of 2 results of layer edge were not finite, though every vector was',
  );
});

test('aggregations of too few vectors are distinguished from those of a rule', async () => {
  const journal = new HandMadeJournal().start();
  gradient(journal, 0, aggregated);
  aggregation(journal);
  expect(await whyOf(journal)).toBe(
    'no aggregation of 1 gradients had enough finite vectors for its rule',
  );
});

test.each<[string, Quantity, string]>([
  ['zeros of a rule are told by its layer', 0, 'every result of layer edge was zero'],
  ['so are steps that are too small', 1e-20, 'the steps are too small'],
])('of updates that left the parameters the same, %s', async (_, norm, why) => {
  const journal = new HandMadeJournal().start();
  for (let round = 1; round <= 2; round += 1) {
    gradient(journal, round, aggregated);
    aggregation(journal, norm, { ...edge, skipped: false });
    aggregation(journal, norm, cloud);
    journal.at(5, { type: 'updated', server: 'cloud', ...update, applied: false });
  }
  const reason = await whyOf(journal);
  expect(reason).toContain('each of 2 updates left the parameters the same, bit for bit: ');
  expect(reason).toContain(why);
});

import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptOrRead } from '#src/report/study/kept-facts.js';
import { readStudyResult } from '#src/report/study/study-runs.js';
import { temporaryFolder } from '../../temporary-folder.ts';
import { tenSeconds } from '../hand-made-journal.ts';

test('a journal is read once, and again when it or the options have changed', async () => {
  const dir = temporaryFolder('kept');
  const journal = join(dir, 'journal.jsonl');
  writeFileSync(journal, 'one\n');
  let reads = 0;
  const facts = { loss: Number.NaN, most: Number.POSITIVE_INFINITY, none: undefined, rows: [1.1] };
  const read = (options: object) =>
    keptOrRead(journal, options, async () => {
      reads += 1;
      return facts;
    });
  expect(await read({ window: 1 })).toStrictEqual(facts);
  expect(await read({ window: 1 })).toStrictEqual(facts);
  expect(reads).toBe(1);
  await read({ window: 2 });
  expect(reads).toBe(2);
  appendFileSync(journal, 'two\n');
  await read({ window: 2 });
  expect(reads).toBe(3);
  // What is kept was cut off.
  const [kept] = readdirSync(dir).filter((name) => name !== 'journal.jsonl');
  writeFileSync(join(dir, kept!), 'torn');
  expect(await read({ window: 2 })).toStrictEqual(facts);
  expect(reads).toBe(4);
});

test('what is kept of a run is what its journal says, also of another arm', async () => {
  const dir = await tenSeconds().save();
  const run = { arm: 'a', levels: { rule: 'a' }, variant: null, seed: 7, folder: '.' };
  const options = { window: 2, reach: [0.5] };
  const first = await readStudyResult(dir, run, options);
  expect(existsSync(join(dir, 'report-facts.bin'))).toBe(true);
  expect(await readStudyResult(dir, { ...run, arm: 'b' }, options)).toStrictEqual({
    ...first,
    arm: 'b',
  });
  // study.json has what it came to under other options.
  const listed = { ...run, reached: [], measures: {}, diverged: false };
  expect(await readStudyResult(dir, listed, options)).toStrictEqual(first);
  // Infinite at 5 s, as tenSeconds() tells.
  expect(first.measures.loss).toBe(Number.POSITIVE_INFINITY);
});

test('a journal that is not there is told as such', async () => {
  const dir = temporaryFolder('no-journal');
  const run = { arm: 'a', levels: {}, variant: null, seed: 7, folder: '.' };
  await expect(readStudyResult(dir, run, { window: 1, reach: [] })).rejects.toThrow(
    'there is no such journal',
  );
});

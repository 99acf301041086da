import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRunFacts } from '#src/report/run/run-facts.js';
import { keepFacts, keptOrRead } from '#src/report/study/kept-facts.js';
import { essentialsOf } from '#src/report/study/run-essentials.js';
import { readStudyResult } from '#src/report/study/study-runs.js';
import { temporaryFolder } from '../../temporary-folder.ts';
import { tenSeconds } from '../hand-made-journal.ts';

test('a journal is read once, and again when it has changed', async () => {
  const dir = temporaryFolder('kept');
  const journal = join(dir, 'journal.jsonl');
  writeFileSync(journal, 'one\n');
  let reads = 0;
  const facts = { loss: Number.NaN, most: Number.POSITIVE_INFINITY, none: undefined, rows: [1.1] };
  const read = () =>
    keptOrRead(journal, async () => {
      reads += 1;
      return facts;
    });
  expect(await read()).toStrictEqual(facts);
  expect(await read()).toStrictEqual(facts);
  expect(reads).toBe(1);
  appendFileSync(journal, 'two\n');
  await read();
  expect(reads).toBe(2);
  // The kept file was cut off.
  const [kept] = readdirSync(dir).filter((name) => name !== 'journal.jsonl');
  writeFileSync(join(dir, kept!), 'torn');
  expect(await read()).toStrictEqual(facts);
  expect(reads).toBe(3);
});

test('a byte of what is kept that has changed, wherever, has the journal read again', async () => {
  const dir = temporaryFolder('changed');
  const journal = join(dir, 'journal.jsonl');
  writeFileSync(journal, 'one\n');
  const facts = { loss: 0.25, rows: [1.1, 2.2], name: 'mean' };
  await keptOrRead(journal, async () => facts);
  const file = join(dir, 'report-facts.bin');
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole);
    changed[at]! ^= 1;
    writeFileSync(file, changed);
    let reads = 0;
    const found = await keptOrRead(journal, async () => {
      reads += 1;
      return facts;
    });
    expect([at, reads, found]).toStrictEqual([at, 1, facts]);
  }
});

test('what a run keeps at its end is what the report of its study reads from the journal, under any options', async () => {
  const dir = await tenSeconds().save();
  const journal = join(dir, 'journal.jsonl');
  const run = { arm: 'a', levels: {}, variant: null, seed: 7, folder: '.' };
  for (const options of [
    { window: 1, reach: [0.2, 0.9] },
    { window: 5, reach: [] },
  ]) {
    rmSync(join(dir, 'report-facts.bin'), { force: true });
    const fromJournal = await readStudyResult(dir, run, options);
    const essentials = essentialsOf(await readRunFacts(dir));
    keepFacts(journal, essentials);
    expect(await readStudyResult(dir, run, options)).toStrictEqual(fromJournal);
    // It was what was kept that has been read: another update shows.
    keepFacts(journal, { ...essentials, measures: { ...essentials.measures, updates: 77 } });
    expect((await readStudyResult(dir, run, options)).measures.updates).toBe(77);
  }
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
  // Infinite at 5 s, as in tenSeconds().
  expect(first.measures.loss).toBe(Number.POSITIVE_INFINITY);
});

test('a journal that is not there is reported as such', async () => {
  const dir = temporaryFolder('no-journal');
  const run = { arm: 'a', levels: {}, variant: null, seed: 7, folder: '.' };
  await expect(readStudyResult(dir, run, { window: 1, reach: [] })).rejects.toThrow(
    'there is no such journal',
  );
});

import { expect, it } from 'vitest';
import { SharedAnswers } from '#src/live-page/server/shared-answers.js';

function counted() {
  const shared = new SharedAnswers();
  let made = 0;
  const ask = (version: string, question: string) =>
    shared.of(version, question, async () => {
      made += 1;
      return Buffer.from(`${version} ${made}`);
    });
  return { ask, made: () => made };
}

it('makes an answer once for all that ask while the journal stays as it is', async () => {
  const { ask, made } = counted();
  const answers = await Promise.all([ask('0', 'lines'), ask('0', 'lines'), ask('0', 'series')]);
  expect(made()).toBe(2);
  expect(answers[0]).toBe(answers[1]);
  expect((await ask('1', 'lines')).toString()).toBe('1 3');
});

it('keeps a few answers alone', async () => {
  const { ask, made } = counted();
  for (let from = 0; from < 100; from += 1) await ask('0', `lines ${from}`);
  await ask('0', 'lines 99');
  expect(made()).toBe(100);
  await ask('0', 'lines 0');
  expect(made()).toBe(101);
});

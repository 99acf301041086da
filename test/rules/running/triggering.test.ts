import { expect, it } from 'vitest';
import type { TransferTrigger } from '#src/rules/contract/trigger.js';
import { exchangeDue, metricOf, needsNumbers, splitsOf } from '#src/rules/running/triggering.js';
import accuracyGain from '#triggers/accuracy-gain.js';
import afterPush from '#triggers/after-push.js';
import everyChange from '#triggers/every-change.js';
import never from '#triggers/never.js';

const moment = { changes: 1, total: 1, sinceS: 1 };
const vectors = { model: new Float32Array(1), change: new Float32Array(1), globalChange: null };

function chosen(rule: unknown, options: unknown = {}) {
  return { rule: rule as TransferTrigger, options };
}

type Exchange = Parameters<typeof exchangeDue>;

const areDue = (
  push: Exchange[0]['push'],
  at: Exchange[1]['push'],
  numbers: ReturnType<Exchange[2]>,
) => exchangeDue({ push, pull: push }, { push: at, pull: at }, () => numbers).push;

it('is due with any or all of a list', () => {
  const list = [chosen(everyChange), chosen(never)];
  expect(areDue({ of: 'any', list }, moment, null)).toBe(true);
  expect(areDue({ of: 'all', list }, moment, null)).toBe(false);
});

it('gives each trigger the accuracy on the split that it names', () => {
  const gain = (split: string) => chosen(accuracyGain, { gain: 0.5, split });
  const numbers = {
    ...vectors,
    accuracy: { validation: 0.9, test: 0.5 },
    lastAccuracy: { validation: 0.2, test: 0.4 },
  };
  const due = (split: string) => areDue({ of: 'all', list: [gain(split)] }, moment, numbers);
  expect(due('validation')).toBe(true);
  expect(due('test')).toBe(false);
  const both = { of: 'any', list: [gain('test'), chosen(never), gain('test')] } as const;
  expect(splitsOf(both)).toEqual(['test']);
  expect(needsNumbers(both)).toBe(true);
});

it('tells a pull whether its node sends', () => {
  const every = { of: 'all', list: [chosen(everyChange)] } as const;
  const none = { of: 'all', list: [chosen(never)] } as const;
  const after = { of: 'all', list: [chosen(afterPush)] } as const;
  const due = (push: Exchange[0]['push']) =>
    exchangeDue({ push, pull: after }, { push: moment, pull: moment }, () => null);
  expect(due(every)).toEqual({ push: true, pull: true });
  expect(due(none)).toEqual({ push: false, pull: false });
});

it('ends the run where a trigger does not say yes or no, or names no split', () => {
  const own = { name: 'own', summary: 'one of mine', isDue: () => 1 };
  expect(() => areDue({ of: 'all', list: [chosen(own)] }, moment, null)).toThrow(
    'trigger "own" did not return true or false',
  );
  const lost = { ...own, split: () => 'dev' };
  expect(() => splitsOf({ of: 'all', list: [chosen(lost)] })).toThrow(
    'trigger "own" names a split that there is not: dev',
  );
  const numbered = { ...own, metric: () => 7 };
  expect(() => metricOf(chosen(numbered))).toThrow(
    'trigger "own" names a metric that is no text: 7',
  );
});

it('ends the run where a trigger of the user’s own changes the numbers that it looks at', () => {
  const spoil = (which: 'model' | 'change' | 'globalChange') => ({
    ...{ name: 'own', summary: 'one of mine', needsNumbers: true },
    isDue: (_: unknown, numbers: Record<typeof which, Float32Array>) => {
      numbers[which][2] = Number.NaN;
      return true;
    },
  });
  for (const which of ['model', 'change', 'globalChange'] as const) {
    const numbers = {
      ...{ model: new Float32Array(3), change: new Float32Array(3) },
      ...{ globalChange: new Float32Array(3), accuracy: {}, lastAccuracy: {} },
    };
    const own = { ...chosen(spoil(which)), file: 'own.js' };
    expect(() => areDue({ of: 'all', list: [own] }, moment, numbers)).toThrow(
      `trigger "own" (own.js) changed what it was given: element 2 of ${which}`,
    );
  }
});

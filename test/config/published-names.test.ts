import { expect, it } from 'vitest';
import { builtInRules, referenceTo } from '#src/config/choose-rules.js';
import { publishedName } from '#src/config/published-names.js';
import { InputError } from '#src/errors.js';

async function adviceOn(kind: 'aggregator' | 'attack' | 'pre-aggregator', rule: string) {
  const error = await referenceTo(kind, { rule, options: {} }).catch((refused) => refused);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).problems[0]!.advice!;
}

it.each([
  ['aggregator', 'median', 'marginal-median'],
  ['aggregator', 'FedAvg', 'mean'],
  ['aggregator', 'coordinate-wise median', 'marginal-median'],
  ['pre-aggregator', 'NNM', 'nearest-neighbor-mixing'],
  ['attack', 'ALIE', 'a-little-is-enough'],
] as const)('of the kind %s, %s is %s', async (kind, name, rule) => {
  expect(await adviceOn(kind, name)).toContain(`did you mean "${rule}"?`);
});

it('a published name of another kind of rule is not proposed', async () => {
  expect((await adviceOn('attack', 'median')).join()).not.toContain('marginal-median');
});

it('a name with a typing error is compared with the names of the rules', async () => {
  expect(await adviceOn('aggregator', 'trimed-mean')).toContain('did you mean "trimmed-mean"?');
});

it('each published name is one of a built-in rule, and no rule has it itself', () => {
  const names = Object.values(builtInRules).flatMap((rules) => rules.map(({ name }) => name));
  for (const name of [
    'rfa',
    'cwtm',
    'geomed',
    'meamed',
    'mda',
    'dnc',
    'signsgd',
    'zeno',
    'cc',
    'arc',
  ]) {
    expect(names).toContain(publishedName(name));
    expect(names).not.toContain(name);
  }
  expect(publishedName('constructor')).toBeUndefined();
});

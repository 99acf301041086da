import { InputError } from '../../errors.ts';
import type { Aggregator } from '../contract/aggregator.ts';
import type { PreAggregator } from '../contract/pre-aggregator.ts';
import { NotReturned, withinLimit } from './calling.ts';
import { askedOf, type Chosen, named } from './chosen.ts';

/** A rule behind its chain of pre-aggregators. */
export interface RuleChain {
  readonly preAggregators: readonly Chosen<PreAggregator>[];
  readonly aggregator: Chosen<Aggregator>;
}

/** No chain of sensible options needs more vectors than this. */
const MOST_INPUTS = 100_000;

/**
 * The least number of vectors with which the whole chain stands f Byzantine ones; Infinity when no
 * number is enough (a bucket as large as all of them, for instance).
 */
export function neededInputs(chain: RuleChain, f: number): number {
  return limited(chain, () => leastEnough(chain, f));
}

function leastEnough(chain: RuleChain, f: number): number {
  const first = chain.preAggregators[0];
  const least = first
    ? minimumOf('pre-aggregator', first, f)
    : minimumOf('aggregator', chain.aggregator, f);
  // With more vectors a chain never stands fewer Byzantine ones: so what these are not enough for, none are.
  if (least > MOST_INPUTS || !isEnough(chain, MOST_INPUTS, f)) return Number.POSITIVE_INFINITY;
  let n = Math.max(1, least);
  while (!isEnough(chain, n, f)) n += 1;
  return n;
}

function isEnough({ preAggregators, aggregator }: RuleChain, arrived: number, f: number): boolean {
  let n = arrived;
  for (const step of preAggregators) {
    if (n < minimumOf('pre-aggregator', step, f)) return false;
    const given = n;
    n = askedOf('pre-aggregator', step, () => step.rule.outputs(given, step.options));
  }
  return n >= minimumOf('aggregator', aggregator, f);
}

/** Asks the rules; throws InputError where code of a user's own does not return within its limit. */
function limited<Answer>({ preAggregators, aggregator }: RuleChain, ask: () => Answer): Answer {
  const rules = [
    ...preAggregators.map((step) => ['pre-aggregator', step] as const),
    ['aggregator', aggregator] as const,
  ];
  const own = rules.filter(([, { timeLimitS }]) => timeLimitS !== undefined);
  const limitS = own[0]?.[1].timeLimitS;
  if (limitS === undefined) return ask();
  const who = own.map(([kind, rule]) => named(kind, rule)).join(' or ');
  try {
    return withinLimit(who, ask, limitS);
  } catch (error) {
    if (!(error instanceof NotReturned)) throw error;
    const found = `${who}: the need of vectors has not returned after ${limitS} s (rules.timeLimitS)`;
    throw new InputError({ found, advice: ['minimumInputs and outputs only compute a number'] });
  }
}

/** Throws InputError where the code is a user's own and throws. */
function minimumOf(kind: string, step: Chosen<Aggregator | PreAggregator>, f: number): number {
  return askedOf(kind, step, () => step.rule.minimumInputs(f, step.options));
}

/** `marginal-median needs at least 2f + 1 = 5 vectors, got 4 (f = 2)` */
export function describeNeed(chain: RuleChain, n: number, f: number): string {
  const names = [...chain.preAggregators, chain.aggregator].map(({ rule }) => rule.name);
  const formula = needFormula((byzantine) => neededInputs(chain, byzantine));
  const needed = neededInputs(chain, f);
  const amount = formula === null ? needed : `${formula} = ${needed}`;
  return `${names.join(' + ')} needs at least ${amount} vector${needed === 1 ? '' : 's'}, got ${n} (f = ${f})`;
}

/** `2f + 1` for f => 2 * f + 1; null for what is constant or has another shape. */
export function needFormula(need: (f: number) => number): string | null {
  const constant = need(0);
  const slope = need(1) - constant;
  const isAffine = [2, 3, 7].every((f) => need(f) === slope * f + constant);
  if (!isAffine || slope === 0) return null;
  const times = slope === 1 ? 'f' : `${slope}f`;
  return constant === 0 ? times : `${times} + ${constant}`;
}

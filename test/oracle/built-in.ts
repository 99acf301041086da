import { aggregators } from '#aggregators/index.js';
import { attacks } from '#attacks/index.js';
import { preAggregators } from '#pre-aggregators/index.js';
import { runChain } from '#src/rules/running/chain.js';
import { parseOptions } from '#src/rules/running/load.js';
import type { RuleChain } from '#src/rules/running/need.js';
import { stream } from '../conformance/vectors.ts';

/** One of our rules, with options where the defaults are another variant than byzfl's. */
export interface Ours {
  rule: string;
  options?: Record<string, unknown>;
}

export const aggregatorOf = (ours: Ours) => chosen(aggregators, ours);
export const preAggregatorOf = (ours: Ours) => chosen(preAggregators, ours);
export const attackOf = (ours: Ours) =>
  chosen(
    attacks.filter((attack) => attack.kind === 'vector'),
    ours,
  );

/** Steps before a rule, and the rule. */
export function chainOf(before: readonly Ours[], rule: Ours): RuleChain {
  return { preAggregators: before.map(preAggregatorOf), aggregator: aggregatorOf(rule) };
}

export function resultOf(
  chain: RuleChain,
  vectors: readonly Float32Array[],
  f: number,
): Float32Array {
  return runChain(chain, vectors, { f, random: stream, state: null })!.vector;
}

function chosen<Rule extends { name: string }>(
  rules: readonly Rule[],
  { rule: name, options }: Ours,
) {
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return { rule, options: parseOptions(rule as never, options) };
}

import type { TooFewPolicy } from '../../journal/reasons.ts';
import type { VectorRange } from '../../rules/running/forging.ts';
import type { Diagnostics, IntakeStep } from '../../rules/running/intake.ts';
import {
  loadAggregator,
  loadAttack,
  loadPreAggregator,
  loadStalenessWeight,
  type RuleReference,
} from '../../rules/running/load.ts';

/** A layer's intake as plain data that any thread can load. */
export interface IntakeReference {
  f: number;
  preAggregators: RuleReference[];
  aggregator: RuleReference;
  stalenessWeight: RuleReference;
  tooFew: TooFewPolicy;
  /** Set for policy `fallback`. */
  fallback: RuleReference | null;
  diagnostics: Diagnostics;
  /** The parts of a vector that rule and chain are for; null: all of it. */
  ranges: VectorRange[] | null;
  attack: {
    rule: RuleReference;
    /** The parts of a vector that it touches; null: all of it. */
    ranges: VectorRange[] | null;
  } | null;
}

export async function loadIntake(reference: IntakeReference): Promise<IntakeStep> {
  const { f, attack, tooFew, diagnostics, ranges } = reference;
  const preAggregators = await Promise.all(reference.preAggregators.map(loadPreAggregator));
  const aggregator = await loadAggregator(reference.aggregator);
  const stalenessWeight = await loadStalenessWeight(reference.stalenessWeight);
  const step = {
    ...{ f, preAggregators, aggregator, stalenessWeight, tooFew, diagnostics, ranges },
    ...(reference.fallback && { fallback: await loadAggregator(reference.fallback) }),
  };
  if (attack === null) return step;
  const { rule, ranges: touched } = attack;
  return { ...step, attack: { attack: await loadAttack(rule), ranges: touched } };
}

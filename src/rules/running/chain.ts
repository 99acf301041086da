import { RunError } from '../../errors.ts';
import type { Aggregation, AggregationContext } from '../contract/aggregator.ts';
import { checkPlain, type PlainData, type RandomSource } from '../contract/plain-data.ts';
import type { PreAggregation } from '../contract/pre-aggregator.ts';
import { calling } from './calling.ts';
import { named } from './chosen.ts';
import { factsOfSources } from './contribution.ts';
import { describeNeed, neededInputs, type RuleChain } from './need.ts';
import { inPlace, leavingUnchanged, listed } from './unchanged.ts';

interface ChainContext extends Omit<AggregationContext, 'random'> {
  /** A stream of its own for each purpose: `pre-aggregator 0`, `aggregator`. */
  random(purpose: string): RandomSource;
  /** Every step is checked to leave its inputs as they are. */
  watched?: boolean;
}

/** Result of the pre-aggregators and the rule. */
export interface ChainResult {
  /** Length d. */
  vector: Float32Array;
  /** The rule's memory for its next call; null for rules without one. */
  state: PlainData;
  /** Indices of the chain's inputs that a selecting rule selected, ascending; null for other rules. */
  selected: number[] | null;
  /** How many vectors the chain's steps shortened in all; null when none of them clips. */
  clipped: number | null;
  /** Steps of an iterative rule; null for other rules. */
  iterations: number | null;
}

/**
 * Runs the pre-aggregators, then the rule. Null where a step has fewer vectors left than the next
 * one needs, which the number of inputs does not show, or where the reference is missing that the
 * rule needs. Throws RangeError on too few of these.
 */
export function runChain(
  chain: RuleChain,
  vectors: readonly Float32Array[],
  context: ChainContext,
): ChainResult | null {
  const { f } = context;
  if (vectors.length < neededInputs(chain, f)) {
    throw new RangeError(describeNeed(chain, vectors.length, f));
  }
  let current = vectors;
  let sources = vectors.map((_, index): readonly number[] => [index]);
  const clipped: number[] = [];
  for (const [place, step] of chain.preAggregators.entries()) {
    const { rule, options } = step;
    if (current.length < rule.minimumInputs(f, options)) return null;
    const { senders } = factsOfSources(context, sources);
    const given = {
      f,
      ...(senders && { senders }),
      random: context.random(`pre-aggregator ${place}`),
    };
    const who = named('pre-aggregator', step);
    const inputs = inPlace(current);
    const apply = () => calling(who, () => rule.apply(inputs, given, options), step.timeLimitS);
    const made = leavingUnchanged(who, context.watched ? listed('vector', inputs) : [], apply);
    checkMade(who, made, inputs);
    if (made.clipped !== undefined) clipped.push(made.clipped);
    const before = sources;
    sources = made.sources?.map((inputs) => inputs.flatMap((index) => before[index]!)) ?? before;
    current = made.vectors;
  }
  const { rule, options } = chain.aggregator;
  if (current.length < rule.minimumInputs(f, options)) return null;
  if (rule.needsReference && !context.reference) return null;
  const who = named('aggregator', chain.aggregator);
  const { reference, state } = context;
  const given = {
    f,
    state,
    ...(reference && { reference }),
    ...factsOfSources(context, sources),
    random: context.random('aggregator'),
  };
  const inputs = inPlace(current);
  const aggregate = () =>
    calling(who, () => rule.aggregate(inputs, given, options), chain.aggregator.timeLimitS);
  const unchanged = [
    ...listed('vector', current),
    ...(reference ? [{ name: 'the reference', values: reference }] : []),
  ];
  const result = leavingUnchanged(who, context.watched ? unchanged : [], aggregate);
  checkResult(who, result, current);
  if (result.clipped !== undefined) clipped.push(result.clipped);
  const selected = result.selected?.flatMap((index) => sources[index]!);
  return {
    vector: result.vector,
    state: result.state ?? null,
    selected: selected ? [...new Set(selected)].sort((a, b) => a - b) : null,
    clipped: clipped.length > 0 ? clipped.reduce((sum, count) => sum + count, 0) : null,
    iterations: result.iterations ?? null,
  };
}

/** Checks that the output of a step before the rule fits the step's input. */
function checkMade(who: string, made: PreAggregation, vectors: readonly Float32Array[]): void {
  if (!Array.isArray(made?.vectors)) throw new RunError(`${who} returned no { vectors } in a list`);
  const d = vectors[0]!.length;
  for (const [index, vector] of made.vectors.entries()) {
    if (!(vector instanceof Float32Array)) {
      throw new RunError(`${who} returned a vector ${index} that is no Float32Array`);
    }
    if (vector.length !== d) {
      const lengths = `${vector.length} for vectors of length ${d}`;
      throw new RunError(`${who} returned a vector of length ${lengths}`);
    }
  }
  const { sources } = made;
  const count = made.vectors.length;
  if ((sources?.length ?? vectors.length) !== count) {
    const found = sources === undefined ? `no sources` : `${sources.length} sources`;
    throw new RunError(`${who} returned ${count} vectors of ${vectors.length}, and ${found}`);
  }
  const stray = sources?.flat().find((index) => vectors[index] === undefined);
  if (stray !== undefined) {
    throw new RunError(`${who} named vector ${stray} of ${vectors.length} (they count from 0)`);
  }
  checkCount(who, 'clipped', made.clipped);
}

/** The types say as much, but a user's file need not have been checked by a compiler. */
function checkResult(who: string, result: Aggregation, vectors: readonly Float32Array[]): void {
  if (!(result?.vector instanceof Float32Array)) {
    throw new RunError(`${who} returned no { vector } that is a Float32Array`);
  }
  const d = vectors[0]!.length;
  if (result.vector.length !== d) {
    const lengths = `${result.vector.length} for vectors of length ${d}`;
    throw new RunError(`${who} returned a vector of length ${lengths}`);
  }
  if (result.selected !== undefined && !Array.isArray(result.selected)) {
    throw new RunError(`${who} returned as selected no array of indices`);
  }
  const stray = result.selected?.find((index) => vectors[index] === undefined);
  if (stray !== undefined) {
    throw new RunError(`${who} selected vector ${stray} of ${vectors.length} (they count from 0)`);
  }
  checkCount(who, 'clipped', result.clipped);
  checkCount(who, 'iterations', result.iterations);
  calling(who, () => checkPlain(result.state, 'state'));
}

function checkCount(who: string, what: string, count: number | undefined): void {
  if (count === undefined || (Number.isInteger(count) && count >= 0)) return;
  throw new RunError(`${who} returned ${what}: ${count}, which is no whole number from 0 on`);
}

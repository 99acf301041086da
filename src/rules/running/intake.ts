import { RunError } from '../../errors.ts';
import { kernels } from '../../kernels/kernels.ts';
import type { Aggregator } from '../contract/aggregator.ts';
import { type PlainData, type RandomSource, unshared } from '../contract/plain-data.ts';
import type { StalenessWeight } from '../contract/staleness-weight.ts';
import { allFinite, meanOf, norm, scaled } from '../toolbox/vectors.ts';
import { type BesideHonestMean, besideHonestMean } from './beside-honest-mean.ts';
import { calling } from './calling.ts';
import { type ChainResult, runChain } from './chain.ts';
import type { Chosen } from './chosen.ts';
import { named } from './chosen.ts';
import { type AggregationInput, factsOf } from './contribution.ts';
import { type AttackStep, forgeByzantine, type VectorRange } from './forging.ts';
import { type Geometry, geometryOf } from './geometry.ts';
import { neededInputs, type RuleChain } from './need.ts';
import { insertPart, partOf } from './parts.ts';

/** The policy for too few vectors: no result, more are collected, or another rule is used. */
type IntakePolicy = 'skip' | 'wait' | 'fallback';

/** Extent of the measurements at each aggregation besides its result. */
export type Diagnostics = 'cheap' | 'full';

/** The treatment of an aggregation's vectors by a layer's servers. */
export interface IntakeStep extends RuleChain {
  /** The DECLARED number of Byzantine vectors in an aggregation. */
  readonly f: number;
  readonly attack?: AttackStep;
  /** The weight of a stale vector; all alike when absent. */
  readonly stalenessWeight?: Chosen<StalenessWeight>;
  /**
   * The parts of the vectors that the chain is for: elsewhere the result is the mean. All of them when
   * absent or null.
   */
  readonly ranges?: readonly VectorRange[] | null;
  /** `skip` when absent. */
  readonly tooFew?: IntakePolicy;
  /** Aggregates, without pre-aggregators, what is too few for the rule and its chain. */
  readonly fallback?: Chosen<Aggregator>;
  /** `full`: the result is compared with the vectors and their honest mean. `cheap` when absent. */
  readonly diagnostics?: Diagnostics;
}

/** Contributions that reached one server for one aggregation. */
interface IntakeArrivals
  extends Pick<AggregationInput<Float32Array>, 'contributions' | 'reference'> {
  /** A stream of its own for each purpose: `attack`, `pre-aggregator 0`, `aggregator`. */
  random(purpose: string): RandomSource;
  /** The state that this server's last intake returned; null at the first. */
  state: IntakeState | null;
}

/** Plain data, none of it in shared memory. */
export type IntakeState = {
  readonly attack: PlainData;
  readonly aggregator: PlainData;
  /** Absent until the fallback has aggregated. */
  readonly fallback?: PlainData;
};

export interface IntakeResult {
  /** Null when too few vectors are left. May be one of those that arrived. */
  vector: Float32Array | null;
  /** False when the rule's result holds NaN or an infinity (a sum over the float32 range). */
  finite: boolean;
  /** Euclidean norm of the result; null without one. */
  norm: number | null;
  state: IntakeState;
  /**
   * The vectors that a selecting rule selected, as indices of the arrivals; null for other rules.
   */
  selected: number[] | null;
  /** How many of these came from Byzantine senders; null for other rules. */
  selectedByzantine: number | null;
  /** How many vectors the chain shortened; null when no step of it clips. */
  clipped: number | null;
  /** Steps of an iterative rule; null for other rules. */
  iterations: number | null;
  /** Arrivals that were left out because they hold NaN or an infinity. */
  nonFinite: number[];
  /** How many of the vectors that were not left out are of honest senders, and of Byzantine ones. */
  honestCount: number;
  byzantineCount: number;
  /** True when more of them are of Byzantine senders than were declared: no rule knows. */
  exceeded: boolean;
  /** The least number of vectors that the rule and its chain, or its fallback, would have taken. */
  needed: number;
  /** The policy for too few vectors, where there are; null where there are enough. */
  policy: IntakePolicy | null;
  /** With `diagnostics: full`; null when no finite honest vector arrived. */
  honestMean?: BesideHonestMean | null;
  /** With `diagnostics: full`, of the vectors that were left; null of none and of too many. */
  geometry?: Geometry | null;
}

/**
 * The closing of an aggregation at a receiving server: the vectors of Byzantine senders are forged,
 * those that are not finite are left out, stale ones are weighted, then come the pre-aggregators
 * and the rule, if enough are left. Changes none of the vectors that arrived.
 */
export function intake(step: IntakeStep, arrivals: IntakeArrivals): IntakeResult {
  const { f } = step;
  const sent = arrivals.contributions.map(({ vector }) => vector);
  const byzantine = arrivals.contributions.map((each) => each.byzantine);
  const finite = arrivals.contributions.map((each) => each.finite ?? allFinite(each.vector));
  const before = arrivals.state ?? { attack: null, aggregator: null };
  const aggregate = (vectors: readonly Float32Array[]) => {
    const kept = keptOf(vectors, sent, finite);
    return apart(() => aggregated(step, arrivals, vectors, kept)?.vector ?? null);
  };
  const received = step.attack
    ? forgeByzantine(
        step.attack,
        {
          vectors: sent,
          byzantine,
          finite,
          random: arrivals.random,
          aggregate,
          watched: step.diagnostics === 'full',
        },
        before.attack,
      )
    : { vectors: sent, state: before.attack };

  const kept = keptOf(received.vectors, sent, finite);
  const byzantineCount = kept.filter((index) => byzantine[index]).length;
  const facts = {
    nonFinite: Array.from(byzantine.keys()).filter((index) => !kept.includes(index)),
    honestCount: kept.length - byzantineCount,
    byzantineCount,
    exceeded: byzantineCount > f,
    needed: neededVectors(step),
  };
  const beside = (vector: Float32Array | null) => {
    if (step.diagnostics !== 'full') return {};
    const honest = sent.filter((_, index) => !byzantine[index] && finite[index]);
    const left = kept.map((index) => received.vectors[index]!);
    return {
      honestMean: besideHonestMean(honest, vector),
      geometry: geometryOf(left, kept, vector),
    };
  };
  const result = aggregated(step, arrivals, received.vectors, kept);
  if (result === null) {
    const state = { ...before, attack: unshared(received.state) };
    const policy = step.tooFew ?? 'skip';
    return { ...NO_RESULT, state, ...facts, policy, ...beside(null) };
  }

  // Infinite or NaN where an element is, and nowhere else: the vector is read once.
  const resultNorm = norm(result.vector);
  const resultIsFinite = Number.isFinite(resultNorm);
  const selected = result.selected?.map((index) => kept[index]!) ?? null;
  return {
    vector: result.vector,
    finite: resultIsFinite,
    norm: resultNorm,
    // A state that a result out of range came with would spoil every later aggregation.
    state: {
      ...before,
      attack: unshared(received.state),
      ...(resultIsFinite && { [result.role]: unshared(result.state) }),
    },
    selected,
    selectedByzantine: selected?.filter((index) => byzantine[index]).length ?? null,
    clipped: result.clipped,
    iterations: result.iterations,
    ...facts,
    ...beside(resultIsFinite ? result.vector : null),
    policy: result.role === 'aggregator' ? null : (step.tooFew ?? 'skip'),
  };
}

const NO_RESULT = {
  vector: null,
  finite: true,
  norm: null,
  selected: null,
  selectedByzantine: null,
  clipped: null,
  iterations: null,
} as const;

/** Indices of the vectors that are finite; those that arrived like this are not looked at again. */
function keptOf(
  vectors: readonly Float32Array[],
  sent: readonly Float32Array[],
  finite: readonly boolean[],
): number[] {
  return Array.from(vectors.keys()).filter((index) => {
    const vector = vectors[index]!;
    return vector === sent[index] ? finite[index]! : allFinite(vector);
  });
}

/** The least number of vectors of which there is a result. */
export function neededVectors(step: IntakeStep): number {
  const needs = chainsOf(step).map(({ chain }) => neededInputs(chain, step.f));
  return Math.min(...needs);
}

interface UsedChain {
  role: 'aggregator' | 'fallback';
  chain: RuleChain;
}

/**
 * The result of the layer's rule, or else of its fallback, on the kept vectors; null: too few for
 * both.
 */
function aggregated(
  step: IntakeStep,
  arrivals: IntakeArrivals,
  vectors: readonly Float32Array[],
  kept: readonly number[],
): (ChainResult & Pick<UsedChain, 'role'>) | null {
  for (const used of chainsOf(step)) {
    if (kept.length < neededInputs(used.chain, step.f)) continue;
    const result = runOn(step, used, arrivals, vectors, kept);
    if (result !== null) return { role: used.role, ...result };
  }
  return null;
}

function chainsOf(step: IntakeStep): UsedChain[] {
  const { fallback } = step;
  const own: UsedChain = { role: 'aggregator', chain: step };
  if (fallback === undefined) return [own];
  return [own, { role: 'fallback', chain: { preAggregators: [], aggregator: fallback } }];
}

/** A chain on the kept of these vectors, which arrived or stand for what did. */
function runOn(
  step: IntakeStep,
  { role, chain }: UsedChain,
  { contributions, reference, random, state }: IntakeArrivals,
  vectors: readonly Float32Array[],
  kept: readonly number[],
): ChainResult | null {
  const facts = factsOf(kept.map((index) => contributions[index]!));
  const left = kept.map((index) => vectors[index]!);
  const weighted = weighStale(step, left, facts.staleness);
  const context = {
    f: step.f,
    ...facts,
    random,
    state: state?.[role] ?? null,
    watched: step.diagnostics === 'full',
  };
  const ranges = step.ranges ?? null;
  if (ranges === null) {
    return runChain(chain, weighted, { ...context, ...(reference && { reference }) });
  }
  const parts = weighted.map((vector) => partOf(vector, ranges));
  const trusted = reference && { reference: partOf(reference, ranges) };
  const result = runChain(chain, parts, { ...context, ...trusted });
  if (result === null) return null;
  const mean = meanOf(weighted, facts.weights);
  return { ...result, vector: insertPart(mean, result.vector, ranges) };
}

/** A copy of what this makes; the kernel memory that it took is free again. */
function apart(make: () => Float32Array | null): Float32Array | null {
  const { arena } = kernels();
  const mark = arena.mark();
  try {
    return make()?.slice() ?? null;
  } finally {
    arena.release(mark);
  }
}

/** Each vector times the weight of its staleness; the same object where that is 1. */
function weighStale(
  { stalenessWeight }: IntakeStep,
  vectors: readonly Float32Array[],
  staleness: readonly number[] | undefined,
): readonly Float32Array[] {
  if (stalenessWeight === undefined || staleness === undefined) return vectors;
  const { rule, options, timeLimitS } = stalenessWeight;
  const who = named('staleness weight', stalenessWeight);
  // All in one call: a limit costs a thread.
  const weigh = () => staleness.map((versions) => rule.weigh(versions, options));
  const weights = calling(who, weigh, timeLimitS);
  return vectors.map((vector, index) => {
    const weight = weights[index]!;
    if (!Number.isFinite(weight) || weight < 0) {
      throw new RunError(
        `${who} gave ${weight} for a staleness of ${staleness[index]}: expected a finite number, not negative`,
      );
    }
    return weight === 1 ? vector : scaled(vector, weight);
  });
}

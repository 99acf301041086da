import { InputError } from '../errors.ts';
import type { Aggregator } from '../rules/contract/aggregator.ts';
import type { VectorAttack } from '../rules/contract/attack.ts';
import type { PlainData } from '../rules/contract/plain-data.ts';
import type { PreAggregator } from '../rules/contract/pre-aggregator.ts';
import { type ChainResult, runChain } from '../rules/running/chain.ts';
import { parseOptions } from '../rules/running/load.ts';
import { describeNeed, neededInputs } from '../rules/running/need.ts';
import { copyOf } from '../rules/toolbox/vectors.ts';
import { randomSources, type VectorInput, vectorsOf } from './inputs.ts';

/** Settings of a rule that is called by itself: f, a seed, and the rule's own options. */
export type Settings<Options> = SeededSettings<Options> & {
  /** Declared number of Byzantine vectors; 0 by default. */
  f?: number;
};

/** Settings of an attack, which has no f. */
export type SeededSettings<Options> = OwnOptions<Options> & {
  /** Seed of the rule's random draws; 1 by default. */
  seed?: number;
};

/** A server's knowledge of the vectors besides their values. */
export interface CallContext {
  /** One non-negative weight a vector. */
  weights?: readonly number[];
  /** Versions by which each vector is behind the newest model. */
  staleness?: readonly number[];
  /** A number for each vector's sender. */
  senders?: readonly number[];
  /** A vector that the server trusts. */
  reference?: VectorInput;
}

/** The rule's own options, each with its default where it is left out; none for a rule without options. */
export type OwnOptions<Options> = [Options] extends [Record<string, never>]
  ? object
  : Partial<Options>;

/**
 * An aggregation rule as a function: n vectors of length d in, one of length d out, which shares no
 * memory with them. The rule's state, if it has one, stays with the function from call to call.
 *
 * Throws InputError for fewer vectors than the rule needs, for vectors of different lengths, for NaN
 * and infinities in them, and where the rule needs a `reference` and has none.
 */
export interface AggregatorFunction {
  (vectors: readonly VectorInput[], context?: CallContext): Float32Array;
  /** The same, with what the rule selected, clipped and iterated. */
  inDetail(vectors: readonly VectorInput[], context?: CallContext): ChainResult;
}

/**
 * Makes an aggregation rule callable outside of a run: `callableAggregator(krum)({ f: 1 })(vectors)`.
 * The result has the same bits as in a run, and shares no memory with the inputs.
 *
 * A rule with a state, such as centered clipping, keeps it from call to call of one function.
 * Throws InputError for wrong options, too few vectors, and vectors that are not finite.
 */
export function callableAggregator<Options>(
  rule: Aggregator<Options>,
): (settings?: Settings<Options>) => AggregatorFunction {
  return ({ f = 0, seed = 1, ...own } = {}) => {
    const aggregator = { rule: rule as Aggregator, options: parseOptions(rule, own) };
    const chain = { preAggregators: [], aggregator };
    const random = randomSources(seed);
    let state: PlainData = null;
    let calls = 0;
    const inDetail = (inputs: readonly VectorInput[], context: CallContext = {}): ChainResult => {
      const vectors = vectorsOf(inputs);
      if (vectors.length < neededInputs(chain, f)) {
        throw new InputError({ found: describeNeed(chain, vectors.length, f) });
      }
      const { reference, ...more } = context;
      if (rule.needsReference && reference === undefined) {
        throw new InputError({ found: `${rule.name} needs { reference }, a vector to trust` });
      }
      const call = calls;
      calls += 1;
      const result = runChain(chain, vectors, {
        ...more,
        ...(reference && { reference: vectorsOf([reference])[0]! }),
        f,
        state,
        random: (purpose) => random(call, purpose),
      });
      state = result!.state;
      return { ...result!, vector: copyOf(result!.vector) };
    };
    const aggregate = (inputs: readonly VectorInput[], context?: CallContext) =>
      inDetail(inputs, context).vector;
    return Object.assign(aggregate, { inDetail });
  };
}

/**
 * A step before a rule as a function: n vectors of length d in, m of length d out, which share no
 * memory with them. Throws InputError as an {@link AggregatorFunction} does.
 */
export type PreAggregatorFunction = (
  vectors: readonly VectorInput[],
  context?: Pick<CallContext, 'senders'>,
) => Float32Array[];

/** Makes a pre-aggregator callable outside of a run; see `callableAggregator`. */
export function callablePreAggregator<Options>(
  rule: PreAggregator<Options>,
): (settings?: Settings<Options>) => PreAggregatorFunction {
  return ({ f = 0, seed = 1, ...own } = {}) => {
    const options = parseOptions(rule as PreAggregator, own) as Options;
    const random = randomSources(seed);
    let calls = 0;
    return (inputs, context = {}) => {
      const vectors = vectorsOf(inputs);
      const needed = rule.minimumInputs(f, options);
      if (vectors.length < needed) {
        const found = `${rule.name} needs at least ${needed} vectors, got ${vectors.length} (f = ${f})`;
        throw new InputError({ found });
      }
      const call = calls;
      calls += 1;
      const source = random(call, 'pre-aggregator 0');
      return rule.apply(vectors, { f, ...context, random: source }, options).vectors.map(copyOf);
    };
  };
}

/** The knowledge of an attack besides its own vectors. */
export interface AttackContext {
  /** The honest vectors of the same aggregation. */
  honest?: readonly VectorInput[];
  /** The attacked server's result with the forged vectors; null where it has none. */
  aggregate?: (forged: readonly Float32Array[]) => Float32Array | null;
}

/**
 * A vector attack as a function: the Byzantine senders' own vectors in, as many forged ones out, all of
 * length d. The attack's state, if it has one, stays with the function from call to call.
 *
 * Throws InputError where the attack needs `honest` vectors or `aggregate` and has none, and for vectors
 * of different lengths or with NaN or infinities in them.
 */
export type AttackFunction = (
  own: readonly VectorInput[],
  context?: AttackContext,
) => Float32Array[];

/** Makes a vector attack callable outside of a run; see `callableAggregator`. */
export function callableAttack<Options>(
  attack: VectorAttack<Options>,
): (settings?: SeededSettings<Options>) => AttackFunction {
  return ({ seed = 1, ...own } = {}) => {
    const options = parseOptions(attack as VectorAttack, own) as Options;
    const random = randomSources(seed);
    let state: PlainData = null;
    let calls = 0;
    return (inputs, { honest = [], aggregate } = {}) => {
      const missing =
        attack.knowledge !== 'own' && honest.length === 0
          ? '{ honest }, the honest vectors'
          : attack.knowledge === 'server' && aggregate === undefined
            ? '{ aggregate }, what the server makes of forged vectors'
            : null;
      if (missing) throw new InputError({ found: `${attack.name} needs ${missing}` });
      const call = calls;
      calls += 1;
      const known = attack.knowledge === 'own' ? [] : vectorsOf(honest);
      const forgery = attack.forge(
        vectorsOf(inputs),
        { honest: known, random: random(call, 'attack'), state, ...(aggregate && { aggregate }) },
        options,
      );
      state = forgery.state ?? null;
      return forgery.vectors.map(copyOf);
    };
  };
}

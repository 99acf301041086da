import { RunError } from '../../errors.ts';
import type { VectorAttack } from '../contract/attack.ts';
import { checkPlain, type PlainData, type RandomSource } from '../contract/plain-data.ts';
import { copyOf, scaled } from '../toolbox/vectors.ts';
import { calling } from './calling.ts';
import type { Chosen } from './chosen.ts';
import { named } from './chosen.ts';
import { inPlace, leavingUnchanged, listed } from './unchanged.ts';

/** Elements of a model's vector, from `offset` on. */
export interface VectorRange {
  readonly offset: number;
  readonly length: number;
}

export interface AttackStep {
  readonly attack: Chosen<VectorAttack>;
  /** The parameters that the attack touches; all when null. */
  readonly ranges: readonly VectorRange[] | null;
}

/** Vectors sent to one aggregation; the lists go together. */
interface Sent {
  vectors: readonly Float32Array[];
  /** Which of their senders are Byzantine. */
  byzantine: readonly boolean[];
  finite: readonly boolean[];
  random: (purpose: string) => RandomSource;
  /** The attack is checked to leave its inputs as they are. */
  watched: boolean;
  /** The server's result with these vectors in place of those sent. */
  aggregate: (vectors: readonly Float32Array[]) => Float32Array | null;
}

/**
 * The vectors of one aggregation after the Byzantine senders lied; those of the others are the same
 * objects. Values that an attack forges outside its ranges are thrown away: there a sender's own
 * stays.
 */
export function forgeByzantine(
  { attack, ranges }: AttackStep,
  { vectors, byzantine, finite, random, watched, aggregate }: Sent,
  state: PlainData,
): { vectors: readonly Float32Array[]; state: PlainData } {
  const own = inPlace(vectors.filter((_, index) => byzantine[index]));
  if (own.length === 0) return { vectors, state };
  const { rule, options, timeLimitS } = attack;
  const isOmniscient = rule.knowledge !== 'own';
  const honest = inPlace(
    isOmniscient ? vectors.filter((_, index) => !byzantine[index] && finite[index]) : [],
  );
  const who = named('attack', attack);
  const merged = (forged: readonly Float32Array[] | undefined) => {
    if (!hasShapeOf(forged, own)) {
      throw new RunError(`${who} did not return one Float32Array of length d for each own`);
    }
    let next = 0;
    return vectors.map((vector, index) =>
      byzantine[index] ? within(ranges, forged[next++]!, vector) : vector,
    );
  };
  const context = {
    honest,
    random: random('attack'),
    state,
    ...(rule.knowledge === 'server' && {
      aggregate: (forged: readonly Float32Array[]) => aggregate(merged(forged)),
    }),
  };
  const forge = () => calling(who, () => rule.forge(own, context, options), timeLimitS);
  const given = [...listed('own vector', own), ...listed('honest vector', honest)];
  const forgery =
    isOmniscient && honest.length === 0
      ? { vectors: own.map((vector) => scaled(vector, -1)), state }
      : leavingUnchanged(who, watched ? given : [], forge);
  calling(who, () => checkPlain(forgery?.state, 'state'));
  return { vectors: merged(forgery?.vectors), state: forgery.state ?? null };
}

function hasShapeOf(
  forged: unknown,
  own: readonly Float32Array[],
): forged is readonly Float32Array[] {
  return (
    Array.isArray(forged) &&
    forged.length === own.length &&
    forged.every((v, i) => v instanceof Float32Array && v.length === own[i]!.length)
  );
}

function within(
  ranges: readonly VectorRange[] | null,
  forged: Float32Array,
  own: Float32Array,
): Float32Array {
  if (ranges === null) return forged;
  const mixed = copyOf(own);
  for (const { offset, length } of ranges) {
    mixed.set(forged.subarray(offset, offset + length), offset);
  }
  return mixed;
}

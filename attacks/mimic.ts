import { defineAttack, type RandomSource, z } from 'edgemlsim/rules';
import { copyOf, meanOfGroup, newVector } from 'edgemlsim/rules/toolbox';

type Learned = {
  readonly direction: Float32Array;
  readonly mean: Float32Array;
  readonly steps: number;
};

/**
 * Mimic: every Byzantine node sends a copy of one honest vector, so that its sender counts too
 * much. No forged vector is an outlier; it harms where data differ from worker to worker.
 *
 * In: m vectors of Byzantine senders and h honest ones, unchanged. Out: m copies of one of these.
 * Knows all honest vectors of the aggregation. Cost O(h d). At a server's first `warmup`
 * aggregations the first honest vector is copied, while the direction u in which honest vectors
 * differ most is learned, by Oja's rule: from a random unit vector, at step t (from 0), with mu <-
 * (t mu + mean) / (t + 1) and g the sum of <x_i - mu, u> (x_i - mu) made a unit vector, u <- (t u +
 * g) / (t + 1), made a unit vector. From then on the vector with the greatest |<x_i, u>| is copied;
 * ties: the first to arrive. u and mu are the attack's state, held in float32. With `warmup: 0` it
 * is always the first. The source keeps to one worker from then on; here workers move from server
 * to server, so the choice is made again at each aggregation, as ByzFL makes it.
 * Source: Karimireddy et al., "Byzantine-robust learning on heterogeneous datasets via bucketing", ICLR
 * 2022, appendix; 20 steps as in ByzFL's documentation.
 * Example, warmup 1: honest (1, 0), (-1, 0), then (1, 9), (5, 0), (-6, 0) -> (1, 0), then (-6, 0):
 * the first two differ along (1, 0) alone.
 */
export default defineAttack({
  kind: 'vector',
  name: 'mimic',
  summary: 'a copy of the honest vector farthest out where they differ most',
  knowledge: 'honest',
  options: z.object({
    warmup: z.int().min(0).default(20).describe('aggregations of a server from which it learns'),
  }),
  forge: (own, { honest, random, state }, { warmup }) => {
    const before = state as Learned | null;
    const isLearning = (before?.steps ?? 0) < warmup;
    const learned = isLearning ? learn(before ?? start(honest[0]!, random), honest) : before;
    const index = isLearning || before === null ? 0 : farthest(honest, before.direction);
    const forged = copyOf(honest[index]!);
    return { vectors: own.map(() => forged), state: learned };
  },
});

function start({ length }: Float32Array, random: RandomSource): Learned {
  const direction = Float64Array.from({ length }, () => random.normal());
  return { direction: unit(direction) ?? newVector(length), mean: newVector(length), steps: 0 };
}

function learn({ direction, mean, steps }: Learned, honest: readonly Float32Array[]): Learned {
  const now = meanOfGroup(honest, [...honest.keys()]);
  const middle = mean.map((x, at) => (steps * x + now[at]!) / (steps + 1));
  const pull = new Float64Array(middle.length);
  for (const vector of honest) {
    let part = 0;
    for (let at = 0; at < pull.length; at += 1) {
      part += (vector[at]! - middle[at]!) * direction[at]!;
    }
    for (let at = 0; at < pull.length; at += 1) pull[at]! += part * (vector[at]! - middle[at]!);
  }
  // Without any difference there is no direction to learn.
  const towards = unit(pull);
  const next = towards && unit(Float64Array.from(towards, (x, at) => steps * direction[at]! + x));
  return { direction: next ?? direction, mean: middle, steps: steps + 1 };
}

function farthest(honest: readonly Float32Array[], direction: Float32Array): number {
  const parts = honest.map((vector) =>
    Math.abs(vector.reduce((sum, x, at) => sum + x * direction[at]!, 0)),
  );
  return parts.indexOf(Math.max(...parts));
}

/** Null for zeros. */
function unit(values: Float64Array): Float32Array | null {
  const length = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? Float32Array.from(values, (x) => x / length) : null;
}

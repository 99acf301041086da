import { defineAggregator, type RandomSource, z } from 'edgemlsim/rules';
import {
  leastFirst,
  meanOfGroup,
  newVector,
  principalSpread,
  squaredDistancesOf,
} from 'edgemlsim/rules/toolbox';

/**
 * Divide and conquer (DnC): in some coordinates drawn at random, the c f vectors farthest out in the
 * direction of greatest spread are left out; the result is the mean of those that stay each time.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, summed in order of arrival. Each
 * time min(b, d) coordinates are drawn, the vectors are centred there, and score is the squared part
 * along the direction of the greatest eigenvalue (where several tie, the mean over them); the n - floor(c f) of least score stay. If no
 * vector stays every time, the mean of those that stayed most often. Weights are not looked at.
 * Needs n >= 2f + 1 and n > c f. Cost O(times (n^2 b + n^3)). Ties: lowest index stays.
 * Source: Shejwalkar and Houmansadr, NDSS 2021, algorithm 2; one time, b = 10 000 and c = 1 as there.
 * Example, f = 1: (0), (1), (2), (9) -> (1): left out 9, the farthest from the mean 3.
 */
export default defineAggregator({
  name: 'divide-and-conquer',
  summary: 'mean without the vectors farthest out where a sample of coordinates spreads most',
  minimumInputs: (f, { filtered }) => Math.max(2 * f, Math.floor(filtered * f)) + 1,
  options: z.object({
    times: z.int().min(1).max(1000).default(1).describe('how often coordinates are drawn'),
    coordinates: z.int().min(1).default(10_000).describe('how many are drawn each time (b)'),
    filtered: z.number().positive().default(1).describe('vectors left out each time, in f (c)'),
  }),
  aggregate: (vectors, { f, random }, { times, coordinates, filtered }) => {
    const n = vectors.length;
    const out = Math.floor(filtered * f);
    const stays = new Array<number>(n).fill(0);
    const ones = new Float64Array(n).fill(1);
    for (let time = 0; time < times; time += 1) {
      const distances = squaredDistancesOf(sampled(vectors, coordinates, random));
      const { squaredParts } = principalSpread(distances, ones);
      for (const index of leastFirst(squaredParts).slice(0, n - out)) stays[index]! += 1;
    }
    const most = Math.max(...stays);
    const selected = stays.flatMap((count, index) => (count === most ? [index] : []));
    return { vector: meanOfGroup(vectors, selected), selected, iterations: times };
  },
});

/** The vectors' elements at `count` random coordinates, in ascending order. */
function sampled(
  vectors: readonly Float32Array[],
  count: number,
  random: RandomSource,
): readonly Float32Array[] {
  const d = vectors[0]!.length;
  if (count >= d) return vectors;
  // Each of the last `count` places draws from those up to it; one that was drawn already takes that place itself.
  const drawn = new Set<number>();
  for (let last = d - count; last < d; last += 1) {
    const place = random.integer(last + 1);
    drawn.add(drawn.has(place) ? last : place);
  }
  const places = Int32Array.from(drawn).sort();
  return vectors.map((vector) => {
    const part = newVector(count);
    for (const [at, place] of places.entries()) part[at] = vector[place]!;
    return part;
  });
}

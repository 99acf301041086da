import { computeBlocks } from './block-sharing.ts';
import { areAllPlaced, coordinateWise } from './coordinate-wise.ts';
import { inSteps, lengthOf } from './in-steps.ts';
import { kernels } from './kernels.ts';
import { addressOf, vectorToFill } from './placement.ts';

/** A copy of its own. */
export function copyOf(vector: Float32Array): Float32Array {
  const copy = vectorToFill(vector.length);
  copy.set(vector);
  return copy;
}

/** factor * vector; the factor is rounded to float32 first. */
export function scaled(vector: Float32Array, factor: number): Float32Array {
  const out = vectorToFill(vector.length);
  const { run } = kernels();
  inSteps([vector], out, ([address], outAddress, length) => {
    run.scale(outAddress, address!, factor, length);
  });
  return out;
}

/** True when no element is NaN or infinite. */
export function allFinite(vector: Float32Array): boolean {
  const { run } = kernels();
  let finite = true;
  inSteps([vector], null, ([address], _out, length) => {
    finite &&= run.allFinite(address!, length) === 1;
  });
  return finite;
}

/**
 * The arithmetic mean: the sum in the order of the vectors, from +0, divided by their number,
 * every step rounded to float32. With weights: the sum of (weight / sum of weights) * vector,
 * each quotient rounded to float32. Throws RangeError on vectors that differ in length, on none,
 * and on weights that are negative or all zero.
 */
export function meanOf(
  vectors: readonly Float32Array[],
  weights?: readonly number[],
): Float32Array {
  if (weights === undefined) return coordinateWise({ kind: 'mean' }, vectors);
  const factors = factorsOf(weights, vectors.length);
  return coordinateWise({ kind: 'combination', factors }, vectors);
}

/**
 * The sum of factor * vector in the order of the vectors, from +0; factors, products and sums are
 * rounded to float32. Goes to `out` where that is given, which must be none of the vectors. Throws
 * RangeError as `meanOf` does, and unless there is a factor for each.
 */
export function combinationOf(
  vectors: readonly Float32Array[],
  factors: readonly number[],
  out?: Float32Array,
): Float32Array {
  if (factors.length !== vectors.length) {
    throw new RangeError(`${factors.length} factors for ${vectors.length} vectors`);
  }
  return coordinateWise({ kind: 'combination', factors }, vectors, out);
}

/**
 * The mean of each group of the vectors, as `meanOf` makes it, but in one pass over them; elements
 * whose sum leaves the float32 range are added in float64, so means of finite vectors are finite. A
 * group lists indices, in the order of the sum. Throws RangeError as `meanOf` does.
 */
export function groupMeansOf(
  vectors: readonly Float32Array[],
  groups: readonly (readonly number[])[],
): Float32Array[] {
  const length = lengthOf(vectors);
  if (groups.some((group) => group.length === 0)) throw new RangeError('no vectors');
  const outs = groups.map(() => vectorToFill(length));
  const places = vectors.map(addressOf);
  const outPlaces = outs.map(addressOf);
  if (areAllPlaced(places) && areAllPlaced(outPlaces)) {
    computeBlocks({ kind: 'group-means', groups, outs: outPlaces, vectors: places, length });
  } else {
    for (const [index, group] of groups.entries()) {
      outs[index] = meanOf(group.map((member) => vectors[member]!));
    }
  }
  for (const [index, group] of groups.entries()) mendRange(outs[index]!, vectors, group);
  return outs;
}

/** The mean of the vectors of these indices, as `groupMeansOf` makes it. */
export function meanOfGroup(
  vectors: readonly Float32Array[],
  group: readonly number[],
): Float32Array {
  return groupMeansOf(vectors, [group])[0]!;
}

function mendRange(
  mean: Float32Array,
  vectors: readonly Float32Array[],
  group: readonly number[],
): void {
  if (allFinite(mean)) return;
  for (const [i, x] of mean.entries()) {
    if (Number.isFinite(x)) continue;
    mean[i] = group.reduce((sum, member) => sum + vectors[member]![i]!, 0) / group.length;
  }
}

/**
 * At every coordinate the sign of the sum of the vectors' signs: 1, -1, or 0 where there are as
 * many of each. Throws RangeError as `meanOf` does.
 */
export function majoritySignOf(vectors: readonly Float32Array[]): Float32Array {
  return coordinateWise({ kind: 'majority-sign' }, vectors);
}

function factorsOf(weights: readonly number[], n: number): number[] {
  if (weights.length !== n) throw new RangeError(`${weights.length} weights for ${n} vectors`);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!weights.every((weight) => weight >= 0) || !(total > 0 && total < Infinity)) {
    throw new RangeError(`weights must not be negative and not all zero, got ${weights}`);
  }
  return weights.map((weight) => weight / total);
}

import { square } from '../../elementary.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Eigenvalues that differ by no more than this share are one, but for rounding. */
const SAME = 1e-12;
/** Steps of the power method that look whether the variance reaches what is enough. */
const STEPS_TO_ENOUGH = 40;

/** Facts about the direction in which vectors spread most. */
export interface PrincipalSpread {
  /** The greatest eigenvalue of the weighted covariance: the variance along its direction. */
  variance: number;
  /**
   * Squared length of each vector's part along that direction, from the weighted mean. Where several
   * directions at right angles to each other have this variance: the mean over them, which is the
   * same whichever of these directions one takes.
   */
  squaredParts: Float64Array;
}

/**
 * In which direction n vectors spread most about their weighted mean, from their squared distances
 * alone: the covariance, d x d, has the eigenvalues of the n x n products of the centred vectors,
 * and its directions of spread are sums of these. Exact but for rounding.
 *
 * `weights`: not negative, not all zero. Cost O(n^3). A variance known to reach `enough` may be
 * returned sooner, as a lower bound and without `squaredParts`.
 */
export function principalSpread(
  distances: readonly Float64Array[],
  weights: ArrayLike<number>,
  enough = Number.POSITIVE_INFINITY,
): PrincipalSpread {
  const n = distances.length;
  const total = sumOf(weights);
  const products = centredProducts(distances, weights, total);
  const roots = Float64Array.from(weights, Math.sqrt);
  const matrix = products.map((product, at) => {
    return (product * roots[Math.floor(at / n)]! * roots[at % n]!) / total;
  });
  const squaredParts = new Float64Array(n);
  if (enough < Number.POSITIVE_INFINITY) {
    const atLeast = lowerBound(matrix, n, enough);
    if (atLeast >= enough) return { variance: atLeast, squaredParts };
  }
  const { values, vectors } = symmetricEigen(matrix, n);
  const variance = Math.max(...values);
  if (!(variance > 0)) return { variance: 0, squaredParts };
  const image = new Float64Array(n);
  let directions = 0;
  for (const [k, value] of values.entries()) {
    if (value < variance * (1 - SAME)) continue;
    directions += 1;
    const direction = roots.map((root, index) => root * vectors[k * n + index]!);
    multiply(image, products, direction);
    for (let i = 0; i < n; i += 1) squaredParts[i]! += square(image[i]!) / (total * variance);
  }
  divide(squaredParts, directions);
  return { variance, squaredParts };
}

/** The power method from the longest column: no image is longer than the greatest eigenvalue. */
function lowerBound(matrix: Float64Array, n: number, enough: number): number {
  let longest = 0;
  for (let i = 1; i < n; i += 1) {
    if (matrix[i * n + i]! > matrix[longest * n + longest]!) longest = i;
  }
  const direction = matrix.slice(longest * n, (longest + 1) * n);
  const image = new Float64Array(n);
  let bound = lengthOf(direction);
  for (let step = 0; step < STEPS_TO_ENOUGH && bound > 0 && bound < enough; step += 1) {
    divide(direction, lengthOf(direction));
    multiply(image, matrix, direction);
    direction.set(image);
    bound = lengthOf(direction);
  }
  return bound;
}

/** n x n, row by row: the products <x_i - m, x_j - m> of the vectors about their weighted mean m. */
export function centredProducts(
  distances: readonly Float64Array[],
  weights: ArrayLike<number>,
  total: number,
): Float64Array {
  const n = distances.length;
  // |x_i - m|^2 = (mean distance of i) - (mean of these means) / 2.
  const means = distances.map((row) => dot(row, weights) / total);
  const middle = dot(means, weights) / total;
  const products = new Float64Array(n * n);
  for (const [i, row] of distances.entries()) {
    for (let j = 0; j < n; j += 1) {
      products[i * n + j] = (means[i]! + means[j]! - middle - row[j]!) / 2;
    }
  }
  return products;
}

/** out <- matrix times direction. */
function multiply(out: Float64Array, matrix: Float64Array, direction: Float64Array): void {
  const n = direction.length;
  for (let row = 0, at = 0; row < n; row += 1) {
    let sum = 0;
    for (let column = 0; column < n; column += 1, at += 1) sum += matrix[at]! * direction[column]!;
    out[row] = sum;
  }
}

function divide(values: Float64Array, divisor: number): void {
  for (let index = 0; index < values.length; index += 1) values[index]! /= divisor;
}

function lengthOf(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += a[index]! * b[index]!;
  return sum;
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]!;
  return sum;
}

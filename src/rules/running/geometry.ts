import { angleOf, square } from '../../elementary.ts';
import { classicalScaling } from '../toolbox/classical-scaling.ts';
import { norm, squaredDistancesOf } from '../toolbox/vectors.ts';

/** Of more vectors than this nothing is recorded: their distances would fill the journal. */
const MOST_VECTORS = 64;

/** Float32 sums are good to about this many digits. */
const DIGITS = 7;

/** How the vectors of one aggregation lie to each other and to its result. Plain data. */
export interface Geometry {
  /** Indices of the vectors, of which the other lists have one value each. */
  vectors: number[];
  /** Euclidean norms. */
  norms: number[];
  /** Euclidean distances to the result, and angles to it (see `anglesDeg`); null without a result. */
  toResult: { distances: number[]; anglesDeg: (number | null)[] } | null;
  /** Euclidean distances of the pairs (0, 1), (0, 2), … (1, 2), … of these vectors. */
  distances: number[];
  /** The picture of vectors and result in two dimensions; see `classicalScaling`. */
  plane: {
    vectors: [x: number, y: number][];
    result: [x: number, y: number] | null;
    share: number | null;
  };
}

/**
 * How the vectors that a server was left with, as the rule and its chain were given them, lie to each
 * other and to the result.
 *
 * In: vectors of length d, all finite, unchanged, and their indices. Numbers are rounded to 7 digits.
 * Null without a vector, and of more than `MOST_VECTORS`. Cost O(n^2 d + n^3).
 */
export function geometryOf(
  vectors: readonly Float32Array[],
  indices: readonly number[],
  result: Float32Array | null,
): Geometry | null {
  const n = vectors.length;
  if (n === 0 || n > MOST_VECTORS) return null;
  const squares = squaredDistancesOf(result === null ? vectors : [...vectors, result]);
  const { points, share } = classicalScaling(squares);
  const norms = vectors.map((vector) => norm(vector));
  const rounded = points.map(([x, y]): [number, number] => [round(x), round(y)]);
  return {
    vectors: [...indices],
    norms: norms.map(round),
    toResult: result && {
      distances: vectors.map((_, index) => distance(squares, index, n)),
      anglesDeg: anglesDeg(squares[n]!, norms, norm(result)),
    },
    distances: vectors.flatMap((_, i) =>
      Array.from({ length: n - i - 1 }, (_, step) => distance(squares, i, i + 1 + step)),
    ),
    plane: {
      vectors: rounded.slice(0, n),
      result: result && rounded[n]!,
      share: share === null ? null : round(share),
    },
  };
}

/**
 * The angle of each vector to the result, from 0 to 180 degrees, in steps of a hundredth; null where one
 * of them is zero. From three lengths: tan^2(angle / 2) = (d^2 - (a - b)^2) / ((a + b)^2 - d^2). Good to
 * about 0.1 degrees, less where one vector is thousands of times as long as the other.
 */
function anglesDeg(
  squares: Float64Array,
  norms: readonly number[],
  ofResult: number,
): (number | null)[] {
  return norms.map((ofVector, index) => {
    if (ofVector === 0 || ofResult === 0) return null;
    const opposite = Math.max(0, squares[index]! - square(ofVector - ofResult));
    const adjacent = Math.max(0, square(ofVector + ofResult) - squares[index]!);
    const angle = 2 * angleOf(Math.sqrt(opposite), Math.sqrt(adjacent));
    return Math.round((angle * 18_000) / Math.PI) / 100;
  });
}

function distance(squares: readonly Float64Array[], i: number, j: number): number {
  return round(Math.sqrt(squares[i]![j]!));
}

function round(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

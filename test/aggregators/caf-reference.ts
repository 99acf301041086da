/** Squarings of a matrix: its direction of 2^60 steps of the power method. */
const SQUARINGS = 60;

type Matrix = number[][];

const indices = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** C = weighted covariance of the vectors about their weighted mean, d x d. */
function covariance(vectors: readonly number[][], weights: readonly number[]) {
  const total = weights.reduce((a, b) => a + b);
  const d = vectors[0]!.length;
  const mean = indices(d).map((at) => {
    return vectors.reduce((sum, vector, i) => sum + weights[i]! * vector[at]!, 0) / total;
  });
  const centred = vectors.map((vector) => vector.map((x, at) => x - mean[at]!));
  const matrix = indices(d).map((row) =>
    indices(d).map((column) => {
      const products = centred.map((x, i) => weights[i]! * x[row]! * x[column]!);
      return products.reduce((a, b) => a + b) / total;
    }),
  );
  return { mean, centred, matrix };
}

const greatestOf = (matrix: Matrix): number => Math.max(...matrix.flat().map(Math.abs));

/** The unit vector of the greatest eigenvalue: what all columns of a high power of the matrix become. */
function widest(matrix: Matrix): number[] {
  let power = matrix;
  for (let squaring = 0; squaring < SQUARINGS; squaring += 1) {
    const scale = greatestOf(power);
    const scaled = power.map((row) => row.map((x) => x / scale));
    power = scaled.map((row) =>
      indices(row.length).map((at) => row.reduce((sum, x, k) => sum + x * scaled[k]![at]!, 0)),
    );
  }
  const lengths = power.map((column) => Math.hypot(...column));
  const longest = lengths.indexOf(Math.max(...lengths));
  return power[longest]!.map((x) => x / lengths[longest]!);
}

/** CAF as its paper has it, in float64, on the covariance itself. */
export function cafReference(vectors: readonly number[][], f: number): number[] {
  const n = vectors.length;
  let weights = new Array<number>(n).fill(1);
  let [least, best] = [Number.POSITIVE_INFINITY, [] as number[]];
  while (weights.reduce((a, b) => a + b) > n - 2 * f) {
    const { mean, centred, matrix } = covariance(vectors, weights);
    if (greatestOf(matrix) === 0) return mean;
    const direction = widest(matrix);
    const along = centred.map((x) => x.reduce((sum, each, at) => sum + each * direction[at]!, 0));
    const total = weights.reduce((a, b) => a + b);
    const variance = along.reduce((sum, t, i) => sum + weights[i]! * t * t, 0) / total;
    if (variance < least) [least, best] = [variance, mean];
    const farthest = Math.max(...along.map((t, i) => (weights[i]! > 0 ? t * t : 0)));
    weights = weights.map((c, i) => Math.max(0, c * (1 - along[i]! ** 2 / farthest)));
  }
  return best;
}

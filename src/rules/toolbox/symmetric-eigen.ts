/** A sweep rotates every pair of rows once; convergence is quadratic, so that 6 to 10 suffice. */
const MOST_SWEEPS = 60;

interface SymmetricEigen {
  values: Float64Array;
  /** Row k is the unit eigenvector of values[k]. */
  vectors: Float64Array;
}

/**
 * All eigenvalues and eigenvectors of a symmetric n x n matrix, row by row, in no order: by Jacobi's
 * rotations, exact but for rounding. Leaves the matrix as it is. Cost O(n^3).
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) vectors[i * n + i] = 1;
  // Elements far below the rounding of the largest have no effect any more.
  const negligible = a.reduce((most, each) => Math.max(most, Math.abs(each)), 0) * 1e-20;
  for (let sweep = 0, rotated = true; rotated && sweep < MOST_SWEEPS; sweep += 1) {
    rotated = false;
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) {
        if (Math.abs(a[p * n + q]!) <= negligible) continue;
        rotate(a, vectors, n, p, q);
        rotated = true;
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}

/** Turns rows and columns p and q so that the element at p, q becomes 0. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const between = a[p * n + q]!;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * between);
  // The smaller of the two angles; theta^2 may be out of range.
  const t =
    Math.abs(theta) > 1e150
      ? 1 / (2 * theta)
      : (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (let k = 0; k < n; k += 1) {
    const kp = a[k * n + p]!;
    const kq = a[k * n + q]!;
    a[k * n + p] = cosine * kp - sine * kq;
    a[k * n + q] = sine * kp + cosine * kq;
  }
  turnRows(a, n, p, q, cosine, sine);
  turnRows(vectors, n, p, q, cosine, sine);
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

function turnRows(
  rows: Float64Array,
  n: number,
  p: number,
  q: number,
  cosine: number,
  sine: number,
): void {
  for (let k = 0; k < n; k += 1) {
    const pk = rows[p * n + k]!;
    const qk = rows[q * n + k]!;
    rows[p * n + k] = cosine * pk - sine * qk;
    rows[q * n + k] = sine * pk + cosine * qk;
  }
}

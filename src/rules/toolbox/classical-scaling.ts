import { centredProducts } from './principal-spread.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Points in the plane whose distances are as near to given ones as a linear picture allows. */
interface PlanePicture {
  /** About their mean, (0, 0), the widest direction along x. */
  points: [x: number, y: number][];
  /** The share of the squared spread that the plane shows, from 0 to 1; null where there is none. */
  share: number | null;
}

/**
 * Classical scaling (Torgerson, 1952) of n points to two dimensions, from their squared distances: the
 * two leading eigenvectors of the centred products, each times the root of its eigenvalue. It is the
 * projection onto the two principal directions. In each direction the point that is farthest from the
 * middle, the first of several, has a positive coordinate. Cost O(n^3).
 * Example: squared distances of (0, 0), (4, 0), (0, 2) -> points at these distances; share 1.
 */
export function classicalScaling(distances: readonly Float64Array[]): PlanePicture {
  const n = distances.length;
  const weights = new Float64Array(n).fill(1);
  const products = centredProducts(distances, weights, n);
  const { values, vectors } = symmetricEigen(products, n);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
  const axes = order.slice(0, 2).map((k) => {
    const root = Math.sqrt(Math.max(0, values[k]!));
    return facing(vectors.slice(k * n, (k + 1) * n).map((part) => part * root));
  });
  const spread = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const shown = order.slice(0, 2).reduce((sum, k) => sum + Math.max(0, values[k]!), 0);
  return {
    points: distances.map((_, index) => [axes[0]?.[index] ?? 0, axes[1]?.[index] ?? 0]),
    share: spread > 0 ? shown / spread : null,
  };
}

/** The same axis, turned so that its farthest coordinate is positive. */
function facing(axis: Float64Array): Float64Array {
  const farthest = axis.reduce((most, part) => (Math.abs(part) > Math.abs(most) ? part : most), 0);
  return farthest < 0 ? axis.map((part) => -part) : axis;
}

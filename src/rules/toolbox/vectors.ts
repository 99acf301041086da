// Vector arithmetic for rules and attacks: SIMD kernels behind plain functions.
export {
  combinationWithDistances,
  norm,
  squaredDistance,
  squaredDistancesOf,
} from '../../kernels/distances.ts';
export { newVector } from '../../kernels/placement.ts';
export { type Centre, medianOf, nearestMeanOf, trimmedMeanOf } from '../../kernels/selection.ts';
export {
  allFinite,
  combinationOf,
  copyOf,
  groupMeansOf,
  majoritySignOf,
  meanOf,
  meanOfGroup,
  scaled,
} from '../../kernels/vectors.ts';

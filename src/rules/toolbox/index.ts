/**
 * Arithmetic for rules and attacks: `import { meanOf } from 'edgemlsim/rules/toolbox'`.
 * Not stable: a function here may change or go in any version, unlike the contract in
 * `edgemlsim/rules`.
 *
 * @module edgemlsim/rules/toolbox
 */

export { exp, log, log10, pow } from '../../elementary.ts';
export { harmOf } from './harm.ts';
export { lineSearch } from './line-search.ts';
export { largestMeanShiftCluster } from './mean-shift.ts';
export { type KrumNeighbours, krumScores, leastFirst, nearestFirst } from './nearest.ts';
export { normalQuantile } from './normal-quantile.ts';
export {
  greatestFactor,
  type Perturbation,
  perturbationOf,
  productOf,
} from './perturbation.ts';
export { type PrincipalSpread, principalSpread } from './principal-spread.ts';
export { isSignificant, significantCount } from './significant.ts';
export { medianOfNumbers, standardDeviationOf } from './statistics.ts';
export { strongestOf } from './strongest.ts';
export {
  allFinite,
  type Centre,
  combinationOf,
  combinationWithDistances,
  copyOf,
  groupMeansOf,
  majoritySignOf,
  meanOf,
  meanOfGroup,
  medianOf,
  nearestMeanOf,
  newVector,
  norm,
  scaled,
  squaredDistance,
  squaredDistancesOf,
  trimmedMeanOf,
} from './vectors.ts';

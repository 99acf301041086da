// The public interface for a user's own rules: `import { defineAggregator } from 'edgemlsim/rules'`.
export { z } from 'zod';
export {
  type Aggregation,
  type AggregationContext,
  type Aggregator,
  defineAggregator,
} from './aggregator.ts';
export {
  type Attack,
  defineAttack,
  type Forgery,
  type ForgingContext,
  type Knowledge,
  type VectorAttack,
} from './attack.ts';
export {
  type DataAttack,
  defineDataAttack,
  type Misfit,
  type PoisoningContext,
  type SampleShape,
  type Samples,
  type Trigger,
} from './data-attack.ts';
export {
  type DeliveryAttack,
  type DeliveryContext,
  defineDeliveryAttack,
  type Sending,
} from './delivery-attack.ts';
export { harmOf } from './harm.ts';
export { type KrumNeighbours, krumScores } from './krum-scores.ts';
export { lineSearch } from './line-search.ts';
export { largestMeanShiftCluster } from './mean-shift.ts';
export { medianOfNumbers } from './median-of-numbers.ts';
export { leastFirst, nearestFirst } from './nearest.ts';
export { normalQuantile } from './normal-quantile.ts';
export {
  greatestFactor,
  type Perturbation,
  perturbationOf,
  productOf,
} from './perturbation.ts';
export type { PlainData, RandomSource } from './plain-data.ts';
export {
  definePreAggregator,
  type PreAggregation,
  type PreAggregationContext,
  type PreAggregator,
} from './pre-aggregator.ts';
export { type PrincipalSpread, principalSpread } from './principal-spread.ts';
export { defineStalenessWeight, type StalenessWeight } from './staleness-weight.ts';
export { standardDeviationOf } from './standard-deviation.ts';
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

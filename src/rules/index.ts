// The public interface for a user's own rules: `import { defineAggregator } from 'edgemlsim/rules'`.
export { z } from 'zod';
export {
  type Aggregation,
  type AggregationContext,
  type Aggregator,
  defineAggregator,
} from './contract/aggregator.ts';
export {
  type Attack,
  defineAttack,
  type Forgery,
  type ForgingContext,
  type Knowledge,
  type VectorAttack,
} from './contract/attack.ts';
export {
  type DataAttack,
  defineDataAttack,
  type Misfit,
  type PoisoningContext,
  type SampleShape,
  type Samples,
  type Trigger,
} from './contract/data-attack.ts';
export {
  type DeliveryAttack,
  type DeliveryContext,
  defineDeliveryAttack,
  type Sending,
} from './contract/delivery-attack.ts';
export type { PlainData, RandomSource } from './contract/plain-data.ts';
export {
  definePreAggregator,
  type PreAggregation,
  type PreAggregationContext,
  type PreAggregator,
} from './contract/pre-aggregator.ts';
export { defineStalenessWeight, type StalenessWeight } from './contract/staleness-weight.ts';
export { harmOf } from './toolbox/harm.ts';
export { type KrumNeighbours, krumScores } from './toolbox/krum-scores.ts';
export { lineSearch } from './toolbox/line-search.ts';
export { largestMeanShiftCluster } from './toolbox/mean-shift.ts';
export { medianOfNumbers } from './toolbox/median-of-numbers.ts';
export { leastFirst, nearestFirst } from './toolbox/nearest.ts';
export { normalQuantile } from './toolbox/normal-quantile.ts';
export {
  greatestFactor,
  type Perturbation,
  perturbationOf,
  productOf,
} from './toolbox/perturbation.ts';
export { type PrincipalSpread, principalSpread } from './toolbox/principal-spread.ts';
export { standardDeviationOf } from './toolbox/standard-deviation.ts';
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
} from './toolbox/vectors.ts';

// The built-in pre-aggregators as functions: `import { bucketing } from 'edgemlsim/pre-aggregators'`.
import adaptiveRobustClippingRule from '../../pre-aggregators/adaptive-robust-clipping.ts';
import bucketingRule from '../../pre-aggregators/bucketing.ts';
import bufferingRule from '../../pre-aggregators/buffering.ts';
import nearestNeighborMixingRule from '../../pre-aggregators/nearest-neighbor-mixing.ts';
import staticClippingRule from '../../pre-aggregators/static-clipping.ts';
import { callablePreAggregator } from './callable.ts';

export type { PreAggregatorFunction, Settings } from './callable.ts';
export type { VectorInput } from './inputs.ts';

export const adaptiveRobustClipping = callablePreAggregator(adaptiveRobustClippingRule);
export const bucketing = callablePreAggregator(bucketingRule);
export const buffering = callablePreAggregator(bufferingRule);
export const nearestNeighborMixing = callablePreAggregator(nearestNeighborMixingRule);
export const staticClipping = callablePreAggregator(staticClippingRule);

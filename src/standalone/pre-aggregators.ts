/**
 * The built-in pre-aggregators as functions: `import { bucketing } from 'edgemlsim/pre-aggregators'`.
 * `docs/rules.md` has the formula, the cost, the ties and the options of each.
 *
 * @module edgemlsim/pre-aggregators
 */

import adaptiveRobustClippingRule from '../../pre-aggregators/adaptive-robust-clipping.ts';
import bucketingRule from '../../pre-aggregators/bucketing.ts';
import bufferingRule from '../../pre-aggregators/buffering.ts';
import nearestNeighborMixingRule from '../../pre-aggregators/nearest-neighbor-mixing.ts';
import staticClippingRule from '../../pre-aggregators/static-clipping.ts';
import { callablePreAggregator } from './callable.ts';

export type {
  AggregatorFunction,
  CallContext,
  OwnOptions,
  PreAggregatorFunction,
  SeededSettings,
  Settings,
} from './callable.ts';
export type { VectorInput } from './inputs.ts';
export { callablePreAggregator };

/**
 * Adaptive robust clipping (ARC): the floor(2f (n - f) / n) longest vectors are shortened to the
 * norm of the longest one of the others.
 *
 * Needs n >= 2f + 1.
 * Source: Allouah et al., "Adaptive gradient clipping for robust federated learning", ICLR 2025;
 * ByzFL 0.0.11 agrees but where 2f / n (n - f) is whole and rounds down: it shortens one less with
 * n = 242, f = 33, the least such n.
 */
export const adaptiveRobustClipping = callablePreAggregator(adaptiveRobustClippingRule);

/**
 * Bucketing: the vectors are put in random buckets of s; each bucket's mean is a vector.
 *
 * Needs n >= 1, and what the rule behind needs.
 * Source: Karimireddy et al., "Byzantine-robust learning on heterogeneous datasets via bucketing",
 * ICLR 2022, algorithm 1.
 */
export const bucketing = callablePreAggregator(bucketingRule);

/**
 * Buffering: sender number s belongs to buffer s mod B; each buffer's mean is a vector.
 *
 * Needs n >= 1, and what the rule behind needs of B.
 * Source: Yang and Li, "Buffered asynchronous SGD for Byzantine learning", JMLR 2023, algorithm 2.
 */
export const buffering = callablePreAggregator(bufferingRule);

/**
 * Nearest-neighbor mixing (NNM): each vector becomes the mean of its n - f nearest, itself
 * included.
 *
 * Needs n >= 2f + 1.
 * Source: Allouah et al., "Fixing by mixing", AISTATS 2023, algorithm 2. ByzFL 0.0.11 agrees;
 * given over 25 torch tensors it takes distances from float32 products alone, and mixes the wrong
 * ones where they nearly cancel (26 numbers around 1000, a hundredth apart).
 */
export const nearestNeighborMixing = callablePreAggregator(nearestNeighborMixingRule);

/**
 * Static clipping: vectors longer than c are shortened to c.
 *
 * Needs n >= 1.
 * Source: as in ByzFL 0.0.11 (`Clipping`, c = 2), which however changes the vectors it is given
 * when they come as one array.
 */
export const staticClipping = callablePreAggregator(staticClippingRule);

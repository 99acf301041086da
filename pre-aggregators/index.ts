import type { PreAggregator } from 'edgemlsim/rules';
import adaptiveRobustClipping from './adaptive-robust-clipping.ts';
import bucketing from './bucketing.ts';
import buffering from './buffering.ts';
import nearestNeighborMixing from './nearest-neighbor-mixing.ts';
import staticClipping from './static-clipping.ts';

/** Every built-in pre-aggregator; each is the default export of the file of its name. */
export const preAggregators: readonly PreAggregator[] = [
  adaptiveRobustClipping,
  bucketing,
  buffering,
  nearestNeighborMixing,
  staticClipping,
] as readonly PreAggregator[];

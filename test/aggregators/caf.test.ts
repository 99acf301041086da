import caf from '#aggregators/caf.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';

testAggregator(caf, {
  examples: [
    {
      vectors: [[0], [2], [10]],
      f: 1,
      result: [16 / 13],
      counts: { iterations: 2 },
    },
  ],
  permutation: 'ties',
  boundedBy: { timesDiameter: 1 },
  roundsEqual: true,
  tooFew: 'caf needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

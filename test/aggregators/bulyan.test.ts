import bulyan from '#aggregators/bulyan.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';

testAggregator(bulyan, {
  examples: [
    {
      vectors: [[0], [1], [2], [4], [8], [9], [50]],
      f: 1,
      result: [1],
      selected: [2, 3, 1, 4, 0],
    },
  ],
  permutation: 'ties',
  // Its last selections are Krum's of 2f + 1 vectors: with f - 1 neighbours each, not more than one.
  hasNoTies: (_, f) => f === 0 || f > 2,
  boundedBy: { timesSpread: 1 },
  tooFew: 'bulyan needs at least 4f + 3 = 11 vectors, got 10 (f = 2)',
});

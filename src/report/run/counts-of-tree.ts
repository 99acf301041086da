import type { MetricsRow } from './metrics.ts';

/** What only rounds count: nodes.csv has the changes of a tree of models. */
export const countsOfTree = {
  ...{ started: null, dropped: null, lost: null },
  ...{ resultsDropped: null, resultsLost: null },
} satisfies Partial<MetricsRow>;

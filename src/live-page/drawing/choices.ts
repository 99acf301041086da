/** The node or the aggregation that is selected. */
export type LookedAt =
  | { kind: 'worker' | 'server'; id: string }
  | { kind: 'aggregation'; result: number };

export const LAYERS = [
  ...(['streets', 'buildings', 'coverage', 'ranges'] as const),
  ...(['links', 'trails', 'names'] as const),
] as const;
export type MapLayer = (typeof LAYERS)[number];
export const COLOURINGS = ['state', 'served-by', 'staleness', 'loss'] as const;
export type Colouring = (typeof COLOURINGS)[number];

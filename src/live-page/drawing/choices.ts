/** What is looked at closely. */
export type LookedAt =
  | { kind: 'worker' | 'server'; id: string }
  | { kind: 'aggregation'; result: number };

export const LAYERS = ['streets', 'buildings', 'ranges', 'links', 'trails', 'names'] as const;
export type MapLayer = (typeof LAYERS)[number];
export const COLOURINGS = ['state', 'served-by', 'staleness'] as const;
export type Colouring = (typeof COLOURINGS)[number];

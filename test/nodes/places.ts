import type { CloudSettings, ServerLayerSettings, ServerPlace } from '#src/nodes/settings.js';

/** A layer of servers that closes at two vectors, without a deadline. */
export function layer(changes: Partial<ServerLayerSettings> = {}): ServerLayerSettings {
  return {
    collect: { count: 2, distinct: false },
    maxPerWorker: null,
    deadlineUs: null,
    needed: 1,
    declaredF: 0,
    weights: 'equal',
    hasReference: false,
    tooFew: 'skip',
    aggregationUsPerVector: 0,
    sharesByChildren: false,
    down: 'pull',
    byzantineSenders: null,
    ...changes,
  };
}

export const cloudPlace: ServerPlace = {
  id: 'cloud',
  layer: 'cloud',
  parent: null,
  standby: null,
  children: ['a', 'b'],
};

export const edgePlace: ServerPlace = {
  id: 'a',
  layer: 'edge',
  parent: 'cloud',
  standby: null,
  children: [],
};

export const cloudSettings: CloudSettings = {
  learningRate: () => 0.5,
  gradientsPerEpoch: 4,
  counted: 'aggregated',
  gradientsAtEnd: 1000,
  maximumRounds: null,
  evaluateEveryGradients: 1000,
  split: 'test',
};

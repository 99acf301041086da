import type { MlpSpec } from '../src/learning/engine.ts';

/** Hierarchical FedAvg as both sides of the comparison run it. */
export const MODEL: MlpSpec = {
  kind: 'mlp',
  layers: [784, 128, 64, 10],
  activation: 'relu',
  initialisation: 'xavier-uniform',
};
export const EDGES = 5;
export const LEAVES = 50;
export const BATCH = 20;
/** kappa1: steps of a leaf between two merges at its edge. */
export const STEPS = 6;
/** kappa2: merges of an edge between two at the cloud. */
export const EDGE_MERGES = 2;
/** Merges of an edge in all, of a shorter and a longer run: what they differ by has no start and no end in it. */
export const WINDOWS = [100, 300] as const;
/** Of a sum over a batch. */
export const RATE = 0.001;

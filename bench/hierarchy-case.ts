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
/** Merges of an edge in all: enough for the first seconds of a process not to count. */
export const WINDOWS = 200;
/** Of a sum over a batch. */
export const RATE = 0.001;

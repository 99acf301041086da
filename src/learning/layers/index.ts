import type { LayerSpec } from '../layer-spec.ts';
import { relu, sigmoid, tanh } from './activations.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import type { LayerType } from './layer.ts';
import { averagePool, maxPool } from './pools.ts';

const types: { [Kind in LayerSpec['kind']]: LayerType<LayerSpec & { kind: Kind }> } = {
  'average-pool': averagePool,
  conv2d,
  dense,
  dropout,
  flatten,
  'max-pool': maxPool,
  relu,
  sigmoid,
  tanh,
};

/** The kind's layer type. A spec goes only to the type of its own kind. */
export function layerType(kind: LayerSpec['kind']): LayerType<LayerSpec> {
  return types[kind] as LayerType<LayerSpec>;
}

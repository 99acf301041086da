import type * as layers from '@tensorflow/tfjs-layers';
import type { Parameter } from '../engine.ts';

type LayerVariable = layers.LayersModel['trainableWeights'][number];
type Layer = layers.LayersModel['layers'][number];

/** The weights of a model that are learnt, with their places in the parameter vector. */
interface OwnParameters {
  parameters: Parameter[];
  weights: LayerVariable[];
}

/**
 * One parameter a trainable weight, layer by layer. A layer is called as the user called it, else by
 * its class and its number among those, for instance `dense-2/kernel`: names that TensorFlow.js
 * gives go on counting from one model to the next. Biases and betas are of kind `biases`.
 */
export function ownParameters(model: layers.LayersModel): OwnParameters {
  const found: OwnParameters = { parameters: [], weights: [] };
  const counts = new Map<string, number>();
  const names = new Set<string>();
  let offset = 0;
  for (const layer of model.layers) {
    const layerName = nameOf(layer, counts);
    for (const weight of layer.trainableWeights) {
      if (found.weights.includes(weight)) continue;
      const ownName = weight.originalName.split('/').at(-1)!;
      const name = unique(`${layerName}/${ownName}`, names);
      const shape = weight.shape as number[];
      const length = shape.reduce((product, size) => product * size, 1);
      const kind = /bias|beta/.test(ownName) ? 'biases' : 'weights';
      found.parameters.push({ name, kind, shape, offset, length });
      found.weights.push(weight);
      offset += length;
    }
  }
  return found;
}

function nameOf(layer: Layer, counts: Map<string, number>): string {
  const className = layer.getClassName();
  const own = className.replace(/(?<=[a-z0-9])(?=[A-Z][a-z])/g, '-').toLowerCase();
  const number = (counts.get(own) ?? 0) + 1;
  counts.set(own, number);
  // TensorFlow.js: the class in snake case, then the class itself and a number.
  const isGiven = !new RegExp(`_${className}\\d+$`).test(layer.name);
  return isGiven ? layer.name : `${own}-${number}`;
}

/** Wrappers such as a bidirectional layer have several weights of one name. */
function unique(name: string, taken: Set<string>): string {
  let number = 1;
  let candidate = name;
  while (taken.has(candidate)) {
    number += 1;
    candidate = `${name}-${number}`;
  }
  taken.add(candidate);
  return candidate;
}

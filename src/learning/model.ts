import type { Problem } from '../errors.ts';
import type { ModelSpec, Parameter } from './engine.ts';
import { type LayerSpec, type LossName, type Shape, sizeOf } from './layer-spec.ts';
import { layerType } from './layers/index.ts';
import type { PlannedLayer } from './layers/layer.ts';

/** A model with the shapes that go through it. */
interface ModelPlan {
  input: Shape;
  /** Up to the first that does not fit. */
  layers: readonly PlannedLayer[];
  loss: LossName;
  /** The first layer that does not fit what reaches it, and why. */
  misfit: { index: number; problem: Problem } | null;
}

/** Gives every layer its name, its shapes and its tensors' places in the parameter vector. */
export function planModel(spec: ModelSpec): ModelPlan {
  const { input, layers: specs, loss } = asLayers(spec);
  const layers: PlannedLayer[] = [];
  const counts = new Map<string, number>();
  let offset = 0;
  for (const [index, layerSpec] of specs.entries()) {
    const { kind } = layerSpec;
    const type = layerType(kind);
    const below = layers.at(-1);
    const shape = below?.output ?? input;
    const output = type.outputOf(layerSpec, shape);
    if ('found' in output) return { input, layers, loss, misfit: { index, problem: output } };
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const name = `${kind}-${number}`;
    const parameters = type.tensorsOf(layerSpec, shape).map((tensor): Parameter => {
      const length = sizeOf(tensor.shape);
      offset += length;
      return { name: `${name}/${tensor.kind}`, ...tensor, offset: offset - length, length };
    });
    const inPlace = below !== undefined && !layerType(below.spec.kind).needsOutputs;
    layers.push({ name, spec: layerSpec, input: shape, output, parameters, inPlace });
  }
  return { input, layers, loss, misfit: null };
}

/** The model's tensors in their order in the parameter vector: layer by layer, weights first. */
export function modelParameters(spec: ModelSpec): Parameter[] {
  return planModel(spec).layers.flatMap(({ parameters }) => parameters);
}

/** Number of elements of the parameter vector. */
export function modelDimension(spec: ModelSpec): number {
  return modelParameters(spec).reduce((sum, { length }) => sum + length, 0);
}

function asLayers(spec: ModelSpec): {
  input: Shape;
  layers: readonly LayerSpec[];
  loss: LossName;
} {
  if (spec.kind === 'layers') return spec;
  const [features, ...widths] = spec.layers;
  const layers = widths.flatMap((units, index): LayerSpec[] => {
    const layer = { kind: 'dense', units } as const;
    return index === 0 ? [layer] : [{ kind: spec.activation }, layer];
  });
  return { input: [features!], layers, loss: spec.loss ?? 'cross-entropy' };
}

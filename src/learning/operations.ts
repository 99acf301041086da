import type { AnyModelSpec, Parameter } from './engine.ts';
import { sizeOf } from './layer-spec.ts';
import { planModel } from './model.ts';

/** Passes of an item through the model in training: forward, and backward to weights and to inputs. */
const PASSES = 3;
/** A multiplication and an addition. */
const OPERATIONS_A_WEIGHT = 2;

/**
 * Floating-point operations to train on one item: 2 a multiply-add of a layer with weights, in 3 passes;
 * what layers without weights do is not counted. A weight of a convolution is used once an output pixel.
 * Of a model in a file of the user's each parameter counts once.
 */
export function trainingOperations(spec: AnyModelSpec, parameters: readonly Parameter[]): number {
  return PASSES * OPERATIONS_A_WEIGHT * multiplyAdds(spec, parameters);
}

function multiplyAdds(spec: AnyModelSpec, parameters: readonly Parameter[]): number {
  if (spec.kind === 'module') return parameters.reduce((sum, { length }) => sum + length, 0);
  return planModel(spec).layers.reduce((sum, { spec: layer, output, parameters: tensors }) => {
    const weights = tensors.find(({ kind }) => kind === 'weights')?.length ?? 0;
    const uses = layer.kind === 'conv2d' ? sizeOf(output.slice(0, 2)) : 1;
    return sum + weights * uses;
  }, 0);
}

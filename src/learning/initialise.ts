import type { RandomStream } from '../simulation/random.ts';
import type { Initialisation, ModelSpec } from './engine.ts';
import { type Shape, sizeOf } from './layer-spec.ts';
import { modelParameters } from './model.ts';

/**
 * A first parameter vector, drawn in its order; biases are 0, but
 * `standard-normal` draws biases too, all from N(0, 1); the others:
 * `xavier-uniform` from +-sqrt(6 / (in + out)), `xavier-normal` with a standard deviation of
 * sqrt(2 / (in + out)), `he-normal` with sqrt(2 / in). In and out are the numbers that one sum
 * takes in and that one input goes into: of a window, rows * columns * channels or filters.
 * Source: Glorot and Bengio, AISTATS 2010; He et al., ICCV 2015.
 */
export function initialiseParameters(spec: ModelSpec, random: RandomStream): Float32Array {
  const parameters = modelParameters(spec);
  const last = parameters.at(-1);
  const theta = new Float32Array(last ? last.offset + last.length : 0);
  for (const { kind, shape, offset, length } of parameters) {
    if (kind === 'biases' && spec.initialisation !== 'standard-normal') continue;
    const draw =
      spec.initialisation === 'standard-normal'
        ? () => random.normal()
        : weightSource(spec.initialisation, shape, random);
    for (let i = 0; i < length; i += 1) theta[offset + i] = draw();
  }
  return theta;
}

function weightSource(
  initialisation: Exclude<Initialisation, 'standard-normal'>,
  shape: Shape,
  random: RandomStream,
): () => number {
  const window = sizeOf(shape.slice(0, -2));
  const inputs = window * shape.at(-2)!;
  const outputs = window * shape.at(-1)!;
  switch (initialisation) {
    case 'xavier-uniform': {
      const limit = Math.sqrt(6 / (inputs + outputs));
      return () => (2 * random.float() - 1) * limit;
    }
    case 'xavier-normal': {
      const deviation = Math.sqrt(2 / (inputs + outputs));
      return () => random.normal() * deviation;
    }
    case 'he-normal': {
      const deviation = Math.sqrt(2 / inputs);
      return () => random.normal() * deviation;
    }
  }
}

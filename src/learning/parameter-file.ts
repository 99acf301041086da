import { InputError, type Problem } from '../errors.ts';
import type { Parameter } from './engine.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.ts';

/** A model's parameter vector as the bytes of a safetensors file: one F32 tensor a parameter. */
export function encodeParameters(
  parameters: readonly Parameter[],
  vector: Float32Array,
  metadata: Record<string, string> = {},
): Uint8Array {
  const tensors = parameters.map(({ name, shape, offset, length }) => {
    const bytes = new Uint8Array(vector.buffer, vector.byteOffset + 4 * offset, 4 * length);
    return { name, dtype: 'F32', shape, bytes };
  });
  return encodeSafetensors({ tensors, metadata });
}

/**
 * The parameter vector in a safetensors file, in plain memory; the values may be any float32.
 *
 * The file must hold exactly the model's parameters, by name, in any order.
 * Throws InputError, with every tensor that is missing, unknown, or of another shape or dtype.
 */
export function decodeParameters(
  bytes: Uint8Array,
  parameters: readonly Parameter[],
  file: string,
): { vector: Float32Array; metadata: Record<string, string> } {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const problems = parameters.flatMap((parameter) =>
    parameterProblems(parameter, byName.get(parameter.name), file),
  );
  const known = new Set(parameters.map(({ name }) => name));
  for (const { name } of tensors) {
    if (known.has(name)) continue;
    const advice = [`expected ${[...known].join(', ')}`];
    problems.push({ place: { file }, found: `tensor "${name}" is none of the model's`, advice });
  }
  if (problems.length > 0) throw new InputError(problems);

  const dimension = parameters.reduce((sum, { length }) => sum + length, 0);
  const vector = new Float32Array(dimension);
  const target = new Uint8Array(vector.buffer);
  for (const { name, offset } of parameters) target.set(byName.get(name)!.bytes, 4 * offset);
  return { vector, metadata };
}

/**
 * The parameters that a run begins with. Throws InputError as `decodeParameters`, and with every tensor
 * that holds NaN or an infinity: nothing can be learned from there on.
 */
export function decodeFirstParameters(
  bytes: Uint8Array,
  parameters: readonly Parameter[],
  file: string,
): Float32Array {
  const { vector } = decodeParameters(bytes, parameters, file);
  const problems = parameters.flatMap(({ name, offset, length }): Problem[] => {
    const values = vector.subarray(offset, offset + length);
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index < 0) return [];
    const found = `tensor "${name}" holds ${values[index]}, first at index ${index}`;
    return [{ place: { file }, found, advice: ['expected finite numbers'] }];
  });
  if (problems.length > 0) throw new InputError(problems);
  return vector;
}

function parameterProblems(
  { name, shape }: Parameter,
  tensor: Tensor | undefined,
  file: string,
): Problem[] {
  const wanted = `F32 [${shape.join(', ')}]`;
  const advice = [`expected ${wanted}, as the config's model has it`];
  if (!tensor) return [{ place: { file }, found: `tensor "${name}" is missing`, advice }];
  const held = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (held === wanted) return [];
  return [{ place: { file }, found: `tensor "${name}" is ${held}`, advice }];
}

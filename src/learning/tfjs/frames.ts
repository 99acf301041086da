// Messages in the pipes between a pool thread and its tfjs-node process: the frames of
// src/transport, each with a header that a schema describes and a body of raw numbers.
import { z } from 'zod';
import { encodeFrame } from '../../transport/encode-frame.ts';
import type { Header } from '../../transport/frame.ts';
import type { FrameLimits } from '../../transport/limits.ts';
import { count, finite, needMessage, quantitySchema } from '../../transport/message.ts';
import { splitNames } from '../dataset.ts';
import type { AnyModelSpec, Evaluation } from '../engine.ts';
import type { PlacedDataset } from '../placed-dataset.ts';

/** A piece of a dataset is sent in parts of 16 MiB. */
export const pipeLimits: FrameLimits = {
  maximumHeaderBytes: 2 ** 20,
  maximumBodyBytes: 2 ** 32 - 1,
};
export const PART_BYTES = 2 ** 24;

/** To the process. */
export const requestSchema = z.discriminatedUnion('kind', [
  /** A piece of the dataset, which has that address here, comes in parts. */
  z.strictObject({ kind: z.literal('region'), address: count, bytes: count }),
  /** The body is the next part of the piece that was announced last. */
  z.strictObject({ kind: z.literal('part') }),
  /** The body is JSON: the model, and how the dataset lies here. */
  z.strictObject({ kind: z.literal('open') }),
  /**
   * The body is theta (f32), then the items (u32); then inputs (f32) and labels (u8) that replace
   * the dataset's own, if any.
   */
  z.strictObject({
    kind: z.literal('gradient'),
    items: count,
    inputs: count,
    labels: count,
    randomOf: z.record(z.string(), z.array(finite)),
  }),
  /** The body is theta (f32), then inputs (f32) that replace the items' own, if any. */
  z.strictObject({
    kind: z.literal('evaluate'),
    split: z.enum(splitNames),
    from: count,
    to: count,
    inputs: count,
  }),
]);

/**
 * Settings with which an engine is opened; this program made them, of a config that was checked.
 */
export const openingSchema = z.strictObject({
  model: z.custom<AnyModelSpec>((model) => typeof model === 'object' && model !== null),
  data: z.custom<PlacedDataset>((data) => typeof data === 'object' && data !== null),
});

export type Request = z.infer<typeof requestSchema>;

/** Back from it, one for each request but regions and their parts, in their order. */
export const replySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('opened'),
    parameters: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['weights', 'biases']),
        shape: z.array(count).readonly(),
        offset: count,
        length: count,
      }),
    ),
    randomLayers: z.array(z.string()),
    versions: z.record(z.string(), z.string()),
  }),
  /** The body is the sum of the losses (f64), then the gradient (f32). */
  z.strictObject({ kind: z.literal('gradient') }),
  /**
   * The body is the sum of the losses (f64), then the confusion matrix (u32), or of numbers the
   * absolute errors and the squared ones (f64). Sums of the user's own measures are in the header.
   */
  z.strictObject({
    kind: z.literal('evaluation'),
    metrics: z.record(z.string(), quantitySchema).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('failed'), message: z.string(), isInput: z.boolean() }),
]);

export type Reply = z.infer<typeof replySchema>;
export type Opened = Reply & { kind: 'opened' };

type FrameArray = Float32Array | Uint32Array | Float64Array | Uint8Array;

/** A frame as the pieces to write, its body put together of parts. */
export function encodeMessage(
  message: Request | Reply,
  parts: readonly FrameArray[] = [],
): Uint8Array[] {
  // Messages are plain data, which their types cannot show.
  const header = message as unknown as Header;
  if (parts.length === 0) return encodeFrame({ header, body: null }, pipeLimits);
  const bytes = parts.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return encodeFrame({ header, body: bytes.length === 1 ? bytes[0]! : joined(bytes) }, pipeLimits);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/** The parts of a `gradient` or `evaluation` reply. */
export function resultParts(
  lossSum: number,
  numbers: Float32Array | Uint32Array | Float64Array,
): FrameArray[] {
  return [Float64Array.of(lossSum), numbers];
}

/** Throws BadFrame for a body of another length. */
export function decodeGradient(body: Uint8Array, out: Float32Array): number {
  needMessage(body.length === 8 + out.byteLength, `a gradient of ${body.length} bytes`);
  out.set(new Float32Array(body.buffer, 8, out.length));
  return new Float64Array(body.buffer, 0, 1)[0]!;
}

/** `classes`: null for data with numbers for targets. Throws BadFrame for a body of another length. */
export function decodeEvaluation(
  { buffer, length }: Uint8Array,
  { classes, outputs }: Pick<PlacedDataset, 'classes' | 'outputs'>,
): Evaluation {
  const bytes = classes === null ? 16 * outputs : 4 * classes * classes;
  needMessage(length === 8 + bytes, `an evaluation of ${length} bytes`);
  const lossSum = new Float64Array(buffer, 0, 1)[0]!;
  if (classes !== null) return { lossSum, confusion: new Uint32Array(buffer, 8) };
  const errors = new Float64Array(buffer, 8);
  const [absoluteErrors, squaredErrors] = [errors.slice(0, outputs), errors.slice(outputs)];
  return { lossSum, absoluteErrors, squaredErrors };
}

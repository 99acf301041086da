import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decodeEvaluation,
  decodeGradient,
  encodeMessage,
  pipeLimits,
  type Reply,
  replySchema,
  resultParts,
} from '#src/learning/tfjs/frames.js';
import { BadFrame } from '#src/transport/bad-frame.js';
import { FrameReader } from '#src/transport/frame-reader.js';
import { readMessage } from '#src/transport/message.js';

/** Through a pipe that hands over pieces of a given size at most. */
function piped(pieces: readonly Uint8Array[], pieceBytes: number) {
  const bytes = Buffer.concat(pieces);
  const reader = new FrameReader(pipeLimits);
  const found: { reply: Reply; body: Uint8Array | null }[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.push(bytes.subarray(at, at + pieceBytes));
    for (let frame = reader.next(); frame !== null; frame = reader.next()) {
      found.push({ reply: readMessage(replySchema, frame.header), body: frame.body as Uint8Array });
    }
  }
  return found;
}

it('what a tfjs-node process answers comes through whole, in whatever pieces it arrives', () => {
  const numbers = fc.float32Array({ minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(numbers, fc.double(), fc.integer({ min: 1, max: 50 }), (gradient, loss, bytes) => {
      const sent = encodeMessage({ kind: 'gradient' }, resultParts(loss, gradient));
      const [first, second, ...more] = piped([...sent, ...sent], bytes);
      expect(more).toEqual([]);
      expect(second).toEqual(first);
      const out = new Float32Array(gradient.length);
      expect(decodeGradient(first!.body!, out)).toEqual(loss);
      expect(out).toEqual(gradient);
    }),
  );
});

it('an evaluation of classes and one of numbers come through as they are', () => {
  const confusion = Uint32Array.of(1, 2, 3, 4);
  const counts = piped(encodeMessage({ kind: 'evaluation' }, resultParts(0.5, confusion)), 100);
  const classes = { classes: 2, outputs: 2 };
  expect(decodeEvaluation(counts[0]!.body!, classes)).toEqual({ lossSum: 0.5, confusion });
  const sums = Float64Array.of(1e300, 2, 3, 4);
  const errors = piped(encodeMessage({ kind: 'evaluation' }, resultParts(0.5, sums)), 100);
  expect(decodeEvaluation(errors[0]!.body!, { classes: null, outputs: 2 })).toEqual({
    lossSum: 0.5,
    absoluteErrors: Float64Array.of(1e300, 2),
    squaredErrors: Float64Array.of(3, 4),
  });
});

it.each<[string, () => unknown]>([
  ['another kind', () => piped(encodeMessage({ kind: 'part' }), 10)],
  ['too short a gradient', () => decodeGradient(new Uint8Array(12), new Float32Array(2))],
  ['too long a gradient', () => decodeGradient(new Uint8Array(20), new Float32Array(2))],
  [
    'an evaluation of other classes',
    () => decodeEvaluation(new Uint8Array(24), { classes: 3, outputs: 3 }),
  ],
])('an answer with %s is refused', (_, read) => {
  expect(read).toThrow(BadFrame);
});

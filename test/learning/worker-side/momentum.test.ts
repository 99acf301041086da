import { describe, expect, it } from 'vitest';
import { advanceMomentum, type WorkerMomentum } from '#src/learning/worker-side/momentum.js';
import { bound, expectSameBits, place, randomStream, randomVector } from '../../kernels/bits.ts';

const { fround } = Math;

/** Vectors that a worker sends for these gradients, one after the other. */
function sent(momentum: WorkerMomentum, gradients: readonly (readonly number[])[]) {
  let previous: Float32Array | null = null;
  return gradients.map((gradient) => {
    const out = place(gradient.map(() => Number.NaN));
    const finite = advanceMomentum(bound, momentum, { gradient: place(gradient), previous, out });
    previous = out;
    return { finite, sent: [...out] };
  });
}

describe('momentum at a worker', () => {
  it('gives the worked examples', () => {
    const values = (form: WorkerMomentum['form']) =>
      sent({ beta: 0.5, form }, [[4], [2]]).map(({ sent: [value] }) => value);
    expect(values('dampened')).toEqual([2, 2]);
    expect(values('undampened')).toEqual([4, 4]);
  });

  it.each(['dampened', 'undampened'] as const)('has the bits of a plain loop (%s)', (form) => {
    const random = randomStream(form);
    const beta = 0.9;
    const [b, share] = [fround(beta), form === 'dampened' ? fround(1 - beta) : 1];
    const gradients = Array.from({ length: 5 }, () => [...randomVector(random, 37, 'ordinary')]);
    let expected = new Float32Array(37);
    for (const [index, { sent: found }] of sent({ beta, form }, gradients).entries()) {
      expected = expected.map((m, i) =>
        fround(fround(b * m) + fround(share * gradients[index]![i]!)),
      );
      expectSameBits(found, expected);
    }
  });

  it('is the gradient itself with beta 0', () => {
    expect(
      sent({ beta: 0, form: 'dampened' }, [
        [3, -1],
        [5, 2],
      ]).map((each) => each.sent),
    ).toEqual([
      [3, -1],
      [5, 2],
    ]);
  });

  it.each([Number.NaN, Infinity, -Infinity])(
    'keeps its momentum over a gradient with %d',
    (bad) => {
      const undampened = { beta: 0.5, form: 'undampened' } as const;
      expect(
        sent(undampened, [
          [bad, 1],
          [4, 2],
          [1, bad],
          [2, 2],
        ]),
      ).toEqual([
        { finite: false, sent: [0, 0] },
        { finite: true, sent: [4, 2] },
        { finite: false, sent: [4, 2] },
        { finite: true, sent: [4, 3] },
      ]);
    },
  );

  it('keeps its momentum over a sum that leaves the finite numbers', () => {
    const undampened = { beta: 0.5, form: 'undampened' } as const;
    expect(sent(undampened, [[3e38], [3e38], [0]])).toEqual([
      { finite: true, sent: [fround(3e38)] },
      { finite: false, sent: [fround(3e38)] },
      { finite: true, sent: [fround(fround(3e38) / 2)] },
    ]);
  });
});

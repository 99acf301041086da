import { describe, expect, it } from 'vitest';
import { localSteps } from '#src/learning/worker-side/local-steps.js';
import { bound, place } from '../../kernels/bits.ts';

/** Half the squared distance to 10, whose gradient is theta - 10; the loss is the step's number. */
function gradient(step: number, theta: Float32Array, out: Float32Array): number {
  out[0] = theta[0]! - 10;
  return step;
}

function steps(count: number, compute: Parameters<typeof localSteps>[2] = gradient) {
  const [theta, out] = [place([2]), place([777])];
  const scratch = count > 1 ? ([place([777]), place([777])] as const) : null;
  const loss = localSteps(bound, { count, learningRate: 0.5, theta, scratch, out }, compute);
  return { loss, out, theta };
}

describe('steps of a worker', () => {
  it('send how far they came, in units of the learning rate', () => {
    // From 2 to 6, 8 and 9: 4 + 2 + 1 in all, over 0.5.
    const { loss, out, theta } = steps(3);
    expect([...out]).toEqual([-14]);
    expect(loss).toBe(0 + 1 + 2);
    expect([...theta]).toEqual([2]);
  });

  it('are the gradient when there is one', () => {
    expect([...steps(1).out]).toEqual([-8]);
  });

  it('wait for an engine that promises', async () => {
    const { loss, out } = steps(3, async (...given) => gradient(...given));
    expect(await loss).toBe(3);
    expect([...out]).toEqual([-14]);
  });
});

import { describe, expect, it } from 'vitest';
import type { OptimiserSpec } from '#src/learning/optimiser.js';
import { createOptimiser } from '#src/learning/optimisers/index.js';
import { openStream } from '#src/simulation/random.js';
import { bound, place, rubbish } from '../kernels/bits.js';

const sgd = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;

/** theta after each update, from theta, and what is remembered then. */
function steps(
  spec: OptimiserSpec,
  theta: number[],
  aggregates: number[][],
  {
    learningRate,
    scale = 1,
    isInPlace = false,
  }: { learningRate: number; scale?: number; isInPlace?: boolean },
): { thetas: number[][]; memory: number[] } {
  const optimiser = createOptimiser(spec);
  const { length } = theta;
  const remembered = optimiser.stateLength(length);
  const memory = place(Array(remembered).fill(optimiser.initialState));
  let current = place(theta);
  const thetas = aggregates.map((elements) => {
    const aggregate = place(elements).byteOffset;
    const step = { theta: current.byteOffset, aggregate, scale, length };
    if (remembered > 0) {
      optimiser.advance(bound, { ...step, out: memory.byteOffset });
    }
    const out = isInPlace ? current : rubbish(length);
    const memoryAt = memory.byteOffset;
    optimiser.update(bound, { ...step, state: memoryAt, learningRate, out: out.byteOffset });
    current = out;
    return [...out];
  });
  return { thetas, memory: [...memory] };
}

// All numbers are small dyadic fractions, so that float32 holds each exactly.
describe('stochastic gradient descent', () => {
  it('goes against the gradient, and remembers nothing', () => {
    const options = { learningRate: 0.5, scale: 2 };
    // 1 - 0.5 * 2 * 0.25, then the same again.
    expect(
      steps(
        sgd,
        [1, 0],
        [
          [0.25, -1],
          [0.25, 0],
        ],
        options,
      ).thetas,
    ).toEqual([
      [0.75, 1],
      [0.5, 1],
    ]);
    expect(createOptimiser(sgd).stateLength(2)).toBe(0);
  });

  it('with momentum goes on in the direction it went', () => {
    // v: 1, 0.5 * 1 + 1 = 1.5, 0.5 * 1.5 - 1 = -0.25; theta: 4 - 1, 3 - 1.5, 1.5 + 0.25.
    const { thetas, memory } = steps({ ...sgd, momentum: 0.5 }, [4], [[1], [1], [-1]], {
      learningRate: 1,
    });
    expect(thetas).toEqual([[3], [1.5], [1.75]]);
    expect(memory).toEqual([-0.25]);
  });

  it("with Nesterov's momentum looks a step ahead", () => {
    // v as above; theta: 4 - (1 + 0.5), 2.5 - (1 + 0.75), 0.75 - (-1 - 0.125).
    const spec = { ...sgd, momentum: 0.5, nesterov: true };
    expect(steps(spec, [4], [[1], [1], [-1]], { learningRate: 1 }).thetas).toEqual([
      [2.5],
      [0.75],
      [1.875],
    ]);
  });

  it('with weight decay pulls towards 0, whatever the scale of the gradient', () => {
    // g = 2 * 0.5 + 0.25 * 4 = 2, theta = 4 - 0.5 * 2 = 3; then g = 0.25 * 3, theta = 3 - 0.375.
    const spec = { ...sgd, weightDecay: 0.25 };
    const options = { learningRate: 0.5, scale: 2 };
    expect(steps(spec, [4], [[0.5], [0]], options).thetas).toEqual([[3], [2.625]]);
  });

  it('adds up decayed gradients when it has momentum too', () => {
    // g = 1 + 1 = 2, v = 2, theta = 2; g = 0 + 0.5, v = 1 + 0.5, theta = 0.5.
    const spec = { ...sgd, momentum: 0.5, weightDecay: 0.25 };
    const { thetas, memory } = steps(spec, [4], [[1], [0]], { learningRate: 1 });
    expect(thetas).toEqual([[2], [0.5]]);
    expect(memory).toEqual([1.5]);
  });
});

describe('AdaGrad', () => {
  const adagrad = { name: 'adagrad', epsilon: 1e-10, initialAccumulator: 0 } as const;

  it('divides each element by the root of the squares it has seen', () => {
    // The first step is 1 in each element whatever its size; then 4 / sqrt(9 + 16) and 0.
    const { thetas, memory } = steps(
      adagrad,
      [0, 0],
      [
        [3, -0.5],
        [4, 0],
      ],
      { learningRate: 1 },
    );
    expect(thetas[0]).toEqual([-1, 1]);
    expect(thetas[1]![0]).toBe(Math.fround(-1 - Math.fround(0.8)));
    expect(thetas[1]![1]).toBe(1);
    expect(memory).toEqual([25, 0.25]);
  });

  it('begins with its initial accumulator, and adds epsilon outside the root', () => {
    // G = 7 + (2 * 1.5)^2 = 16, step = 3 / (4 + 2).
    const spec = { ...adagrad, epsilon: 2, initialAccumulator: 7 };
    const { thetas, memory } = steps(spec, [1], [[1.5]], { learningRate: 1, scale: 2 });
    expect([thetas, memory]).toEqual([[[0.5]], [16]]);
  });

  it('leaves alone what has no gradient', () => {
    expect(steps(adagrad, [3], [[0]], { learningRate: 1 }).thetas).toEqual([[3]]);
  });
});

describe('Adam', () => {
  const adam = {
    name: 'adam',
    beta1: 0.5,
    beta2: 0.75,
    epsilon: 1e-30,
    biasCorrection: true,
    weightDecay: 0,
  } as const;

  it('takes means of gradients and of their squares, both corrected for how few there were', () => {
    // Update 1: m = 2, v = 4, c1 = 1/2, c2 = 1/4; (2 / c1) / sqrt(4 / c2) = 4 / 4.
    // Update 2 with g = 0: m = 1, v = 3, c1 = 3/4, c2 = 7/16; (4/3) / sqrt(48/7).
    const { thetas, memory } = steps(
      adam,
      [3, 1],
      [
        [4, -4],
        [0, 0],
      ],
      { learningRate: 0.5 },
    );
    expect(thetas[0]).toEqual([2.5, 1.5]);
    const second = (0.5 * (4 / 3)) / Math.sqrt(48 / 7);
    expect(thetas[1]![0]).toBeCloseTo(2.5 - second, 6);
    expect(thetas[1]![1]).toBeCloseTo(1.5 + second, 6);
    // m, v and the number of updates.
    expect(memory).toEqual([1, -1, 3, 3, 2]);
  });

  it('without correction is the step of FedAdam, with epsilon outside the root', () => {
    // m = 0.5 * 2 * 1 = 1, v = 0.25 * 4 = 1; 4 - 1 / (1 + 1).
    const spec = { ...adam, biasCorrection: false, epsilon: 1 };
    expect(steps(spec, [4], [[1]], { learningRate: 1, scale: 2 }).thetas).toEqual([[3.5]]);
  });

  it('with weight decay is AdamW: the root does not act on the decay', () => {
    // The first step is 1 whatever the gradient; 8 - 0.5 - 0.5 * 0.25 * 8, then decay of what is left.
    const spec = { ...adam, weightDecay: 0.25 };
    expect(steps(spec, [8], [[100]], { learningRate: 0.5 }).thetas).toEqual([[6.5]]);
  });

  it("agrees with TensorFlow's over 100 updates", async () => {
    const tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    const random = openStream(7, 'gradients');
    const first = Array.from({ length: 6 }, () => 2 * random.float() - 1);
    const gradients = Array.from({ length: 100 }, () =>
      first.map((_, index) => 10 ** (index - 3) * (2 * random.float() - 0.8)),
    );
    const spec = { ...adam, beta1: 0.9, beta2: 0.999, epsilon: 1e-4 };
    const { thetas } = steps(spec, first, gradients, { learningRate: 0.01 });
    const theirs = tf.train.adam(0.01, 0.9, 0.999, 1e-4);
    const theta = tf.variable(tf.tensor1d(first), true, 'theta');
    for (const gradient of gradients) {
      theirs.applyGradients([{ name: 'theta', tensor: tf.tensor1d(gradient) }]);
    }
    const expected = await theta.data();
    for (const [index, found] of thetas.at(-1)!.entries()) {
      expect(found).toBeCloseTo(expected[index]!, 5);
    }
  });
});

describe.each<OptimiserSpec>([
  sgd,
  { ...sgd, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  { name: 'adagrad', epsilon: 1e-8, initialAccumulator: 0.1 },
  {
    ...{ name: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
    biasCorrection: true,
    weightDecay: 0.1,
  },
])('%o', (spec) => {
  it('has the same bits in place as beside it', () => {
    const random = openStream(5, 'in place');
    const numbers = () => Array.from({ length: 37 }, () => random.float() - 0.5);
    const theta = numbers();
    const aggregates = Array.from({ length: 3 }, numbers);
    const options = { learningRate: 0.3, scale: 0.7 };
    const beside = steps(spec, theta, aggregates, options);
    const inPlace = steps(spec, theta, aggregates, { ...options, isInPlace: true });
    expect(inPlace).toEqual(beside);
  });
});

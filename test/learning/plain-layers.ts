/**
 * Models of layers in plain loops. With float32 rounding after every operation they are the
 * arithmetic contract, written down without regard to speed; in float64 they are the maths.
 */
import type { LayersSpec } from '#src/learning/engine.js';
import type { Conv2dSpec, LayerSpec, PoolSpec } from '#src/learning/layer-spec.js';
import type { RandomState } from '#src/simulation/random.js';
import { plainSigmoid, plainTanh } from '../kernels/plain-activations.js';
import { plainExponential, plainLogarithm } from '../kernels/plain-exponential.js';

export interface Arithmetic {
  round: (x: number) => number;
  exp: (x: number) => number;
  log: (x: number) => number;
  sigmoid: (x: number) => number;
  tanh: (x: number) => number;
}

export const float32: Arithmetic = {
  round: Math.fround,
  exp: plainExponential,
  log: plainLogarithm,
  sigmoid: plainSigmoid,
  tanh: plainTanh,
};

export const float64: Arithmetic = {
  round: (x) => x,
  exp: Math.exp,
  log: Math.log,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

type Shape = readonly number[];
type LayerRandom = (layer: string) => RandomState;

/** All items of a batch at one place of the model. */
interface Values {
  shape: Shape;
  items: number[][];
}

interface Step {
  outputs: Values;
  /** Gradient of the outputs in; that of the inputs and of the layer's own tensors out. */
  back(gradient: number[][]): { inputs: number[][]; tensors: number[] };
}

export interface Batch {
  inputs: readonly ArrayLike<number>[];
  labels: ArrayLike<number>;
  randomOf: LayerRandom | null;
}

export function plainLayersGradient(
  spec: LayersSpec,
  theta: ArrayLike<number>,
  batch: Batch,
  arithmetic: Arithmetic = float32,
): { loss: number; gradient: number[]; outputs: number[][] } {
  const { loss, outputs, steps, gradients } = forward(spec, theta, batch, arithmetic);
  let gradient = gradients;
  const parts: number[][] = [];
  for (const step of steps.toReversed()) {
    const { inputs, tensors } = step.back(gradient);
    parts.unshift(tensors);
    gradient = inputs;
  }
  return { loss, gradient: parts.flat(), outputs };
}

/** The loss alone, without the way back. */
export function plainLayersLoss(...given: Parameters<typeof forward>): number {
  return forward(...given).loss;
}

function forward(spec: LayersSpec, theta: ArrayLike<number>, batch: Batch, arithmetic: Arithmetic) {
  let values: Values = {
    shape: spec.input,
    items: batch.inputs.map((item) => [...Array.from(item)]),
  };
  let offset = 0;
  const take = (length: number) => {
    offset += length;
    return Array.from({ length }, (_, i) => theta[offset - length + i]!);
  };
  const counts: Record<string, number> = {};
  const steps = spec.layers.map((layer) => {
    counts[layer.kind] = (counts[layer.kind] ?? 0) + 1;
    const name = `${layer.kind}-${counts[layer.kind]}`;
    const step = stepOf(
      layer,
      values,
      take,
      arithmetic,
      batch.randomOf && (() => batch.randomOf!(name)),
    );
    values = step.outputs;
    return step;
  });
  const results = values.items.map((item, i) => lossOf(spec, item, batch.labels[i]!, arithmetic));
  const loss = results.reduce((sum, result) => sum + result.loss, 0);
  const gradients = results.map((result) => result.gradient);
  return { loss, outputs: values.items, steps, gradients };
}

function lossOf(spec: LayersSpec, item: number[], label: number, { round, exp, log }: Arithmetic) {
  if (spec.loss === 'squared') {
    const gradient = item.map((value, j) => (j === label ? round(value - 1) : value));
    const sum = gradient.reduce((total, d) => round(total + round(d * d)), 0);
    return { loss: round(sum * 0.5), gradient };
  }
  const greatest = Math.max(...item);
  const powers = item.map((value) => exp(round(value - greatest)));
  const sum = powers.reduce((total, power) => round(total + power), 0);
  const gradient = powers.map((power) => round(power / sum));
  gradient[label] = round(gradient[label]! - 1);
  return { loss: round(log(sum) - round(item[label]! - greatest)), gradient };
}

function stepOf(
  layer: LayerSpec,
  values: Values,
  take: (length: number) => number[],
  arithmetic: Arithmetic,
  randomOf: (() => RandomState) | null,
): Step {
  const { round, sigmoid, tanh } = arithmetic;
  switch (layer.kind) {
    case 'dense':
      return denseStep(layer.units, values, take, round);
    case 'conv2d':
      return convStep(layer, values, take, round);
    case 'max-pool':
    case 'average-pool':
      return poolStep(layer, values, round);
    case 'flatten':
      return {
        outputs: { shape: [values.shape.reduce((a, b) => a * b, 1)], items: values.items },
        back: (inputs) => ({ inputs, tensors: [] }),
      };
    case 'dropout': {
      const kept = randomOf === null ? null : keeps(randomOf(), layer.rate);
      const factor = Math.fround(1 / (1 - layer.rate));
      const drop = (items: number[][]) => {
        if (kept === null) return items;
        let index = 0;
        const width = items[0]?.length ?? 0;
        return items.map((item, i) =>
          item.map((value, j) => {
            index = i * width + j;
            return kept(index) ? round(value * factor) : 0;
          }),
        );
      };
      return {
        outputs: { ...values, items: drop(values.items) },
        back: (gradient) => ({ inputs: drop(gradient), tensors: [] }),
      };
    }
    case 'relu':
      return elementwise(
        values,
        (x) => (!(x < 0) ? x : 0),
        (g, y) => (Number.isNaN(y) ? Number.NaN : y > 0 ? g : 0),
      );
    case 'sigmoid':
      return elementwise(values, sigmoid, (g, y) => round(g * round(y * round(1 - y))));
    case 'tanh':
      return elementwise(values, tanh, (g, y) => round(g * round(1 - round(y * y))));
  }
}

function elementwise(
  values: Values,
  apply: (x: number) => number,
  slope: (gradient: number, output: number) => number,
): Step {
  const items = values.items.map((item) => item.map(apply));
  return {
    outputs: { ...values, items },
    back: (gradient) => ({
      inputs: gradient.map((item, i) => item.map((g, j) => slope(g, items[i]![j]!))),
      tensors: [],
    }),
  };
}

/** SplitMix64 in BigInt. */
export function keeps(key: RandomState, rate: number): (index: number) => boolean {
  const mask = (1n << 64n) - 1n;
  const start = (BigInt(key[1]! >>> 0) << 32n) | BigInt(key[0]! >>> 0);
  return (index) => {
    const state = (start + BigInt(index + 1) * 0x9e3779b97f4a7c15n) & mask;
    let mixed = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
    mixed ^= mixed >> 31n;
    return Number(mixed >> 32n) >= Math.floor(rate * 2 ** 32);
  };
}

/** The sum of products, in the order in which they are added. */
class Sum {
  value = 0;
  readonly #round: (x: number) => number;

  constructor(round: (x: number) => number) {
    this.#round = round;
  }

  add(a: number, b = 1): void {
    const round = this.#round;
    this.value = round(this.value + round(a * b));
  }
}

function denseStep(
  units: number,
  { items }: Values,
  take: (length: number) => number[],
  round: (x: number) => number,
): Step {
  const width = items[0]!.length;
  const weights = take(width * units);
  const biases = take(units);
  const sumOf = (length: number, a: (k: number) => number, b: (k: number) => number) => {
    const sum = new Sum(round);
    for (let k = 0; k < length; k += 1) sum.add(a(k), b(k));
    return sum.value;
  };
  const outputs = items.map((item) =>
    biases.map((bias, j) =>
      round(
        sumOf(
          width,
          (k) => item[k]!,
          (k) => weights[k * units + j]!,
        ) + bias,
      ),
    ),
  );
  return {
    outputs: { shape: [units], items: outputs },
    back(gradient) {
      const inputs = gradient.map((g) =>
        Array.from({ length: width }, (_, k) =>
          sumOf(
            units,
            (j) => g[j]!,
            (j) => weights[k * units + j]!,
          ),
        ),
      );
      const ofWeights = weights.map((_, at) =>
        sumOf(
          items.length,
          (i) => items[i]![Math.floor(at / units)]!,
          (i) => gradient[i]![at % units]!,
        ),
      );
      const ofBiases = biases.map((_, j) =>
        sumOf(
          items.length,
          (i) => gradient[i]![j]!,
          () => 1,
        ),
      );
      return { inputs, tensors: [...ofWeights, ...ofBiases] };
    },
  };
}

function convStep(
  { filters, size, stride, padding }: Conv2dSpec,
  { shape, items }: Values,
  take: (length: number) => number[],
  round: (x: number) => number,
): Step {
  const [rows, columns, channels] = shape as [number, number, number];
  const same = padding === 'same';
  const places = (n: number) =>
    same ? Math.ceil(n / stride) : Math.floor((n - size) / stride) + 1;
  const before = (n: number) =>
    same ? Math.floor(Math.max((places(n) - 1) * stride + size - n, 0) / 2) : 0;
  const [outRows, outColumns] = [places(rows), places(columns)];
  const [top, left] = [before(rows), before(columns)];
  const weights = take(size * size * channels * filters);
  const biases = take(filters);
  const weightAt = (r: number, c: number, h: number, f: number) =>
    ((r * size + c) * channels + h) * filters + f;
  const pixel = (item: number[], i: number, j: number, h: number) =>
    i < 0 || j < 0 || i >= rows || j >= columns ? 0 : item[(i * columns + j) * channels + h]!;
  const outAt = (i: number, j: number, f: number) => (i * outColumns + j) * filters + f;
  const outputs = items.map((item) => {
    const out: number[] = [];
    for (let i = 0; i < outRows; i += 1)
      for (let j = 0; j < outColumns; j += 1)
        for (let f = 0; f < filters; f += 1) {
          const sum = new Sum(round);
          for (let r = 0; r < size; r += 1)
            for (let c = 0; c < size; c += 1)
              for (let h = 0; h < channels; h += 1)
                sum.add(
                  pixel(item, i * stride + r - top, j * stride + c - left, h),
                  weights[weightAt(r, c, h, f)]!,
                );
          out.push(round(sum.value + biases[f]!));
        }
    return out;
  });
  return {
    outputs: { shape: [outRows, outColumns, filters], items: outputs },
    back(gradient) {
      const ofWeights: number[] = [];
      for (let r = 0; r < size; r += 1)
        for (let c = 0; c < size; c += 1)
          for (let h = 0; h < channels; h += 1)
            for (let f = 0; f < filters; f += 1) {
              const sum = new Sum(round);
              items.forEach((item, n) => {
                for (let i = 0; i < outRows; i += 1)
                  for (let j = 0; j < outColumns; j += 1)
                    sum.add(
                      pixel(item, i * stride + r - top, j * stride + c - left, h),
                      gradient[n]![outAt(i, j, f)]!,
                    );
              });
              ofWeights.push(sum.value);
            }
      const ofBiases = biases.map((_, f) => {
        const sum = new Sum(round);
        for (const g of gradient) for (let at = f; at < g.length; at += filters) sum.add(g[at]!);
        return sum.value;
      });
      const inputs = gradient.map((g) => {
        const sums = Array.from({ length: rows * columns * channels }, () => new Sum(round));
        for (let i = 0; i < outRows; i += 1)
          for (let j = 0; j < outColumns; j += 1)
            for (let f = 0; f < filters; f += 1)
              for (let r = 0; r < size; r += 1)
                for (let c = 0; c < size; c += 1)
                  for (let h = 0; h < channels; h += 1) {
                    const [row, column] = [i * stride + r - top, j * stride + c - left];
                    if (row < 0 || column < 0 || row >= rows || column >= columns) continue;
                    sums[(row * columns + column) * channels + h]!.add(
                      g[outAt(i, j, f)]!,
                      weights[weightAt(r, c, h, f)]!,
                    );
                  }
        return sums.map(({ value }) => value);
      });
      return { inputs, tensors: [...ofWeights, ...ofBiases] };
    },
  };
}

function poolStep(
  { kind, size, stride = size }: PoolSpec,
  { shape, items }: Values,
  round: (x: number) => number,
): Step {
  const [rows, columns, channels] = shape as [number, number, number];
  const places = (n: number) => Math.floor((n - size) / stride) + 1;
  const [outRows, outColumns] = [places(rows), places(columns)];
  /** Of each output in its order: where the numbers of its window lie. */
  const windows: number[][] = [];
  for (let i = 0; i < outRows; i += 1)
    for (let j = 0; j < outColumns; j += 1)
      for (let h = 0; h < channels; h += 1) {
        const window: number[] = [];
        for (let r = 0; r < size; r += 1)
          for (let c = 0; c < size; c += 1)
            window.push(((i * stride + r) * columns + j * stride + c) * channels + h);
        windows.push(window);
      }
  const pooled = (numbers: number[]) =>
    kind === 'max-pool'
      ? Math.max(...numbers)
      : round(numbers.reduce((sum, x) => round(sum + x), 0) / numbers.length);
  const outputs = items.map((item) =>
    windows.map((window) => pooled(window.map((at) => item[at]!))),
  );
  return {
    outputs: { shape: [outRows, outColumns, channels], items: outputs },
    back(gradient) {
      const inputs = gradient.map((g, n) => {
        const passed = new Array<number>(rows * columns * channels).fill(0);
        windows.forEach((window, k) => {
          if (kind === 'average-pool') {
            const part = round(g[k]! / window.length);
            for (const at of window) passed[at] = round(passed[at]! + part);
            return;
          }
          const most = outputs[n]![k]!;
          const first = window.find((at) => {
            const value = items[n]![at]!;
            return value === most || (Number.isNaN(value) && Number.isNaN(most));
          })!;
          passed[first] = round(passed[first]! + g[k]!);
        });
        return passed;
      });
      return { inputs, tensors: [] };
    },
  };
}

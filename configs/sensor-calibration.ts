import { defineDataset, type RandomSource, randomSource } from 'edgemlsim/datasets';
import type { ModelContext, ModelLoss, ModelMetric } from 'edgemlsim/models';

/** What a cheap gas sensor reads, in volts, at a concentration in parts per million: made up. */
export function voltage(concentration: number, temperatureC: number, humidity: number): number {
  const drift = 1 + 0.01 * (temperatureC - 20);
  return 0.4 * Math.sqrt(concentration) * drift + 0.3 * humidity;
}

function observe(items: number, wrong: number, random: RandomSource) {
  const rows: number[][] = [];
  const concentrations: number[] = [];
  for (let item = 0; item < items; item += 1) {
    const concentration = 0.5 + 8 * random.float();
    const temperatureC = 40 * random.float();
    const humidity = random.float();
    const read = voltage(concentration, temperatureC, humidity) + 0.01 * random.normal();
    rows.push([read - 1, temperatureC / 20 - 1, humidity - 0.5]);
    concentrations.push(random.float() < wrong ? 60 : concentration);
  }
  return { items: rows, targets: concentrations };
}

/** The data: the concentration is to be told from voltage, temperature and humidity. */
export const dataset = defineDataset({
  name: 'sensor-calibration',
  summary: 'gas concentration from voltage, temperature and humidity',
  load: () => {
    const random = randomSource(1);
    // One label of twenty is wrong by far.
    const train = observe(6000, 0.05, random);
    const test = observe(1000, 0, random);
    return { classes: null, train, test };
  },
});

/** The model: one hidden layer. */
export function model({ tf, inputs, classes }: ModelContext) {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [inputs], units: 12, activation: 'tanh' }),
      tf.layers.dense({ units: classes, biasInitializer: tf.initializers.constant({ value: 4 }) }),
    ],
  });
}

/** The loss: Huber's, in which a label that is wrong by far counts no more than by its distance. */
export const loss: ModelLoss = (targets, outputs) => {
  const distance = targets.sub(outputs).abs();
  const near = distance.minimum(1);
  return near.square().mul(0.5).add(distance.sub(near)).sum(1);
};

/** The metrics: how many readings may be relied on, and how far off they are in per cent. */
export const metrics: ModelMetric[] = [
  {
    name: 'within_half_ppm',
    better: 'higher',
    measure: (targets, outputs) => targets.sub(outputs).abs().lessEqual(0.5).mean(1),
  },
  {
    name: 'relative_error',
    unit: '%',
    better: 'lower',
    measure: (targets, outputs) => targets.sub(outputs).abs().div(targets).mul(100).mean(1),
  },
];

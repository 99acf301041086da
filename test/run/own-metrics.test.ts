import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricsCsv } from '#src/report/run/metrics.js';
import { readRunRecord } from '#src/report/run/run-record.js';
import { modelFile } from '../learning/tfjs/model-files.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { freshPath, journalOf, startRun } from './run-folders.ts';

const MODEL = `export default ({ tf, inputs, classes }) => tf.sequential({ layers: [
    tf.layers.dense({ inputShape: [inputs], units: classes }),
  ] });
  export const loss = 'cross-entropy';`;

/** A run of the tiny experiment with classes, whose model has these metrics. */
async function learn(metrics: string, threads = 1) {
  const path = modelFile(`${MODEL}\nexport const metrics = ${metrics};`);
  const config = tinyConfig({
    engine: 'tfjs-cpu',
    model: { kind: 'module', path },
    training: { maximumRounds: 6, learningRate: 0.01 },
  });
  const runDir = freshPath();
  const summary = await (await startRun(config, runDir, threads)).toEnd();
  return { summary, runDir, journal: journalOf(runDir) };
}

const RIGHT = `{ name: 'right', better: 'higher', unit: 'share', measure: (targets, outputs) =>
  targets.argMax(1).equal(outputs.argMax(1)).cast('float32') }`;
const CROSS = `{ name: 'cross', better: 'lower', measure: (targets, outputs) =>
  outputs.logSoftmax().mul(targets).sum(1).neg() }`;
/** A single number counts as the mean of its items. */
const ONE = `{ name: 'one', better: 'lower', measure: (targets, outputs) =>
  outputs.logSoftmax().mul(targets).sum(1).neg().mean() }`;

test("measures of the user's own are taken wherever accuracy is, and reported by name", async () => {
  const { summary, runDir, journal } = await learn(`[${RIGHT}, ${CROSS}, ${ONE}]`);
  const evaluated = journal.flatMap((line) => (line.type === 'evaluated' ? [line] : []));
  expect(evaluated.length).toBeGreaterThan(1);
  for (const { accuracy, loss, metrics } of evaluated) {
    expect(metrics!.right).toBeCloseTo(accuracy!, 10);
    expect(metrics!.cross).toBeCloseTo(loss as number, 6);
    expect(metrics!.one).toBeCloseTo(loss as number, 5);
  }
  expect(journal.find(({ type }) => type === 'run-started')).toMatchObject({
    metrics: [
      { name: 'right', unit: 'share', better: 'higher' },
      { name: 'cross', unit: null, better: 'lower' },
      { name: 'one', unit: null, better: 'lower' },
    ],
  });
  const losses = evaluated.map(({ metrics }) => metrics!.cross as number);
  const [right, cross] = summary.metrics;
  expect(right).toMatchObject({ final: summary.accuracy.final, best: summary.accuracy.best });
  expect(cross).toMatchObject({ final: losses.at(-1), best: Math.min(...losses) });
  const record = await readRunRecord(join(runDir, 'journal.jsonl'));
  expect(record.metrics).toEqual(summary.metrics);
  const [header, ...rows] = metricsCsv(record.rows).trim().split('\n');
  const columns = header!.split(',');
  expect(columns.slice(-3)).toEqual(['metric_right', 'metric_cross', 'metric_one']);
  const at = columns.indexOf('accuracy');
  for (const cells of rows.map((row) => row.split(','))) {
    expect(Number(cells.at(-3))).toBeCloseTo(Number(cells[at]), 10);
  }
});

test('the journal is the same at two threads', async () => {
  const measures = `[${RIGHT}, ${CROSS}]`;
  const hashes = [await learn(measures), await learn(measures, 2)].map(
    ({ summary }) => summary.journalHash,
  );
  expect(hashes[0]).toBe(hashes[1]);
});

test.each([
  ['5', 'metrics is no list'],
  ["[{ name: 'a b', better: 'lower', measure: () => 1 }]", 'metrics[0] has the name "a b"'],
  ["[{ name: 'a', better: 'more', measure: () => 1 }]", 'metrics[0].better is "more"'],
  ["[{ name: 'a', better: 'lower', unit: 3, measure: () => 1 }]", 'metrics[0].unit is 3'],
  ["[{ name: 'a', better: 'lower' }]", 'metrics[0] has no measure()'],
  [`[${RIGHT}, ${RIGHT}]`, 'two metrics have the name "right"'],
  ["[{ name: 'a', better: 'lower', measure: () => 1 }]", 'the metric a is a number'],
  [
    "[{ name: 'a', better: 'lower', measure: (targets) => targets }]",
    'the metric a of 60 items has the shape [60, 3]',
  ],
])('metrics = %s are refused', async (metrics, message) => {
  await expect(learn(metrics)).rejects.toThrow(message);
});

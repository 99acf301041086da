import { totalmem } from 'node:os';
import { sizeOf } from '../../learning/layer-spec.ts';
import { planModel } from '../../learning/model.ts';
import { modelSpec } from '../model-spec.ts';
import type { QuickCheck } from './check.ts';
import { MOST_PARAMETERS } from './parameters.ts';

const GIB = 2 ** 30;
/** Of the 4 GiB that all threads share: the rest is for vectors. */
const MOST_DATA_BYTES = 3 * GIB;
/** Every thread holds one batch, with all that its layers make of it. */
const MOST_BATCH_BYTES = GIB;
const FLOAT_BYTES = 4;
/** Of a synthetic dataset. */
const VALIDATION_ITEMS = 500;

/** The data that is made and the batches find room; what is read from files says so itself. */
export const checkMemory: QuickCheck = (config, problem) => [
  ...madeData(config, problem),
  ...batches(config, problem),
];

const madeData: QuickCheck = ({ data: { dataset } }, problem) => {
  if (dataset.name !== 'synthetic') return [];
  const { features, trainItems, testItems } = dataset;
  const items = trainItems + VALIDATION_ITEMS + testItems;
  const itemBytes = FLOAT_BYTES * features;
  // They are there twice while they are handed to the threads.
  const most = Math.min(MOST_DATA_BYTES, totalmem() / 2);
  if (items * itemBytes <= most) return [];
  const path = ['data', 'dataset', trainItems >= testItems ? 'trainItems' : 'testItems'];
  const found = `${inWords(items)} items of ${inWords(features)} numbers need ${gib(items * itemBytes)} of memory`;
  const fitting = inWords(Math.floor(most / itemBytes));
  return [problem(path, found, [`expected at most ${gib(most)}: ${fitting} items of them`])];
};

const batches: QuickCheck = ({ model, data: { batchSize } }, problem) => {
  if (model.kind === 'module') return [];
  const { input, layers } = planModel(modelSpec(model));
  const parameters = layers.flatMap((layer) => layer.parameters);
  // A model that is too large by itself needs no further check.
  if (parameters.reduce((sum, { length }) => sum + length, 0) > MOST_PARAMETERS) return [];
  const shapes = [input, ...layers.map(({ output }) => output)];
  // Of the outputs there are the derivatives too.
  const numbers = 2 * shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const itemBytes = FLOAT_BYTES * numbers;
  if (batchSize * itemBytes <= MOST_BATCH_BYTES) return [];
  const found = `a batch of ${inWords(batchSize)} items needs ${gib(batchSize * itemBytes)} of memory with this model`;
  const fitting = inWords(Math.floor(MOST_BATCH_BYTES / itemBytes));
  const advice = [`expected at most ${gib(MOST_BATCH_BYTES)} a thread: ${fitting} items`];
  return [problem(['data', 'batchSize'], found, advice)];
};

function inWords(count: number): string {
  return count.toLocaleString('en');
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toLocaleString('en', { maximumFractionDigits: 1 })} GiB`;
}

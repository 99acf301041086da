import type { Config } from '../config/config-schema.ts';
import { loadDataset } from '../learning/datasets/load.ts';
import type { OwnMetricFacts } from '../learning/own-metric.ts';
import { openModel } from './open-model.ts';

/** Of evaluations of classes, and of numbers for targets, besides the accuracy. */
const OF_CLASSES = ['loss'];
const OF_NUMBERS = ['loss', 'rmse', 'mae', 'r2'];

/** The metrics that an evaluation of a model has besides the accuracy: `own` of them are the user's. */
export function metricNames(hasClasses: boolean, own: readonly OwnMetricFacts[]): string[] {
  return [...(hasClasses ? OF_CLASSES : OF_NUMBERS), ...own.map(({ name }) => name)];
}

/** Those of the model of a config, with the accuracy where its data have classes. Throws InputError. */
export async function metricsOfConfig(config: Config): Promise<string[]> {
  const dataset = await loadDataset(config.data.dataset, '.');
  const { metrics } = await openModel(config, dataset);
  const hasClasses = dataset.classes !== null;
  return [...(hasClasses ? ['accuracy'] : []), ...metricNames(hasClasses, metrics)];
}

import { InputError } from '../../errors.ts';
import type { ModelMetric } from '../models.ts';
import type { OwnMetricFacts } from '../own-metric.ts';
import { ofItems } from './of-items.ts';
import type { TensorLoss } from './tensor-loss.ts';

/** A measure of the user's own, ready to be taken: its value for each item. */
export interface TensorMetric extends OwnMetricFacts {
  measure: TensorLoss;
}

/**
 * Reads `metrics`, which a model file exports. Throws InputError where that is no list of measures.
 */
export function ownMetrics(exported: unknown, file: string): TensorMetric[] {
  if (exported === undefined) return [];
  const refuse = (found: string, ...advice: string[]): never => {
    throw new InputError({ place: { file }, found, advice });
  };
  const example = "for instance { name: 'mae', unit: 'ppm', better: 'lower', measure }";
  if (!Array.isArray(exported)) return refuse('metrics is no list', `expected a list, ${example}`);
  const names = new Set<string>();
  return exported.map((metric: Partial<ModelMetric> | null, index): TensorMetric => {
    const { name, unit = null, better, measure } = metric ?? {};
    const at = `metrics[${index}]`;
    if (typeof name !== 'string' || !/^[a-z][a-z0-9_]*$/i.test(name)) {
      return refuse(
        `${at} has the name ${JSON.stringify(name)}`,
        'expected a letter, then letters, digits and _',
      );
    }
    if (names.has(name)) return refuse(`two metrics have the name "${name}"`, 'rename one');
    names.add(name);
    if (better !== 'higher' && better !== 'lower') {
      return refuse(`${at}.better is ${JSON.stringify(better)}`, 'expected higher or lower');
    }
    if (unit !== null && (typeof unit !== 'string' || unit === '')) {
      return refuse(`${at}.unit is ${JSON.stringify(unit)}`, 'expected a text, or leave it out');
    }
    if (typeof measure !== 'function') {
      return refuse(
        `${at} has no measure()`,
        `expected a function of targets and outputs, ${example}`,
      );
    }
    return { name, unit, better, measure: ofItems(`metric ${name}`, measure) };
  });
}

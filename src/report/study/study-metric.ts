import { InputError } from '../../errors.ts';
import { quantityValue } from '../../journal/quantity.ts';
import { adviceOnName } from '../../nearest-name.ts';
import type { MetricsRow } from '../run/metrics.ts';

/** A metric that the final values of a study are of. */
export interface StudyMetric {
  name: string;
  /** Which of two values is the better one. */
  better: 'higher' | 'lower';
}

/** Known facts of a run's metrics. */
interface Evaluated {
  /** Measures of the user's own. */
  metrics: readonly StudyMetric[];
  rows: readonly MetricsRow[];
}

/** Metrics of evaluations that are not the user's own. */
const BETTER = {
  accuracy: 'higher',
  loss: 'lower',
  rmse: 'lower',
  mae: 'lower',
  r2: 'higher',
} as const;

function isBuiltIn(name: string): name is keyof typeof BETTER {
  return Object.hasOwn(BETTER, name);
}

/** A metric's value in an evaluation; nothing where that does not have it. */
export function metricValueIn(row: MetricsRow, name: string): number | [] {
  const value = isBuiltIn(name) ? row[name] : row.metrics?.[name];
  return value === null || value === undefined ? [] : quantityValue(value);
}

/** The metric of that name in a run; null where the run does not have it. */
export function metricNamed({ metrics, rows }: Evaluated, name: string): StudyMetric | null {
  const own = metrics.find((each) => each.name === name);
  if (own !== undefined) return { name, better: own.better };
  const isThere = isBuiltIn(name) && rows.some((row) => row[name] !== null);
  return isThere ? { name, better: BETTER[name] } : null;
}

/** Throws InputError where evaluations were made and none has it. */
export function checkHasMetric(record: Evaluated, name: string | undefined, file: string): void {
  if (name === undefined || record.rows.length === 0 || metricNamed(record, name) !== null) return;
  const builtIn = Object.keys(BETTER).filter((each) => metricNamed(record, each) !== null);
  const known = [...builtIn, ...record.metrics.map((own) => own.name)];
  throw new InputError({
    ...{ place: { file }, found: `the run has no metric "${name}", which the study compares` },
    advice: adviceOnName(name, known),
  });
}

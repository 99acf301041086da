import type { Quantity } from '../../journal/quantity.ts';
import type { MetricsRow } from './metrics.ts';

/** Values of a measure of the user's own in the evaluations of a run. */
export interface OwnMeasure {
  name: string;
  /** Of its values; null: none. */
  unit: string | null;
  /** Which of two values is the better one. */
  better: 'higher' | 'lower';
  final: Quantity | null;
  /** The greatest or the least finite one, whichever is better. */
  best: number | null;
}

export function ownMeasures(
  declared: readonly Pick<OwnMeasure, 'name' | 'unit' | 'better'>[],
  rows: readonly MetricsRow[],
): OwnMeasure[] {
  return declared.map((metric) => {
    const values = rows.flatMap(({ metrics }) => metrics?.[metric.name] ?? []);
    const finite = values.filter((value) => typeof value === 'number');
    const best = metric.better === 'higher' ? Math.max(...finite) : Math.min(...finite);
    return { ...metric, final: values.at(-1) ?? null, best: finite.length === 0 ? null : best };
  });
}

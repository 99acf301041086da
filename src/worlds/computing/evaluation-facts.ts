import { quantity } from '../../journal/quantity.ts';
import type { ClassEvaluation, Evaluation, NumberEvaluation } from '../../learning/engine.ts';
import { metricsOf } from '../../learning/metrics.ts';
import { regressionMetricsOf } from '../../learning/regression-metrics.ts';
import type { TriggerTally } from './poisoned-batch.ts';
import type { Facts } from './value-store.ts';

/** Measurements on some of the items, and of the trigger of a back door if there is one. */
export type EvaluationPart = Evaluation & { trigger?: TriggerTally };

/** The journal's fields of an evaluation, from its parts; their sums are taken in that order. */
export function evaluationFacts(
  parts: readonly EvaluationPart[],
  { evaluationItems: items, spread }: { evaluationItems: number; spread: readonly number[] | null },
): Facts {
  const lossSum = parts.reduce((sum, part) => sum + part.lossSum, 0);
  const loss = quantity(lossSum / items);
  const own = ownMeasures(parts, items);
  if (spread === null) {
    const journal = { ...classFacts(parts as ClassPart[], loss), ...own };
    return { present: true, journal };
  }
  const numbers = parts as NumberEvaluation[];
  const sums = {
    absoluteErrors: total(numbers.map(({ absoluteErrors }) => absoluteErrors)),
    squaredErrors: total(numbers.map(({ squaredErrors }) => squaredErrors)),
  };
  const { rmse, mae, r2 } = regressionMetricsOf(sums, items, spread);
  const journal = { loss, rmse: quantity(rmse), mae: quantity(mae), r2: quantity(r2), ...own };
  return { present: true, journal };
}

/** Means over the items of the user's own measures. */
function ownMeasures(parts: readonly EvaluationPart[], items: number): Record<string, unknown> {
  const names = Object.keys(parts[0]!.metrics ?? {});
  if (names.length === 0) return {};
  const sumOf = (name: string) =>
    parts.reduce((sum, { metrics }) => sum + (metrics?.[name] ?? Number.NaN), 0);
  return {
    metrics: Object.fromEntries(names.map((name) => [name, quantity(sumOf(name) / items)])),
  };
}

type ClassPart = ClassEvaluation & { trigger?: TriggerTally };

function classFacts(parts: readonly ClassPart[], loss: unknown): Record<string, unknown> {
  const counts = total(parts.map(({ confusion }) => confusion));
  const classes = Math.sqrt(counts.length);
  const confusion = Array.from({ length: classes }, (_, row) =>
    counts.slice(row * classes, (row + 1) * classes),
  );
  const { accuracy, perClass, macro, micro } = metricsOf(counts);
  const trigger = parts.flatMap((part) => part.trigger ?? []);
  const tried = trigger.reduce((sum, part) => sum + part.tried, 0);
  const fooled = trigger.reduce((sum, part) => sum + part.fooled, 0);
  const success = tried > 0 ? { attackSuccess: fooled / tried } : {};
  return { accuracy, loss, ...success, macro, micro, perClass, confusion };
}

/** Element by element. */
function total(parts: readonly ArrayLike<number>[]): number[] {
  return Array.from(parts[0]!, (_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));
}

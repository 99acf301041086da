import type { ConfigSource } from '../config/config-source.ts';
import type { Problem } from '../errors.ts';
import { adviceOnName } from '../nearest-name.ts';
import type { Combination } from './study-grid.ts';
import type { Study } from './study-schema.ts';

/** Names in `report` that the study does not have. */
export function checkReport(
  { report, average }: Study,
  combinations: readonly Combination[],
  source: ConfigSource,
): Problem[] {
  const factors = Object.keys(combinations[0]?.levels ?? {});
  const problems: Problem[] = [];
  for (const key of ['compare', 'breakdown'] as const) {
    const factor = report[key];
    if (factor === undefined || factors.includes(factor)) continue;
    const found = average.includes(factor)
      ? `results are averaged over "${factor}"`
      : `"${factor}" is not a factor of the grid`;
    problems.push(source.problem(['report', key], found, adviceOnName(factor, factors)));
  }
  const { baseline } = report;
  const compare = problems.length > 0 ? undefined : comparedFactor(factors, report.compare);
  if (baseline === undefined || compare === undefined) return problems;
  const names = combinations.map(({ arm, levels }) => (compare === null ? arm : levels[compare]!));
  if (names.includes(baseline)) return problems;
  const found = `"${baseline}" is ${compare === null ? 'no arm' : `no level of ${compare}`}`;
  const advice = adviceOnName(baseline, [...new Set(names)]);
  return [...problems, source.problem(['report', 'baseline'], found, advice)];
}

/** The factor that a study compares by: the named one, or that of the rule; null for its arms. */
export function comparedFactor(
  factors: readonly string[],
  wanted: string | undefined,
): string | null {
  const isRule = (factor: string) => factor === 'rule' || factor.endsWith('aggregate.rule');
  return (
    factors.find((factor) => (wanted === undefined ? isRule(factor) : factor === wanted)) ?? null
  );
}

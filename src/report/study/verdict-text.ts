import type { Breakdown } from './breakdown.ts';
import type { ComparedBy } from './compared-by.ts';
import type { MethodsOverTasks } from './method-summary.ts';
import type { StudyScores } from './study-scores.ts';
import { LEVEL, type Verdict } from './verdicts.ts';

type Metric = StudyScores['metric'];

/** A sentence for each comparison, in words that a paper can take. */
export function verdictSentences(verdicts: readonly Verdict[], metric: Metric): string[] {
  return verdicts.map((verdict) => sentence(verdict, metric));
}

function sentence(verdict: Verdict, metric: Metric): string {
  const { method, baseline, meanDifference } = verdict;
  const side = meanDifference < 0 ? 'below' : 'above';
  const gap = `${method} ends ${amount(meanDifference, metric)} ${side} ${baseline}`;
  return verdictSentence(verdict, gap, (end) => signed(end, metric));
}

/** `gap`: the difference in words; `signedText`: an end of its interval. */
export function verdictSentence(
  verdict: Verdict,
  gap: string,
  signedText: (end: number) => string,
): string {
  const { task, interval, pairs, effect } = verdict;
  const where = task === '' ? '' : `${task}: `;
  const facts = [
    interval && `95 % CI ${signedText(interval[0])} to ${signedText(interval[1])}`,
    pairs === 1 ? '1 seed' : `${pairs} paired seeds`,
    // Without the sign of a zero.
    effect !== null && `d = ${effect.toFixed(1).replace(/^-(?=0\.0$)/, '')}`,
  ].filter(Boolean);
  return `${where}${gap} (${facts.join(', ')}): ${conclusion(verdict)}.`;
}

function conclusion(verdict: Verdict): string {
  const { outcome, correctedSignedRankP, correctedTP, seedsNeeded, signedRankP } = verdict;
  const byT =
    correctedTP === null ? '' : `; t test, if differences are normal: ${pText(correctedTP)}`;
  switch (outcome) {
    case 'better':
    case 'worse':
      return `${outcome}, signed-rank ${pText(correctedSignedRankP)}${byT}`;
    case 'not-told-apart':
      return `not told apart, signed-rank ${pText(correctedSignedRankP)}${byT}`;
    case 'too-few':
      return `no verdict by the signed-rank test (${pText(signedRankP)}), ${seedsNeeded} seeds could give one${byT}`;
  }
}

/** Facts that all verdicts of a study share. */
export function verdictNote(
  verdicts: readonly Verdict[],
  { metric, better, measure }: ComparedBy,
): string {
  const n = verdicts.length;
  const family =
    n === 1
      ? ''
      : ` All p are corrected by Holm's method over ${n} comparisons, except where there is no verdict.`;
  const own = measure === 'metric' ? `Values are of ${metric}: the ${better}, the better. ` : '';
  return `${own}Differences are paired by seed; verdicts are by the exact two-sided signed-rank test at ${LEVEL}.${family} CI: Student's t.`;
}

/** Sentences about methods over all tasks. */
export function overTasksSentences(
  { tasks, methods, friedmanP, criticalDifference }: MethodsOverTasks,
  metric: Metric,
): string[] {
  const worst = methods.map(
    ({ method, worst: { task, mean } }) => `${method} ${value(mean, metric)} (${task})`,
  );
  const ranks = [...methods]
    .sort((a, b) => a.meanRank - b.meanRank)
    .map(({ method, meanRank }) => `${method} ${meanRank.toFixed(2)}`);
  return [
    `Worst case over ${tasks} conditions: ${worst.join(', ')}.`,
    `Mean ranks, 1 is best: ${ranks.join(', ')}; Friedman ${pText(friedmanP)}; ranks that differ by less than ${criticalDifference.toFixed(2)} are not told apart (Nemenyi, 5 %).`,
  ];
}

/** Sentences about breakdown points. */
export function breakdownSentences(factor: string, found: readonly Breakdown[]): string[] {
  return found.map(({ arm, at, withstands }) => {
    const who = arm === '' ? '' : `${arm} `;
    return at === null
      ? `${who}withstands all levels of ${factor} up to ${withstands}.`
      : `${who}breaks down at ${factor} ${at}: its accuracy falls below half of that at the first level; it withstands ${withstands}.`;
  });
}

/** p to two digits. */
function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`;
}

/** A metric as a sentence or a title has it. */
export function metricWords(metric: Metric): string {
  return metric === 'rmse' ? 'error (RMSE)' : metric;
}

/** An accuracy in percent, others as they are. */
export function value(mean: number, metric: Metric): string {
  return metric === 'accuracy' ? `${(mean * 100).toFixed(1)} %` : mean.toPrecision(4);
}

function amount(difference: number, metric: Metric): string {
  const size = Math.abs(difference);
  return metric === 'accuracy' ? `${(size * 100).toFixed(1)} points` : size.toPrecision(3);
}

function signed(difference: number, metric: Metric): string {
  const text = metric === 'accuracy' ? (difference * 100).toFixed(1) : difference.toPrecision(3);
  return difference >= 0 ? `+${text}` : text;
}

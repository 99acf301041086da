import type { MetricsRow } from '../run/metrics.ts';
import { accuracyText, type CostToReach, reachedBy } from '../run/reached.ts';
import type { StudyResult } from './study-runs.ts';
import { scoresOf } from './study-scores.ts';
import { verdictSentence } from './verdict-text.ts';
import { LEVEL, type Verdict, verdictsOf } from './verdicts.ts';

/** The costs of reaching an accuracy, with their columns and the words for them. */
export const COSTS = [
  { cost: 'simTimeS', column: 'sim_time_s', unit: 'simulated seconds', digits: 1, scale: 1 },
  { cost: 'updates', column: 'updates', unit: 'updates', digits: 1, scale: 1 },
  { cost: 'bytes', column: 'bytes', unit: 'MB', digits: 2, scale: 1e-6 },
  { cost: 'energyJ', column: 'energy_j', unit: 'J', digits: 1, scale: 1 },
] as const satisfies readonly { cost: keyof CostToReach; unit: string; [key: string]: unknown }[];

/** How a method does beside the baseline in what it takes to reach an accuracy. `better`: it takes less. */
interface CostVerdict extends Verdict {
  cost: (typeof COSTS)[number]['cost'];
}

/** Verdicts on the costs of methods to reach one accuracy. */
export interface CostVerdicts {
  accuracy: number;
  /** One family for each cost: p are corrected over the comparisons of that cost. */
  comparisons: CostVerdict[];
  /** The first one says why this accuracy, and what the others mean. */
  sentences: string[];
}

/** Where none of the accuracies that were asked for will do, as long as one is half of the best at least. */
const STEPS = Array.from({ length: 19 }, (_, i) => (95 - 5 * i) / 100);

/**
 * Compares what methods take to reach an accuracy, on each task, over the seeds of both: the highest of
 * `reach` that can be compared, else the highest multiple of 5 % above half of the best final accuracy. A task counts where all runs of both
 * methods reached it: over those that did, a method that often does not would look cheap.
 * Null where no accuracy can be compared.
 */
export function costVerdicts(
  results: readonly StudyResult[],
  {
    compare,
    baseline,
    reach,
  }: { compare: string | null; baseline: string | null; reach: readonly number[] },
): CostVerdicts | null {
  const at = (accuracy: number) => {
    const comparisons = COSTS.flatMap(({ cost }) => {
      const scores = scoresOf(results, compare, baseline, (runs) =>
        everyCost(runs, accuracy, cost),
      );
      if (scores === null) return [];
      return verdictsOf({ better: 'lower', ...scores }).map(
        (verdict): CostVerdict => ({ ...verdict, cost }),
      );
    });
    return comparisons.length === 0 ? null : { accuracy, comparisons };
  };
  const first = (accuracies: readonly number[]) => {
    for (const accuracy of accuracies) {
      const found = at(accuracy);
      if (found !== null) return found;
    }
    return null;
  };
  const asked = first(reach.toSorted((a, b) => b - a));
  const best = Math.max(...results.map(({ measures }) => measures.accuracy ?? 0));
  // Less than that, a method that only guesses may have, too.
  const found = asked ?? first(STEPS.filter((accuracy) => accuracy >= best / 2));
  if (found === null) return null;
  const why =
    asked !== null
      ? 'the highest accuracy asked for'
      : `the highest multiple of 5 % (${reach.length === 0 ? 'no accuracy was asked for' : `asked for: ${reach.map(accuracyText).join(', ')}`}; report.reach in the study's file, or report --reach, asks for another)`;
  return {
    ...found,
    sentences: [
      `Costs are compared at ${accuracyText(found.accuracy)}, ${why}, that all runs of the baseline and of another method reached. Methods of which some run did not are left out. p are corrected over the comparisons of the same cost.`,
      ...found.comparisons.map((each) => costSentence(each, found.accuracy)),
    ],
  };
}

/** By seed, or none where one of the runs did not reach it. */
function everyCost(
  runs: readonly StudyResult[],
  accuracy: number,
  cost: keyof CostToReach,
): ((run: StudyResult) => number | null) | null {
  const costs = new Map(runs.map((run) => [run, costOf(run.rows, accuracy)]));
  if ([...costs.values()].some((each) => each === null)) return null;
  return (run) => costs.get(run)![cost];
}

/** Null where it was not reached, or by the model of the start, which costs nothing. */
function costOf(rows: readonly MetricsRow[], accuracy: number): CostToReach | null {
  const at = reachedBy(rows, [accuracy])[0]!.at;
  return at === null || at.updates === 0 ? null : at;
}

function costSentence(verdict: CostVerdict, accuracy: number): string {
  const { unit, digits, scale } = COSTS.find(({ cost }) => cost === verdict.cost)!;
  const number = (value: number) => (value * scale).toFixed(digits);
  const { method, baseline, meanDifference: difference } = verdict;
  const less = unit === 'updates' ? 'fewer' : 'less';
  const gap =
    difference === 0
      ? `${method} takes as many ${unit} as ${baseline}`
      : `${method} takes ${number(Math.abs(difference))} ${unit} ${difference < 0 ? less : 'more'} than ${baseline}`;
  const signed = (value: number) => `${value >= 0 ? '+' : ''}${number(value)}`;
  return verdictSentence(verdict, `${gap} to reach ${accuracyText(accuracy)}`, signed);
}

/** Many comparisons of costs in a sentence. */
export function costCounts({ comparisons }: CostVerdicts): string {
  const of = (outcome: string) => comparisons.filter((each) => each.outcome === outcome).length;
  const byT = comparisons.filter(({ correctedTP }) => (correctedTP ?? 1) <= LEVEL).length;
  return `${comparisons.length} comparisons of costs: ${of('better')} less than ${comparisons[0]!.baseline}, ${of('worse')} more, ${of('not-told-apart')} not told apart, ${of('too-few')} without a verdict. By the t test, if differences are normal, ${byT} differ.`;
}

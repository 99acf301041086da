import { percentText } from '../../format/words.ts';
import { costCounts } from '../../study/cost-verdicts.ts';
import { notesOn, type StudyFacts } from '../../study/study-report.ts';
import { metricWords, value } from '../../study/verdict-text.ts';

/** Sentences about single comparisons that a summary has at most; the figure's data has all. */
const MOST_COMPARISONS = 20;

/** Results of a study, a sentence each. */
export function studySummary({ arms, results, verdicts, missing, options }: StudyFacts): string[] {
  const { metric, better, measure, comparisons, sentences } = verdicts;
  const word = `final ${metricWords(metric)}`;
  const sign = better === 'higher' ? 1 : -1;
  const valued = arms.filter(({ measures }) => Number.isFinite(measures[measure]?.mean));
  const meanOf = (arm: (typeof arms)[number]) => arm.measures[measure]!.mean;
  const sorted = valued.toSorted((a, b) => sign * (meanOf(b) - meanOf(a)));
  const [best, worst] = [sorted[0], sorted.at(-1)];
  const [note, ...others] = sentences;
  const single = others.slice(0, comparisons.length);
  const rest = others.slice(comparisons.length);
  return [
    ...(best === undefined || worst === undefined
      ? [`None of ${results.length} runs has a ${word} that is finite.`]
      : best === worst
        ? [`The ${word} is ${value(meanOf(best), metric)}, the mean of ${results.length} runs.`]
        : [
            `The best ${word} is ${value(meanOf(best), metric)}, of ${best.arm}; the worst one ${value(meanOf(worst), metric)}, of ${worst.arm}.`,
          ]),
    ...notesOn(results, options),
    ...rest,
    ...(single.length <= MOST_COMPARISONS ? single : [counts(comparisons)]),
    ...(note === undefined ? [] : [note]),
    ...costsSummary(verdicts.costs),
    ...troubles(results),
    ...(missing.length === 0 ? [] : [missingText(missing, results.length)]),
  ];
}

function costsSummary(costs: StudyFacts['verdicts']['costs']): string[] {
  if (costs === null) return [];
  const [why, ...single] = costs.sentences;
  return [...(single.length <= MOST_COMPARISONS ? single : [costCounts(costs)]), why!];
}

function missingText(missing: StudyFacts['missing'], made: number): string {
  const states = [...new Set(missing.map(({ state }) => state))].map(
    (state) => `${missing.filter((run) => run.state === state).length} ${state}`,
  );
  return `${missing.length} of ${made + missing.length} planned runs are missing (${states.join(', ')}): what is said here is of the others.`;
}

function counts(comparisons: StudyFacts['verdicts']['comparisons']): string {
  const of = (outcome: string) => comparisons.filter((each) => each.outcome === outcome).length;
  const [first] = comparisons;
  return `Of ${comparisons.length} comparisons with ${first!.baseline} ${of('better')} ended better, ${of('worse')} worse, ${of('not-told-apart')} were not told apart, and ${of('too-few')} had too few seeds for a verdict (${first!.seedsNeeded} could give one). The figure of paired differences has each.`;
}

function troubles(results: StudyFacts['results']): string[] {
  const diverged = results.filter((result) => result.diverged).length;
  const untrained = results.filter((result) => result.untrained).length;
  const share = (count: number) =>
    `${count} of ${results.length} runs (${percentText(count / results.length)})`;
  return [
    ...(diverged === 0 ? [] : [`${share(diverged)} diverged: their loss left the finite numbers.`]),
    ...(untrained === 0 ? [] : [`${share(untrained)} learnt nothing and have no accuracy.`]),
  ];
}

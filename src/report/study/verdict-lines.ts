import { wrapped } from '../format/wrapped.ts';
import { type CostVerdicts, costCounts } from './cost-verdicts.ts';
import type { StudyVerdicts } from './study-verdicts.ts';
import { LEVEL } from './verdicts.ts';

/** Sentences that a terminal shows; verdicts.md has all of them. */
const MOST_SENTENCES = 10;

/** The verdicts of a study for a terminal: all sentences, or of many how often each outcome came. */
export function verdictLines({ costs, ...verdicts }: StudyVerdicts, width: number): string[] {
  return [...finalLines(verdicts, width), ...(costs === null ? [] : costLines(costs, width))];
}

function costLines(costs: CostVerdicts, width: number): string[] {
  const [note, ...single] = costs.sentences;
  const saysAny = costs.comparisons.some(({ outcome }) => outcome !== 'too-few');
  const shown = saysAny && single.length <= MOST_SENTENCES ? single : [costCounts(costs)];
  return [...shown.flatMap((each) => listItem(each, width)), ...wrapped(note!, width)];
}

function finalLines(
  { comparisons, sentences }: Omit<StudyVerdicts, 'costs'>,
  width: number,
): string[] {
  const [note, ...others] = sentences;
  if (note === undefined) return [];
  if (others.length <= MOST_SENTENCES) {
    return [...others.flatMap((each) => listItem(each, width)), ...wrapped(note, width)];
  }
  const count = (outcome: string) => comparisons.filter((each) => each.outcome === outcome).length;
  const { baseline, seedsNeeded } = comparisons[0]!;
  const counts = [
    `${count('better')} better than ${baseline}`,
    `${count('worse')} worse`,
    `${count('not-told-apart')} not told apart`,
    `${count('too-few')} without a verdict, for which ${seedsNeeded} seeds would be needed`,
  ];
  const byT = comparisons.filter(({ correctedTP }) => (correctedTP ?? 1) <= LEVEL).length;
  const rest = others.slice(comparisons.length);
  return [
    ...wrapped(
      `${comparisons.length} comparisons: ${counts.join(', ')}. By the t test, if differences are normal, ${byT} differ.`,
      width,
    ),
    ...rest.flatMap((each) => listItem(each, width)),
    ...wrapped(note, width),
  ];
}

function listItem(sentence: string, width: number): string[] {
  return wrapped(sentence, width - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`);
}

import type { ArmSummary } from './study-summary.ts';
import type { StudyVerdicts } from './study-verdicts.ts';
import { value } from './verdict-text.ts';

/** verdicts.md: what the arms came to, and what can be said about their differences. */
export function verdictsPage(
  name: string,
  arms: readonly ArmSummary[],
  verdicts: StudyVerdicts,
): string {
  const { sentences, overTasks, costs } = verdicts;
  const [note, ...others] = sentences;
  const parts = [`# ${name}: verdicts`, armsTable(arms, verdicts)];
  if (note !== undefined) parts.push(note, others.map((each) => `- ${each}`).join('\n'));
  else parts.push('There is nothing to compare: the study has one arm.');
  if (overTasks !== null)
    parts.push(`## Over ${overTasks.tasks} conditions`, methodsTable(verdicts));
  if (costs !== null) {
    const [why, ...single] = costs.sentences;
    parts.push('## What it takes to reach an accuracy', why!);
    parts.push(single.map((each) => `- ${each}`).join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

function armsTable(
  arms: readonly ArmSummary[],
  { metric, measure }: Pick<StudyVerdicts, 'metric' | 'measure'>,
): string {
  const show = (number: number | null | undefined) =>
    number === null || number === undefined ? '-' : value(number, metric);
  const rows = arms.map(({ arm, seeds, measures, spread }) => {
    const bounds = spread?.bootstrap ?? null;
    return [
      arm,
      `${seeds.length}`,
      show(measures[measure]?.mean),
      show(spread?.median),
      show(spread?.deviation),
      bounds === null ? '-' : `${show(bounds[0])} to ${show(bounds[1])}`,
    ];
  });
  const header = ['arm', 'seeds', 'mean', 'median', 's', '95 % interval of the mean (BCa)'];
  return markdownTable(header, rows);
}

function methodsTable({ overTasks, metric, comparisons }: StudyVerdicts): string {
  const baseline = comparisons[0]?.baseline ?? '';
  const rows = overTasks!.methods.map((each) => [
    each.method,
    value(each.interquartileMean, metric),
    `${value(each.interval[0], metric)} to ${value(each.interval[1], metric)}`,
    `${value(each.worst.mean, metric)} (${each.worst.task})`,
    each.probabilityOfImprovement.toFixed(2),
    each.meanRank.toFixed(2),
  ]);
  const header = [
    'method',
    'interquartile mean',
    '95 % interval (stratified bootstrap)',
    'worst mean',
    `P(better than ${baseline})`,
    'mean rank',
  ];
  return markdownTable(header, rows);
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|---|${header
    .slice(1)
    .map(() => '---:|')
    .join('')}`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

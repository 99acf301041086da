import { grouped } from '../format/grouped.ts';
import { counted } from '../format/words.ts';
import { wrapped } from '../format/wrapped.ts';
import { reachedTable } from '../study/reached-table.ts';
import { originsText } from './origins-text.ts';
import type { ComparedStudies } from './studies.ts';

/** The comparison of two studies for a terminal. */
export function comparedStudiesText(
  { studies, unknown, differences, arms, pairs, sentences, reached }: ComparedStudies,
  width: number,
): string {
  const [first, second] = studies;
  const only = (study: string, some: readonly string[]) =>
    some.length === 0 ? [] : [`only in ${study}: ${some.join('; ')}`];
  const results = [
    ...only(first, arms.onlyFirst),
    ...only(second, arms.onlySecond),
    pairs.runs === 0
      ? 'No run of one has the arm and seed of a run of the other: results cannot be compared.'
      : `${counted(pairs.runs, 'run')} with the same arm and seed in both: ${sameText(pairs)}.`,
    ...sentences.map((each) => `- ${each}`),
  ];
  const lines = results.flatMap((line) => wrapped(line, width));
  const origins = originsText(studies, differences, { unknown, width });
  return [origins, `${lines.join('\n')}\n`, ...reachedTables(studies, reached, width)].join('\n');
}

/** A table for each accuracy: each arm in the first study, then in the second. */
function reachedTables(
  studies: readonly string[],
  reached: ComparedStudies['reached'],
  width: number,
): string[] {
  return [...grouped(reached, ({ accuracy }) => accuracy).values()].map((some) =>
    reachedTable(
      some.flatMap(({ arm, runs, studies: both }) =>
        both.map((own, side) => ({ name: `${arm}, ${studies[side]}`, runs, reached: own })),
      ),
      width,
    ),
  );
}

function sameText({ runs, sameJournal }: ComparedStudies['pairs']): string {
  if (sameJournal === runs) return 'all have the same journal, bit for bit';
  return sameJournal === 0
    ? 'none has the same journal'
    : `${sameJournal} have the same journal, bit for bit`;
}

import { nativeLevels } from '../src/kernels/native-kernels.ts';
import type { Figure } from './figure.ts';

/** One line of the table: the figure that it shows, and what the project asks of that. */
interface Row {
  title: string;
  bench: string;
  /** Whose ratio is shown. */
  figure: RegExp;
  atMost?: number;
  atLeast?: number;
}

const isWide = nativeLevels().includes('avx512');

/** Targets of speed, on two cores with the default model; each reference runs in the same call. */
const ROWS: readonly Row[] = [
  {
    title: 'one gradient against numpy, 1 thread',
    ...{ bench: 'gradient', figure: /^one gradient/, atMost: isWide ? 0.6 : 0.85 },
  },
  {
    title: 'whole run on 2 threads against numpy’s bare loop in 2 processes',
    ...{ bench: 'whole-run', figure: /against numpy$/, atLeast: isWide ? 1.3 : 1 },
  },
  {
    title: 'rounds on 2 threads against byzfl in memory in 2 processes',
    ...{ bench: 'round', figure: /trimmed-mean.* against byzfl in 2 processes$/, atLeast: 2 },
  },
  {
    title: 'whole run on 2 threads against pfl-research in 2 processes',
    ...{ bench: 'pfl', figure: /^whole run/, atLeast: 2.5 },
  },
  {
    title: 'synchronous run against the bound of its dependencies, 2 threads',
    ...{ bench: 'whole-run', figure: /^whole run, 2 threads, against its bound/, atLeast: 0.95 },
  },
  {
    title: 'asynchronous run against the bound of its work, 2 threads',
    ...{ bench: 'whole-run', figure: /^whole asynchronous run, .*its bound/, atLeast: 0.95 },
  },
  {
    title: 'whole run, 2 threads over 1',
    ...{ bench: 'whole-run', figure: /^whole run, 2 threads over 1$/, atLeast: 1.65 },
  },
  {
    title: 'a round with a rule, 2 threads over 1',
    ...{ bench: 'round', figure: /trimmed-mean.*two threads$/, atMost: 0.6 },
  },
  {
    // 0.8 s where an empty one takes 0.04.
    title: 'run of one round, processor time over that of an empty node process',
    ...{ bench: 'commands-short', figure: /^run of one round/, atMost: 20 },
  },
  {
    title: 'FCD reader against sumolib’s parse_fast, by processor time',
    ...{ bench: 'fcd-reader', figure: /against sumolib$/, atLeast: 3 },
  },
  ...[30, 100].flatMap((n): Row[] => [
    {
      title: `trimmed mean of ${n} against byzfl or numpy`,
      ...{ bench: 'rules', figure: new RegExp(`^trimmed-mean, n = ${n},`), atMost: 0.45 },
    },
    {
      title: `mean of ${n} against reading the vectors once`,
      ...{ bench: 'rules', figure: new RegExp(`^mean, n = ${n}, against reading`), atMost: 1.2 },
    },
    {
      title: `median of ${n} against np.sort`,
      ...{ bench: 'rules', figure: new RegExp(`^marginal-median, n = ${n}, against`), atMost: 1 },
    },
  ]),
];

/** The benches that a whole table needs. */
export const TABLE_BENCHES: readonly string[] = [...new Set(ROWS.map(({ bench }) => bench))];

/** The rows whose bench has run: figure, target, and whether it is met. */
export function tableOf(figures: readonly (Figure & { bench: string })[]): string {
  const lines = ROWS.flatMap((row) => {
    const ofBench = figures.filter(({ bench }) => bench === row.bench);
    if (ofBench.length === 0) return [];
    const figure = ofBench.find(({ name }) => row.figure.test(name));
    const shown = figure?.ratio;
    const { atMost, atLeast } = row;
    const target = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    if (shown === undefined) {
      return [`| ${row.title} | ${figure?.reference ?? 'no reference here'} | ${target} | |`];
    }
    const isMet = shown <= (atMost ?? Infinity) && shown >= (atLeast ?? -Infinity);
    return [`| ${row.title} | ${shown.toFixed(2)} | ${target} | ${isMet ? 'met' : 'missed'} |`];
  });
  if (lines.length === 0) return '';
  return ['| figure | measured | target | |', '|---|---|---|---|', ...lines].join('\n');
}

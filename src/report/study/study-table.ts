import type { Interval } from '../../statistics/intervals.ts';
import { textTable } from '../format/text-table.ts';
import { counted } from '../format/words.ts';
import { wrapped } from '../format/wrapped.ts';
import { accuracyText } from '../run/reached.ts';
import { intervalText } from './interval-text.ts';
import { reachedTable } from './reached-table.ts';
import { matrixTable, studyMatrix } from './study-matrix.ts';
import type { ArmSummary } from './study-summary.ts';

/** Columns that a small terminal does without, the first one first: study.csv has them all. */
const LEAVE_OUT = [
  ...[
    'round s',
    'at most',
    'best',
    'best %',
    'simulated s',
    'staleness',
    'diverged',
    'updates',
    'untrained',
  ],
  ...['over f %', 'runs', 'loss', 'back door %', 'vs first arm'],
];

/**
 * The closing table of a study: what each arm came to, then what it took to reach which accuracy, in lines
 * of at most `width` characters. Many arms of two factors are shown as a matrix.
 */
export function studyTable(
  arms: readonly ArmSummary[],
  window: number,
  width = Number.POSITIVE_INFINITY,
): string {
  const matrix = studyMatrix(arms);
  if (matrix !== null) {
    return matrixTable(matrix, new Set(arms.flatMap(({ seeds }) => seeds)).size, width);
  }
  const note =
    `${isRegression(arms) ? 'RMSE' : 'accuracy'} and loss: means of the last ${counted(window, 'evaluation')}; ` +
    '±: 95 % confidence interval over seeds (Student t)';
  const notes = `${wrapped(note, width).join('\n')}\n`;
  return [outcomes(arms, width), times(arms, width), notes]
    .filter((part) => part !== '')
    .join('\n');
}

function outcomes(arms: readonly ArmSummary[], width: number): string {
  const hasGain = arms.length > 1;
  const isUntrained = arms.some(({ untrained }) => untrained > 0);
  const isStale = arms.some(({ measures }) => (measures.maximumStaleness?.mean ?? 0) > 0);
  const regression = isRegression(arms);
  const metric = arms.find((each) => each.metric !== null)?.metric ?? null;
  const isExceeded = arms.some(({ measures }) => (measures.exceeded?.mean ?? 0) > 0);
  const hasBackDoor = arms.some(({ measures }) => measures.attackSuccess !== null);
  const header = [
    'arm',
    'runs',
    'diverged',
    ...(isUntrained ? ['untrained'] : []),
    regression ? 'RMSE' : 'accuracy %',
    ...(hasGain ? ['vs first arm'] : []),
    regression ? 'best' : 'best %',
    ...(metric === null ? [] : [metric]),
    'loss',
    ...(hasBackDoor ? ['back door %'] : []),
    ...(isExceeded ? ['over f %'] : []),
    'updates',
    'round s',
    'simulated s',
    ...(isStale ? ['staleness', 'at most'] : []),
  ];
  const rows = arms.map(({ arm, runs, diverged, untrained, measures, accuracyGain, rmseGain }) => [
    arm,
    `${runs}`,
    `${diverged}`,
    ...(isUntrained ? [`${untrained}`] : []),
    ...(regression
      ? [
          intervalText(measures.rmse, 4),
          ...(hasGain ? [gainShown(rmseGain, 4)] : []),
          intervalText(measures.bestRmse, 4),
        ]
      : [
          intervalText(measures.accuracy, 2, 100),
          ...(hasGain ? [gainShown(accuracyGain, 2, 100)] : []),
          intervalText(measures.bestAccuracy, 2, 100),
        ]),
    ...(metric === null ? [] : [intervalText(measures.metric, 4)]),
    intervalText(measures.loss, 4),
    ...(hasBackDoor ? [intervalText(measures.attackSuccess, 2, 100)] : []),
    ...(isExceeded ? [intervalText(measures.exceeded, 1, 100)] : []),
    intervalText(measures.updates, 0),
    intervalText(measures.roundS, 2),
    intervalText(measures.simTimeS, 0),
    ...(isStale
      ? [intervalText(measures.staleness, 2), intervalText(measures.maximumStaleness, 1)]
      : []),
  ]);
  return textTable(header, rows, { width, leaveOut: LEAVE_OUT });
}

/** A regression has no accuracy, and no time to reach one. */
function isRegression(arms: readonly ArmSummary[]): boolean {
  return arms.some(({ measures }) => measures.rmse !== null);
}

function times(arms: readonly ArmSummary[], width: number): string {
  if (isRegression(arms)) return '';
  // Where no run of any arm was there would be nothing but zeros.
  const indices = (arms[0]?.reached ?? []).flatMap((_, index) =>
    arms.some(({ reached }) => reached[index]!.runs > 0) ? index : [],
  );
  const none = (arms[0]?.reached ?? []).filter((_, index) => !indices.includes(index));
  const tables = indices.map((index) =>
    reachedTable(
      arms.map(({ arm, runs, reached }) => ({ name: arm, runs, reached: reached[index]! })),
      width,
    ),
  );
  const unreached = none.map(({ accuracy }) => accuracyText(accuracy)).join(', ');
  return [
    ...tables,
    ...(none.length === 0
      ? []
      : [
          `no run reached ${unreached}: report.reach in the study's file, or report --reach, asks for others\n`,
        ]),
  ].join('\n');
}

function gainShown(interval: Interval | null, digits: number, scale = 1): string {
  if (interval === null) return '-';
  const sign = interval.mean >= 0 ? '+' : '';
  return `${sign}${intervalText(interval, digits, scale)}`;
}

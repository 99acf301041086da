import { ACCURACY_AXIS, ACCURACY_SCALE, PALETTE } from '../../format/plot.ts';
import { counted } from '../../format/words.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import type { ArmSummary } from '../../study/study-summary.ts';
import { metricWords } from '../../study/verdict-text.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';
import { armAxis, MOST_ARMS, notDrawn } from './arm-axis.ts';

const id = 'final';

/** Each arm's final value with its interval, and each seed's. */
export async function finalFigure({
  arms,
  results,
  options,
  verdicts,
}: StudyFacts): Promise<Figure | LeftOut> {
  const { metric, measure, better } = verdicts;
  const word = metricWords(metric);
  const title = `Final ${word} of each arm`;
  const valued = arms.filter(({ measures }) => Number.isFinite(measures[measure]?.mean));
  if (valued.length === 0) return { id, title, why: 'no arm has a final value that is finite.' };
  const shown = valued.slice(0, MOST_ARMS);
  const ofArms = shown.map((arm) => ({ arm: arm.arm, ...boundsOf(arm, measure) }));
  const names = new Set(shown.map(({ arm }) => arm));
  const runs = results
    .filter(({ arm }) => names.has(arm))
    .flatMap(({ arm, measures }) => {
      const value = measures[measure];
      return value === null || !Number.isFinite(value) ? [] : [{ arm, value }];
    });
  const scale = metric === 'accuracy' ? ACCURACY_SCALE : { zero: better === 'lower' };
  const axis = { grid: true, ...(metric === 'accuracy' ? ACCURACY_AXIS : { tickCount: 6 }) };
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    title: `Final ${word}`,
    scale,
    axis,
  });
  const spec = {
    ...{ width: 560, height: { step: shown.length > 30 ? 15 : 22 } },
    encoding: {
      y: armAxis(shown.map(({ arm }) => arm)),
    },
    layer: [
      {
        data: { values: runs },
        mark: { type: 'tick', thickness: 1.5, size: 9, color: '#888888', opacity: 0.7 },
        encoding: { x: x('value') },
      },
      {
        data: { values: ofArms },
        mark: { type: 'rule', strokeWidth: 2.5, color: PALETTE[0] },
        encoding: { x: x('low'), x2: { field: 'high' } },
      },
      {
        data: { values: ofArms },
        mark: { type: 'point', filled: true, size: 60, color: PALETTE[0], opacity: 1 },
        encoding: { x: x('mean') },
      },
    ],
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: [
      `Mean over seeds of the final ${word} (dot) with its 95 % interval by the bootstrap (line), and each run (grey ticks). A run's final value is the mean of its last ${counted(options.window, 'evaluation')}.${notDrawn(valued)}`,
      ...(arms.length > valued.length
        ? [`${arms.length - valued.length} arms have no finite value.`]
        : []),
    ].join(' '),
    data: dataTable(arms, [
      ['arm', 'text', 'arm', ({ arm }) => arm],
      ['seeds', 'integer', 'that count', ({ seeds }) => seeds.length],
      ['mean', 'number', 'over seeds', ({ measures }) => measures[measure]?.mean],
      ['median', 'number', 'over seeds', ({ spread }) => spread?.median],
      ['deviation', 'number', 'sample standard deviation', ({ spread }) => spread?.deviation],
      [
        'bootstrap_low',
        'number',
        'end of the 95 % interval of the mean (BCa)',
        ({ spread }) => spread?.bootstrap?.[0],
      ],
      ['bootstrap_high', 'number', 'its other end', ({ spread }) => spread?.bootstrap?.[1]],
      [
        't_half_width',
        'number',
        "half of the 95 % interval by Student's t",
        ({ measures }) => measures[measure]?.halfWidth,
      ],
    ]),
  };
}

function boundsOf({ measures, spread }: ArmSummary, measure: StudyFacts['verdicts']['measure']) {
  const { mean } = measures[measure]!;
  const [low, high] = spread?.bootstrap ?? [mean, mean];
  return { mean, low, high };
}

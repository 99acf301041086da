import { element, text } from '../../format/svg.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { inPage } from '../picture.ts';

const id = 'ranks';
const title = 'Mean ranks with the critical difference';

const WIDTH_PX = 780;
const SIDE_PX = 200;
const AXIS_PX = 64;
const ROW_PX = 22;
const BAR_PX = 9;

interface Ranked {
  method: string;
  meanRank: number;
}

/** Demšar's diagram: mean ranks on a line; a bar joins those that are not told apart. */
export async function ranksFigure({ verdicts }: StudyFacts): Promise<Figure | LeftOut> {
  const { overTasks, compare } = verdicts;
  if (overTasks === null) {
    return {
      id,
      title,
      why: 'they need a compared factor, at least two conditions, and a finite value of each.',
    };
  }
  const { methods, criticalDifference, tasks, friedmanP } = overTasks;
  const ranked = methods
    .map(({ method, meanRank }) => ({ method, meanRank }))
    .sort((a, b) => a.meanRank - b.meanRank);
  const svg = diagram(ranked, criticalDifference);
  return {
    ...{ id, title, svg: inPage(id, title, svg) },
    caption: `Mean rank of each ${compare} over ${tasks} conditions, 1 is best. Bars join those whose ranks differ by less than the critical difference of ${criticalDifference.toFixed(2)} (Nemenyi, 5 %; Demšar 2006) and are not told apart. Friedman's test that all are alike: p ${friedmanP < 0.001 ? '< 0.001' : `= ${friedmanP.toPrecision(2)}`}.`,
    data: dataTable(ranked, [
      [compare ?? 'method', 'text', 'the compared arm or level', ({ method }) => method],
      ['mean_rank', 'number', 'over the conditions; 1 is best', ({ meanRank }) => meanRank],
    ]),
  };
}

/** Groups of neighbours that are not told apart, each as long as it can be. */
export function cliques(ranks: readonly number[], criticalDifference: number): [number, number][] {
  const groups: [number, number][] = [];
  for (let first = 0; first < ranks.length; first += 1) {
    let last = first;
    while (last + 1 < ranks.length && ranks[last + 1]! - ranks[first]! < criticalDifference)
      last += 1;
    if (last > first && last > (groups.at(-1)?.[1] ?? -1)) groups.push([first, last]);
  }
  return groups;
}

function diagram(ranked: readonly Ranked[], criticalDifference: number): string {
  const k = ranked.length;
  const x = (rank: number) => SIDE_PX + ((rank - 1) / (k - 1)) * (WIDTH_PX - 2 * SIDE_PX);
  const groups = cliques(
    ranked.map(({ meanRank }) => meanRank),
    criticalDifference,
  );
  const barsPx = groups.length * BAR_PX;
  const half = Math.ceil(k / 2);
  const height = AXIS_PX + barsPx + (half + 1) * ROW_PX;
  const line = (x1: number, y1: number, x2: number, y2: number, width = 1.2) =>
    element('line', { x1, y1, x2, y2, stroke: '#888888', 'stroke-width': width });
  const words = { 'font-size': 13, fill: '#222222' };
  const ticks = Array.from({ length: k }, (_, index) => index + 1).flatMap((rank) => [
    line(x(rank), AXIS_PX - 6, x(rank), AXIS_PX),
    text(x(rank), AXIS_PX - 11, `${rank}`, { ...words, 'text-anchor': 'middle' }),
  ]);
  const bars = groups.map(([first, last], index) => {
    const y = AXIS_PX + 10 + index * BAR_PX;
    const [from, to] = [x(ranked[first]!.meanRank) - 4, x(ranked[last]!.meanRank) + 4];
    return element('line', {
      x1: from,
      y1: y,
      x2: to,
      y2: y,
      stroke: '#0072B2',
      'stroke-width': 4,
    });
  });
  const names = ranked.flatMap(({ method, meanRank }, index) => {
    const isLeft = index < half;
    const row = isLeft ? index : k - 1 - index;
    const y = AXIS_PX + barsPx + (row + 1) * ROW_PX;
    const end = isLeft ? SIDE_PX - 20 : WIDTH_PX - SIDE_PX + 20;
    const anchor = isLeft ? 'end' : 'start';
    const label = isLeft ? end - 6 : end + 6;
    return [
      line(x(meanRank), AXIS_PX, x(meanRank), y),
      line(x(meanRank), y, end, y),
      text(label, y + 4, `${shortened(method)} (${meanRank.toFixed(2)})`, {
        ...words,
        'text-anchor': anchor,
      }),
    ];
  });
  const cdEnd = Math.min(
    WIDTH_PX - 8,
    SIDE_PX + (criticalDifference / (k - 1)) * (WIDTH_PX - 2 * SIDE_PX),
  );
  const cd = [
    line(SIDE_PX, 22, cdEnd, 22, 2),
    line(SIDE_PX, 17, SIDE_PX, 27, 2),
    line(cdEnd, 17, cdEnd, 27, 2),
    text(SIDE_PX, 12, `critical difference ${criticalDifference.toFixed(2)}`, {
      ...words,
      'font-size': 12,
    }),
  ];
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH_PX} ${height}`, width: WIDTH_PX, height, 'font-family': 'inherit' },
    [...cd, line(x(1), AXIS_PX, x(k), AXIS_PX, 1.6), ...ticks, ...bars, ...names].join('\n'),
  );
}

function shortened(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

import { PALETTE } from '../src/report/format/plot.ts';
import { element, text } from '../src/report/format/svg.ts';
import type { NotedTask, Round } from './round-shares.ts';

const PLOT = { leftPx: 118, topPx: 96, widthPx: 1000, rightPx: 24, axisPx: 46 };
const LANE = { heightPx: 34, gapPx: 10 };
const TEXT = '#222222';
const QUIET = '#555555';
const FONT = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const COLOURS = {
  gradient: PALETTE[0],
  edge: PALETTE[4],
  cloud: PALETTE[1],
  update: PALETTE[3],
  main: '#777777',
};
const LEGEND = [
  { colour: COLOURS.gradient, words: 'a gradient' },
  { colour: COLOURS.edge, words: 'aggregate of an edge server' },
  { colour: COLOURS.cloud, words: 'aggregate of the cloud' },
  { colour: COLOURS.update, words: 'update of the model' },
  { colour: COLOURS.main, words: 'the main thread takes results, runs events, sends tasks' },
];
/** Of a legend's square with the room around it, and of a letter. */
const LEGEND_PX = { square: 14, room: 34, letter: 6.3 };

/** A round as a picture: a lane for the main thread and for each compute thread, over wall time. */
export function roundPicture(round: Round, title: string, subtitle: string): string {
  const { fromMs, toMs, threads, main } = round;
  const scale = (ms: number) => PLOT.leftPx + (PLOT.widthPx * (ms - fromMs)) / (toMs - fromMs);
  const lanes = [
    { name: 'main thread', bars: main.map((span) => ({ ...span, kind: 'main' as const })) },
    ...threads.map((bars, index) => ({ name: `thread ${index + 1}`, bars })),
  ];
  const topOf = (lane: number) => PLOT.topPx + lane * (LANE.heightPx + LANE.gapPx);
  const bottomPx = topOf(lanes.length);
  const width = PLOT.leftPx + PLOT.widthPx + PLOT.rightPx;
  const height = bottomPx + PLOT.axisPx;
  const parts = [
    element('rect', { width, height, fill: 'white' }),
    text(16, 28, title, { 'font-size': 16, 'font-weight': 600, fill: TEXT }),
    text(16, 48, subtitle, { 'font-size': 13, fill: QUIET }),
    legend(),
    ...lanes.flatMap(({ name, bars }, lane) => [
      text(16, topOf(lane) + LANE.heightPx / 2 + 4, name, { fill: TEXT, 'font-weight': 600 }),
      element('rect', {
        ...{ x: PLOT.leftPx, y: topOf(lane), width: PLOT.widthPx, height: LANE.heightPx },
        fill: '#F3F3F3',
      }),
      ...bars.map((bar) => {
        const x = scale(bar.fromMs);
        // A rim of the background between tasks that follow each other at once.
        const length = Math.max(0.8, scale(bar.toMs) - x - 0.8);
        const look = { x, y: topOf(lane), width: length, height: LANE.heightPx };
        return element('rect', { ...look, fill: COLOURS[bar.kind] }, tip(bar));
      }),
    ]),
    ...axis(toMs - fromMs, bottomPx),
  ];
  const frame = {
    xmlns: 'http://www.w3.org/2000/svg',
    ...{ width, height, viewBox: `0 0 ${width} ${height}` },
    'font-family': FONT,
    'font-size': 12,
  };
  return `${element('svg', frame, parts.join('\n'))}\n`;
}

function tip({ kind, fromMs, toMs }: Pick<NotedTask, 'fromMs' | 'toMs'> & { kind: string }) {
  return element('title', {}, `${kind}, ${(toMs - fromMs).toFixed(2)} ms`);
}

function legend(): string {
  let x = 16;
  return LEGEND.map(({ colour, words }) => {
    const at = x;
    x += LEGEND_PX.room + words.length * LEGEND_PX.letter;
    const side = LEGEND_PX.square;
    return [
      element('rect', { x: at, y: 64, width: side, height: side, fill: colour }),
      text(at + side + 6, 75, words, { fill: TEXT }),
    ].join('');
  }).join('');
}

function axis(lengthMs: number, bottomPx: number): string[] {
  const stepMs = [0.5, 1, 2, 5, 10].find((step) => lengthMs / step <= 16) ?? 50;
  const ticks: string[] = [];
  for (let tick = 0; tick * stepMs <= lengthMs; tick += 1) {
    const x = PLOT.leftPx + (PLOT.widthPx * tick * stepMs) / lengthMs;
    ticks.push(
      element('line', { x1: x, x2: x, y1: bottomPx, y2: bottomPx + 5, stroke: '#888888' }),
      text(x, bottomPx + 18, `${tick * stepMs}`, { 'text-anchor': 'middle', fill: QUIET }),
    );
  }
  const middle = PLOT.leftPx + PLOT.widthPx / 2;
  const look = { 'text-anchor': 'middle', 'font-size': 13, fill: TEXT };
  return [...ticks, text(middle, bottomPx + 36, 'Wall time of the round (ms)', look)];
}

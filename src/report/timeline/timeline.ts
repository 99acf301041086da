import { PALETTE } from '../format/plot.ts';
import { type Attributes, element, text } from '../format/svg.ts';
import type {
  GradientSpan,
  NodeOutage,
  ResultSpan,
  TimelineFacts,
  TimeWindow,
} from './timeline-facts.ts';
import { bottomOf, type Lane, lanesOf } from './timeline-lanes.ts';

const PLOT = { leftPx: 118, widthPx: 1000, rightPx: 24, axisPx: 46 };
const TEXT = '#222222';
const QUIET = '#555555';
const FONT = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
/** Of the palette, those on which white text is not readable. */
const PALE = new Set<string>(['#E69F00', '#56B4E9', '#CC79A7']);
const CENTRED = { 'text-anchor': 'middle', 'font-size': 11 };
const FAILED = { fill: '#D55E00', opacity: 0.35 };
const COLOURS = PALETTE.filter((colour) => colour !== '#000000');

/**
 * timeline.svg: a lane for the cloud, for each server below it, and for each worker under the
 * server that it meets first. A colour stands for a version of the model.
 */
export function timelineSvg(facts: TimelineFacts): string {
  const lanes = lanesOf(facts);
  const bottomPx = bottomOf(lanes);
  const scale = new Scale(facts);
  const lane = (id: string) => lanes.get(id)!;
  const parts = [
    heading(facts),
    legend(facts.failures.length > 0),
    ...[...lanes.values()].map(laneBackground),
    ...facts.presences.map((one) => presenceBand(one, lane(one.worker), scale)),
    ...facts.failures.map((one) => failureBar(one, lanes.get(one.node), scale)),
    ...timeAxis(scale, bottomPx),
    ...updateLines(facts, lanes, scale),
    ...facts.heldBack.map((one) => heldBackBar(one, lane(one.server), scale)),
    ...facts.gradients.map((one) => gradientBar(one, lane(one.worker), scale)),
    ...facts.results.map((one) => resultArrow(one, lane(one.server), lane(one.parent), scale)),
    ...facts.gradients.map((one) => gradientLabel(one, lane(one.worker), scale)),
    ...facts.withoutResult.map(({ server, timeUs }) =>
      cross(scale.x(timeUs), lane(server).middlePx, QUIET, 'closed without a result'),
    ),
  ];
  const width = PLOT.leftPx + PLOT.widthPx + PLOT.rightPx;
  const height = bottomPx + PLOT.axisPx;
  const frame = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': FONT,
    'font-size': 12,
  };
  const page = element('rect', { width, height, fill: 'white' });
  return `${element('svg', frame, [page, ...parts].join('\n'))}\n`;
}

/** Where a time lies. */
class Scale {
  readonly #window: TimeWindow;

  constructor(window: TimeWindow) {
    this.#window = window;
  }

  get fromS(): number {
    return this.#window.fromUs / 1e6;
  }

  get toS(): number {
    return this.#window.toUs / 1e6;
  }

  x(timeUs: number): number {
    const { fromUs, toUs } = this.#window;
    const share = (timeUs - fromUs) / (toUs - fromUs);
    return PLOT.leftPx + PLOT.widthPx * Math.min(1, Math.max(0, share));
  }
}

function colourOf(version: number): string {
  return COLOURS[version % COLOURS.length]!;
}

function heading({ name, fromUs, toUs }: TimelineFacts): string {
  const subtitle = `what happened from ${fromUs / 1e6} s to ${toUs / 1e6} s`;
  return [
    text(16, 28, name, { 'font-size': 16, 'font-weight': 600, fill: TEXT }),
    text(16, 48, subtitle, { 'font-size': 13, fill: QUIET }),
  ].join('');
}

function legend(hasFailures: boolean): string {
  const [first, second] = [66, 88];
  const fill = COLOURS[0]!;
  const box = (x: number, look: Attributes) =>
    element('rect', { x, y: first, width: 24, height: 14, rx: 2, ...look });
  const inside = { fill: 'white', ...CENTRED };
  const note = (x: number, y: number, words: string) => text(x, y + 11, words, { fill: TEXT });
  const vertical = { x1: 500, x2: 500, y1: first - 2, y2: first + 16 };
  return [
    box(16, { fill }),
    text(28, first + 11, '3', inside),
    note(46, first, 'a gradient on version 3'),
    box(196, { fill }),
    text(208, first + 11, '3+2', inside),
    note(226, first, 'used 2 versions late'),
    box(358, { fill: 'white', stroke: fill, 'stroke-dasharray': '3 2' }),
    note(388, first, 'never used'),
    element('line', { ...vertical, stroke: fill, 'stroke-width': 3 }),
    note(508, first, 'the cloud makes a version, of results within the staleness bound'),
    element('circle', { cx: 28, cy: second + 7, r: 8, fill }),
    text(28, second + 11, '2', inside),
    note(46, second, 'a server aggregates 2 vectors; the arrow ends where the result is used'),
    cross(500, second + 7, fill, ''),
    note(508, second, 'a result is dropped, or there is none'),
    element('rect', { x: 744, y: second + 2, width: 24, height: 10, fill: TEXT }),
    note(774, second, 'held back for slow workers'),
    hasFailures ? box(944, { y: second, ...FAILED }) : '',
    hasFailures ? note(974, second, 'crashed, or cut off') : '',
  ].join('');
}

function laneBackground({ id, kind, topPx, heightPx, middlePx }: Lane): string {
  const label = text(kind === 'worker' ? 30 : 16, middlePx + 4, id, {
    fill: kind === 'worker' ? QUIET : TEXT,
    'font-weight': kind === 'worker' ? 400 : 600,
  });
  if (kind === 'worker') return label;
  const look = { x: 8, y: topPx, width: PLOT.leftPx + PLOT.widthPx - 8, height: heightPx };
  return element('rect', { ...look, fill: '#F3F3F3' }) + label;
}

function presenceBand(
  { server, ...window }: TimelineFacts['presences'][number],
  { topPx, heightPx }: Lane,
  scale: Scale,
): string {
  const x = scale.x(window.fromUs);
  const width = scale.x(window.toUs) - x;
  const look = { x, y: topPx + 2, width, height: heightPx - 4, fill: '#E4E4E4', rx: 2 };
  return element('rect', look, element('title', {}, `with ${server}`));
}

function timeAxis(scale: Scale, bottomPx: number): string[] {
  const lengthS = scale.toS - scale.fromS;
  const stepS =
    [1, 2, 5, 10, 30, 60, 300, 600, 3600].find((step) => lengthS / step <= 16) ?? lengthS;
  const ticks: string[] = [];
  for (let s = Math.ceil(scale.fromS / stepS) * stepS; s <= scale.toS; s += stepS) {
    const x = scale.x(s * 1e6);
    ticks.push(
      element('line', { x1: x, x2: x, y1: bottomPx, y2: bottomPx + 5, stroke: '#888888' }),
      text(x, bottomPx + 18, `${s}`, { 'text-anchor': 'middle', fill: QUIET }),
    );
  }
  const middle = PLOT.leftPx + PLOT.widthPx / 2;
  const title = { 'text-anchor': 'middle', 'font-size': 13, fill: TEXT };
  return [...ticks, text(middle, bottomPx + 36, 'Simulated time (s)', title)];
}

/** Each update with its version, and how late the latest of its results was. */
function updateLines(facts: TimelineFacts, lanes: Map<string, Lane>, scale: Scale): string[] {
  const bottomPx = bottomOf(lanes);
  const { updates, results } = facts;
  let before = { x: Number.NEGATIVE_INFINITY, isLow: false };
  return updates.map(({ server, version, timeUs }) => {
    const { topPx, heightPx } = lanes.get(server)!;
    const x = scale.x(timeUs);
    const stroke = colourOf(version);
    // Where updates are close together, their numbers take turns in two rows.
    before = { x, isLow: x - before.x < 24 && !before.isLow };
    const down = before.isLow ? 12 : 0;
    const look = { x1: x, x2: x, y1: topPx, stroke };
    const late = results.filter((one) => one.parent === server && one.toUs === timeUs);
    const latest = Math.max(0, ...late.map(({ staleness }) => staleness ?? 0));
    const words = { fill: TEXT, 'font-size': 11 };
    return [
      element('line', { ...look, y2: bottomPx, opacity: 0.55 }),
      element('line', { ...look, y2: topPx + heightPx, 'stroke-width': 3 }),
      text(x + 3, topPx + 12 + down, `${version}`, words),
      latest > 0 ? text(x + 3, topPx + heightPx - 16 + down, `+${latest}`, words) : '',
    ].join('');
  });
}

function heldBackBar(
  { workers, ...window }: TimelineFacts['heldBack'][number],
  { topPx, heightPx }: Lane,
  scale: Scale,
): string {
  const x = scale.x(window.fromUs);
  const width = Math.max(1, scale.x(window.toUs) - x);
  const y = topPx + heightPx - 39;
  const why = `held back for ${workers.join(', ')}`;
  return [
    element('rect', { x, y, width, height: 10, fill: '#222222' }, element('title', {}, why)),
    width > why.length * 6 ? text(x + 4, y + 9, why, { fill: 'white', 'font-size': 10 }) : '',
  ].join('');
}

/** A worker without a contact in the window has no lane. */
function failureBar(
  { node, what, ...window }: NodeOutage,
  lane: Lane | undefined,
  scale: Scale,
): string {
  if (lane === undefined) return '';
  const { topPx, heightPx } = lane;
  const look = { ...acrossOf(window, scale), y: topPx, ...FAILED };
  // A server that is cut off works on.
  const height = what === 'crashed' ? heightPx : 6;
  return element('rect', { ...look, height }, element('title', {}, `${node} ${what}`));
}

function gradientBar(span: GradientSpan, { topPx, heightPx }: Lane, scale: Scale): string {
  const { gradient, server, version } = span;
  const colour = colourOf(version);
  const look: Attributes =
    span.outcome === 'aggregated'
      ? { fill: colour }
      : { fill: 'white', stroke: colour, 'stroke-dasharray': '3 2' };
  const box = { ...acrossOf(span, scale), y: topPx + 3, height: heightPx - 6, rx: 2, ...look };
  const tip = `gradient ${gradient} at ${server} on version ${version}: ${endOf(span)}`;
  return element('rect', box, element('title', {}, tip));
}

/** Drawn after the arrows, on a rim of the bar's colour that keeps them off the digits. */
function gradientLabel(span: GradientSpan, { middlePx }: Lane, scale: Scale): string {
  const { version, staleness, outcome } = span;
  const { x, width } = acrossOf(span, scale);
  const label = staleness ? `${version}+${staleness}` : `${version}`;
  if (width <= label.length * 7 + 2) return '';
  const rim = outcome === 'aggregated' ? colourOf(version) : 'white';
  const fill = rim === 'white' || PALE.has(rim) ? TEXT : 'white';
  const look = { fill, stroke: rim, 'stroke-width': 3, 'paint-order': 'stroke' };
  return text(x + width / 2, middlePx + 4, label, { ...CENTRED, ...look });
}

function acrossOf(span: TimeWindow, scale: Scale): { x: number; width: number } {
  const x = scale.x(span.fromUs);
  return { x, width: Math.max(1, scale.x(span.toUs) - x - 1) };
}

function endOf({ outcome, reason }: GradientSpan | ResultSpan): string {
  return outcome === null ? 'under way' : [outcome, reason].filter(Boolean).join(', ');
}

function resultArrow(span: ResultSpan, from: Lane, to: Lane, scale: Scale): string {
  const { version, vectors, outcome, staleness } = span;
  const stroke = colourOf(version);
  const [x1, y1] = [scale.x(span.fromUs), from.middlePx];
  const [x2, y2] = [scale.x(span.toUs), to.topPx + to.heightPx];
  const isUsed = outcome === 'aggregated';
  const late = staleness ? `, ${staleness} versions late` : '';
  const tip = `result of ${vectors} on version ${version}: ${endOf(span)}${late}`;
  const line = { x1, y1, x2, y2, stroke, 'stroke-width': 1.6 };
  const dashes: Attributes = isUsed ? {} : { 'stroke-dasharray': '4 3' };
  // A result from before the window has no beginning in it.
  const begins = x1 > PLOT.leftPx;
  const words = { ...CENTRED, fill: PALE.has(stroke) ? TEXT : 'white' };
  return [
    element('line', { ...line, stroke: 'white', 'stroke-width': 3.5, opacity: 0.6 }),
    element('line', { ...line, ...dashes }, element('title', {}, tip)),
    isUsed ? arrowHead(x1, y1, x2, y2, stroke) : '',
    outcome === 'dropped' || outcome === 'lost' ? cross(x2, y2 + 4, stroke, tip) : '',
    begins ? element('circle', { cx: x1, cy: y1, r: 8, fill: stroke }) : '',
    begins ? text(x1, y1 + 4, `${vectors}`, words) : '',
  ].join('');
}

function arrowHead(x1: number, y1: number, x2: number, y2: number, fill: string): string {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const corner = (turn: number) => {
    const [x, y] = [x2 - 9 * Math.cos(angle + turn), y2 - 9 * Math.sin(angle + turn)];
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  return element('polygon', { points: `${x2},${y2} ${corner(0.4)} ${corner(-0.4)}`, fill });
}

function cross(x: number, y: number, stroke: string, tip: string): string {
  const d = `M${x - 4},${y - 4}l8,8m0,-8l-8,8`;
  return element('path', { d, stroke, 'stroke-width': 2, fill: 'none' }, element('title', {}, tip));
}

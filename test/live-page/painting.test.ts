import { expect, it } from 'vitest';
import { LAYERS, type MapLayer } from '#src/live-page/drawing/choices.js';
import { toPixels, wholeMap } from '#src/live-page/drawing/map-view.js';
import { type MapPicture, paintGround, paintMap } from '#src/live-page/drawing/paint-map.js';
import {
  AXIS_PX,
  NAMES_PX,
  paintTimeline,
  ROW_PX,
  rowAt,
  type TimelinePicture,
  timeAt,
  timelineRows,
} from '#src/live-page/drawing/paint-timeline.js';
import { DARK, LIGHT } from '#src/live-page/drawing/palettes.js';
import { type Pen, svgPen } from '#src/live-page/drawing/pen.js';
import { serverColour, workerMark } from '#src/live-page/drawing/worker-mark.js';
import type { ActivityPiece } from '#src/live-page/shared/activities.js';
import { activityOf, type WorkerView } from '#src/live-page/shared/node-views.js';
import { applyLine, emptyState, type ShownState } from '#src/live-page/shared/run-state.js';
import { busyRun } from './made-journal.ts';

const worker: WorkerView = {
  ...{ id: 'w', entity: 'car', kind: 'car', server: 'north', inRange: [], queued: false },
  ...{ work: null, sending: 0, receiving: 0, last: null, loss: null },
  ...{ byzantine: false, forged: false, crashed: false },
};
const work = { gradient: 1, server: 'north', version: 0, sinceUs: 0 };

/** A pen that writes down what is drawn. */
function recording(): { pen: Pen; drawn: { what: string; at: number[]; style: object }[] } {
  const drawn: { what: string; at: number[]; style: object }[] = [];
  const pen: Pen = {
    line: (points, style) => drawn.push({ what: 'line', at: [...points], style }),
    circle: (x, y, radius, style) => drawn.push({ what: 'circle', at: [x, y, radius], style }),
    polygon: (points, style) => drawn.push({ what: 'polygon', at: [...points], style }),
    text: (x, y, text, style) => drawn.push({ what: text, at: [x, y], style }),
    lines: (all, style) => {
      for (const points of all) pen.line(points, style);
    },
    stamps: (_key, places, _halfPx, draw) => {
      for (let at = 0; at < places.length; at += 2) draw(pen, places[at]!, places[at + 1]!);
    },
  };
  return { pen, drawn };
}

/** After that number of events of a made run. */
function stateAfter(events: number): ShownState {
  const state = emptyState();
  for (const [n, [timeUs, event]] of busyRun(3).slice(0, events).entries()) {
    applyLine(state, { n, timeUs, ...event });
  }
  return state;
}

it.each([
  ['crashed', { crashed: true, work }],
  ['computing', { work, sending: 1 }],
  ['sending', { sending: 1, receiving: 1 }],
  ['out-of-range', { server: null, receiving: 1 }],
  ['receiving', { receiving: 1 }],
  ['waiting', {}],
] as const)('a worker is %s before anything that matters less', (activity, view) => {
  expect(activityOf({ ...worker, ...view })).toBe(activity);
});

it('marks kinds by shape, Byzantine workers by a ring and crashed ones by a cross', () => {
  const mark = (view: Partial<WorkerView>) =>
    workerMark({ ...worker, ...view }, 'state', { servers: ['north'], losses: null }, LIGHT);
  expect(mark({ kind: 'pedestrian' }).shape).toBe('triangle');
  expect([mark({}).ring, mark({ byzantine: true }).ring]).toEqual([null, LIGHT.byzantine]);
  expect(mark({ forged: true }).ring).toBe(LIGHT.byzantine);
  expect([mark({}).isCrossed, mark({ crashed: true }).isCrossed]).toEqual([false, true]);
});

it('colours workers by their loss, from the least to the most that is shown', () => {
  const losses = { least: 1, most: 3 };
  const fill = (loss: WorkerView['loss']) =>
    workerMark({ ...worker, loss }, 'loss', { servers: [], losses }, LIGHT).fill;
  expect([1, 2, 3].map(fill)).toEqual([LIGHT.ramp[0], LIGHT.ramp[2], LIGHT.ramp[4]]);
  expect(fill('NaN')).toBe(LIGHT.warning);
  expect(fill(null)).toBe(LIGHT.faint);
});

it('gives each server a colour of its own as long as there are colours, and none to no server', () => {
  const servers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const colours = servers.map((id) => serverColour(id, servers, DARK));
  expect(new Set(colours.slice(0, 7)).size).toBe(7);
  expect(colours[7]).toBe(colours[0]);
  expect(serverColour(null, servers, DARK)).toBe(DARK.faint);
});

it('has another colour for each activity, in both themes', () => {
  for (const { activities } of [LIGHT, DARK]) {
    expect(new Set(Object.values(activities)).size).toBe(Object.keys(activities).length);
  }
});

const coverage = { cellM: 50, bands: [{ fromXM: 150, toXM: 250, yM: 300, level: 2 }] };

function mapOf(state: ShownState, layers: readonly MapLayer[] = LAYERS): MapPicture {
  return {
    scene: {
      ...{ name: 'made', folder: '', world: 'virtual' },
      isWhole: true,
      bounds: { minXM: 0, minYM: 0, maxXM: 400, maxYM: 400 },
      streets: [{ isPath: false, widthM: 10, shape: [0, 200, 400, 200] }],
      buildings: [{ shape: [100, 100, 120, 100, 120, 120] }],
      sites: [{ server: 'north', xM: 200, yM: 300, rangeM: 100, carriedBy: null, coverage }],
      ...{ region: null, rules: {} },
    },
    ...{ state, timeUs: state.timeUs, view: { xM: 200, yM: 200, scale: 1 } },
    ...{ size: { width: 400, height: 400 }, palette: LIGHT, layers: new Set(layers) },
    ...{ colouring: 'state', selection: null },
    workers: new Map([['worker-0', { x: 100, y: 200 }]]),
    servers: new Map([['north', { x: 200, y: 300 }]]),
    trails: new Map(),
  };
}

it('paints the way of a message in the colour of its sender or of a model, and only while it lasts', () => {
  const state = stateAfter(5);
  const way = { from: 'worker-0', to: 'north', what: 'gradient', number: 0 };
  const at = { n: 5, timeUs: 100_000 };
  applyLine(state, { ...at, type: 'transfer-started', ...way, bytes: 40 });
  const onWay = () => {
    const { pen, drawn } = recording();
    paintMap(pen, mapOf(state));
    return drawn.filter(
      ({ what, style }) =>
        what === 'line' && (style as { stroke: string }).stroke === LIGHT.activities.sending,
    );
  };
  // North is up: y of 300 m is 100 px from the top.
  expect(onWay().map(({ at: points }) => points)).toEqual([[100, 200, 200, 100]]);
  applyLine(state, { n: 6, timeUs: 200_000, type: 'transfer-ended', ...way, outcome: 'arrived' });
  expect(onWay()).toEqual([]);
});

it('leaves out layers that are not wanted, and paints buildings below streets', () => {
  const { pen, drawn } = recording();
  paintGround(pen, mapOf(stateAfter(5)));
  expect(drawn.map(({ what }) => what)).toEqual(['polygon', 'line', 'polygon', 'circle']);
  expect(drawn[3]!.at).toEqual([200, 100, 100]);
  // The cells of the coverage, over the streets: 350 m to the north is 50 px from the top.
  expect(drawn[2]!.at).toEqual([150, 50, 250, 50, 250, 100, 150, 100]);
  const { pen: other, drawn: bare } = recording();
  paintGround(other, mapOf(stateAfter(5), []));
  paintMap(other, mapOf(stateAfter(5), []));
  expect(bare.some(({ what }) => what === 'north')).toBe(false);
  expect(bare.some(({ what, at }) => what === 'circle' && at[2] === 100)).toBe(false);
});

it('shows one name where two servers would overlap theirs, that of the selected one first', () => {
  const picture = mapOf(stateAfter(5));
  const names = (south: { x: number; y: number }, change: Partial<MapPicture> = {}) => {
    const { pen, drawn } = recording();
    const servers = new Map([['north', { x: 200, y: 300 }] as const, ['south', south] as const]);
    paintMap(pen, { ...picture, servers, ...change });
    return drawn.map(({ what }) => what).filter((what) => what === 'north' || what === 'south');
  };
  expect(names({ x: 200, y: 200 })).toEqual(['north', 'south']);
  expect(names({ x: 260, y: 300 })).toEqual(['north', 'south']);
  expect(names({ x: 210, y: 305 })).toEqual(['north']);
  const selection = { kind: 'server', id: 'south' } as const;
  expect(names({ x: 210, y: 305 }, { selection })).toEqual(['south']);
});

it('shows the whole map beside what covers a part of it', () => {
  const { scene, size } = mapOf(stateAfter(5));
  const edges = (coveredPx: number) => {
    const view = wholeMap(scene, size, coveredPx);
    return [0, 400].map((x) => Math.round(toPixels(view, size, { x, y: 0 }).x));
  };
  // 28 px are left at each side.
  expect(edges(0)).toEqual([28, 372]);
  expect(edges(100)).toEqual([128, 372]);
});

it('paints the range of a fixed site once, and that of a carried one where its vehicle is', () => {
  const picture = mapOf(stateAfter(5));
  const circles = (paint: typeof paintMap) => {
    const { pen, drawn } = recording();
    paint(pen, picture);
    return drawn.filter(({ what, at }) => what === 'circle' && at[2] === 100).map(({ at }) => at);
  };
  expect([circles(paintGround), circles(paintMap)]).toEqual([[[200, 100, 100]], []]);
  picture.scene.sites[0]!.carriedBy = 'car-1';
  picture.servers = new Map([['north', { x: 150, y: 300 }]]);
  expect([circles(paintGround), circles(paintMap)]).toEqual([[], [[150, 100, 100]]]);
});

it('copies one mark to the places of all workers that look alike, the Byzantine ones over the others', () => {
  const picture = mapOf(stateAfter(5));
  const [first] = Object.values(picture.state.workers);
  picture.state.workers = Object.fromEntries(
    ['a', 'b', 'c'].map((id) => [id, { ...first!, id, byzantine: id === 'a' }]),
  );
  picture.workers = new Map(['a', 'b', 'c'].map((id, at) => [id, { x: 100 + at, y: 200 }]));
  const copied: (readonly number[])[] = [];
  const { pen } = recording();
  paintMap({ ...pen, stamps: (_key, places) => copied.push(places) }, picture);
  expect(copied.filter(({ length }) => length > 0)).toEqual([
    [101, 200, 102, 200],
    [100, 200],
  ]);
});

const piece: ActivityPiece = {
  ...{ fromUs: 0, toUs: 10e6 },
  nodes: {
    north: { timesUs: [0], what: ['collecting'] },
    'worker-0': { timesUs: [0, 5e6], what: ['computing', 'waiting'] },
  },
  aggregations: [{ server: 'north', result: 3, timeUs: 4e6, exceeded: true }],
};

function timelineOf(more: Partial<TimelinePicture> = {}): TimelinePicture {
  const rows = timelineRows(stateAfter(5), [piece]);
  return {
    ...{ rows, pieces: [piece], fromUs: 0, toUs: 10e6, timeUs: 7e6, scrollPx: 0 },
    ...{ size: { width: NAMES_PX + 100, height: 200 }, palette: LIGHT, selection: null, ...more },
  };
}

it('lists servers with what is below them, then the workers that have none', () => {
  const ids = timelineOf().rows.map(({ id, depth }) => `${id} ${depth}`);
  expect(ids).toEqual(['cloud 0', 'north 1', 'worker-0 2', 'south 1']);
});

it('draws work as long as it lasts, and an aggregation over f in the colour of warnings', () => {
  const { pen, drawn } = recording();
  paintTimeline(pen, timelineOf());
  // 10 s are 100 px; 5 s of computing.
  const bars = drawn.filter(
    ({ style }) => (style as { fill?: string }).fill === LIGHT.activities.computing,
  );
  expect(bars.map(({ at }) => [at[0], at[2]])).toContainEqual([NAMES_PX, NAMES_PX + 50]);
  const over = drawn.filter(({ style }) => (style as { stroke?: string }).stroke === LIGHT.warning);
  expect(over.map(({ at }) => at[0])).toEqual([NAMES_PX + 40]);
});

it('paints only rows in view, however many there are', () => {
  const rows = Array.from({ length: 5000 }, (_, index) => {
    return { id: `w${index}`, isServer: false, depth: 0 };
  });
  const { pen, drawn } = recording();
  const size = { width: 400, height: AXIS_PX + 10 * ROW_PX };
  const picture = timelineOf({ rows, size, scrollPx: 2000 * ROW_PX });
  paintTimeline(pen, picture);
  const names = drawn.map(({ what }) => what).filter((what) => what.startsWith('w'));
  expect(names).toEqual(Array.from({ length: 10 }, (_, index) => `w${2000 + index}`));
  expect(rowAt(picture, AXIS_PX + 1)!.id).toBe('w2000');
  expect(rowAt(picture, 3)).toBeNull();
  expect(timeAt(picture, NAMES_PX)).toBe(0);
});

it('writes the same picture as an SVG in which names are text', () => {
  const pen = svgPen({ width: 10, height: 10 }, '#fff');
  pen.text(1, 2, '<b>&"', { fill: '#000', size: 12 });
  pen.circle(1.25, 2, 3, { fill: '#123' });
  expect(pen.file()).toContain('&#60;b&#62;&#38;&#34;');
  expect(pen.file()).toContain('<circle cx="1.3" cy="2" r="3"');
});

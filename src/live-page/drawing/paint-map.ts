import type { Scene } from '../shared/messages.ts';
import type { ShownState } from '../shared/run-state.ts';
import { transfersOf } from '../shared/shown-transfers.ts';
import type { Colouring, LookedAt, MapLayer } from './choices.ts';
import { type MapView, type Size, toPixels } from './map-view.ts';
import { paintName, paintNames } from './paint-names.ts';
import type { Palette } from './palettes.ts';
import type { Pen } from './pen.ts';
import type { MapPoint } from './way.ts';
import { colourScale, serverColour, type WorkerMark, workerMark } from './worker-mark.ts';

/** Contents of a map at one moment. */
export interface MapPicture {
  scene: Scene;
  state: ShownState;
  timeUs: number;
  view: MapView;
  size: Size;
  palette: Palette;
  layers: ReadonlySet<MapLayer>;
  colouring: Colouring;
  selection: LookedAt | null;
  /** Of those whose place is known, in metres. */
  workers: ReadonlyMap<string, MapPoint>;
  servers: ReadonlyMap<string, MapPoint>;
  trails: ReadonlyMap<string, readonly number[]>;
}

const MARK_PX = 5;
const COVERAGE_OPACITIES = [0.06, 0.13, 0.22];
/** Simulation time over which a result is shown on its way, however short it takes. */
const PULSE_US = 400_000;

/** Buildings, streets or a grid where there are none, coverage and ranges: what stays the same from frame to frame. */
export function paintGround(pen: Pen, picture: MapPicture): void {
  const { scene, palette, layers } = picture;
  for (const { shape } of layers.has('buildings') ? scene.buildings : []) {
    pen.polygon(inPixels(shape, picture), { fill: palette.building });
  }
  if (!layers.has('streets') || scene.streets.length === 0) paintGrid(pen, picture);
  else paintStreets(pen, picture);
  if (layers.has('coverage')) paintCoverage(pen, picture);
  if (!layers.has('ranges')) return;
  paintRegion(pen, picture);
  paintRanges(pen, picture, false);
}

function paintStreets(pen: Pen, picture: MapPicture): void {
  const { scene, view, palette } = picture;
  for (const wantsPaths of [true, false]) {
    for (const { isPath, widthM, shape } of scene.streets) {
      if (isPath !== wantsPaths) continue;
      const points = inPixels(shape, picture);
      const stroke = isPath ? palette.path : palette.street;
      pen.line(points, { stroke, width: Math.max(0.8, widthM * view.scale) });
    }
  }
}

/** x and y in turn, in metres and then in pixels. */
function inPixels(shape: readonly number[], { view, size }: Pick<MapPicture, 'view' | 'size'>) {
  const points: number[] = [];
  for (let index = 0; index + 1 < shape.length; index += 2) {
    const { x, y } = toPixels(view, size, { x: shape[index]!, y: shape[index + 1]! });
    points.push(x, y);
  }
  return points;
}

/** How well sites are received, where the config has a model of path loss: the more, the darker. */
function paintCoverage(pen: Pen, { scene, view, size, palette }: MapPicture): void {
  for (const { coverage } of scene.sites) {
    if (coverage === null) continue;
    const { cellM, bands } = coverage;
    for (const { fromXM, toXM, yM, level } of bands) {
      const a = toPixels(view, size, { x: fromXM, y: yM + cellM });
      const b = toPixels(view, size, { x: toXM, y: yM });
      const opacity = COVERAGE_OPACITIES[level]!;
      pen.polygon([a.x, a.y, b.x, a.y, b.x, b.y, a.x, b.y], { fill: palette.range, opacity });
    }
  }
}

function paintGrid(pen: Pen, { view, size, palette }: MapPicture): void {
  const stepM = roundLength(90 / view.scale);
  const left = view.xM - size.width / 2 / view.scale;
  const bottom = view.yM - size.height / 2 / view.scale;
  const style = { stroke: palette.path, width: 1 };
  for (let x = Math.ceil(left / stepM) * stepM; (x - left) * view.scale < size.width; x += stepM) {
    const at = toPixels(view, size, { x, y: 0 }).x;
    pen.line([at, 0, at, size.height], style);
  }
  for (
    let y = Math.ceil(bottom / stepM) * stepM;
    (y - bottom) * view.scale < size.height;
    y += stepM
  ) {
    const at = toPixels(view, size, { x: 0, y }).y;
    pen.line([0, at, size.width, at], style);
  }
}

/** All that moves or changes, from the ground up. */
export function paintMap(pen: Pen, picture: MapPicture): void {
  const { layers } = picture;
  if (layers.has('ranges')) paintRanges(pen, picture, true);
  if (layers.has('trails')) paintTrails(pen, picture);
  if (layers.has('links')) paintLinks(pen, picture);
  paintWorkers(pen, picture);
  paintServers(pen, picture);
  paintScale(pen, picture);
}

function paintRegion(pen: Pen, { scene, view, size, palette }: MapPicture): void {
  if (scene.region === null) return;
  const { xM, yM, rangeM } = scene.region;
  const { x, y } = toPixels(view, size, { x: xM, y: yM });
  const style = { fill: palette.region, stroke: palette.region, opacity: 0.1, dash: [5, 5] };
  pen.circle(x, y, rangeM * view.scale, style);
}

/** Of sites that vehicles carry, or of all others. */
function paintRanges(pen: Pen, picture: MapPicture, areCarried: boolean): void {
  const { scene, state, view, size, palette, servers, colouring } = picture;
  const order = Object.keys(state.servers);
  for (const { server, xM, yM, rangeM, carriedBy } of scene.sites) {
    if ((carriedBy !== null) !== areCarried) continue;
    const place = carriedBy === null ? { x: xM, y: yM } : servers.get(server);
    if (place === undefined) continue;
    const { x, y } = toPixels(view, size, place);
    const stroke = colouring === 'served-by' ? serverColour(server, order, palette) : palette.range;
    pen.circle(x, y, rangeM * view.scale, { fill: stroke, stroke, width: 1.5, opacity: 0.09 });
  }
}

function paintTrails(pen: Pen, { trails, view, size, palette }: MapPicture): void {
  const lines = [...trails.values()].map((trail) => inPixels(trail, { view, size }));
  const shown = lines.filter((line) => line.length >= 4);
  // One pixel wide, as links of workers are: a browser without a graphics card takes ten times as long for more.
  pen.lines(shown, { stroke: palette.faint, width: 1, opacity: 0.55 });
}

function paintLinks(pen: Pen, picture: MapPicture): void {
  const { state, view, size, palette, workers, servers } = picture;
  for (const { id, parent, cut } of Object.values(state.servers)) {
    const from = servers.get(id);
    const to = parent === null ? undefined : servers.get(parent);
    if (from === undefined || to === undefined) continue;
    const [a, b] = [toPixels(view, size, from), toPixels(view, size, to)];
    const stroke = cut ? palette.byzantine : palette.faint;
    const dash = cut ? [3, 6] : [];
    pen.line([a.x, a.y, b.x, b.y], { stroke, width: 1.2, dash, opacity: 0.7 });
  }
  const [busy, idle]: [number[][], number[][]] = [[], []];
  for (const { id, server, work } of Object.values(state.workers)) {
    const from = workers.get(id);
    const to = server === null ? undefined : servers.get(server);
    if (from === undefined || to === undefined) continue;
    const [a, b] = [toPixels(view, size, from), toPixels(view, size, to)];
    (work === null ? idle : busy).push([a.x, a.y, b.x, b.y]);
  }
  pen.lines(idle, { stroke: palette.link, width: 0.8, opacity: 0.3 });
  pen.lines(busy, { stroke: palette.link, width: 1, opacity: 0.8 });
  paintTransfers(pen, picture);
}

function paintTransfers(pen: Pen, picture: MapPicture): void {
  const { state, view, size, palette, workers, servers, timeUs } = picture;
  const { receiving, sending } = palette.activities;
  const lines: Record<string, number[][]> = { [receiving]: [], [sending]: [] };
  const dots: Record<string, number[]> = { [receiving]: [], [sending]: [] };
  for (const { from, to, what, sinceUs } of transfersOf(state)) {
    const start = servers.get(from) ?? workers.get(from);
    const end = servers.get(to) ?? workers.get(to);
    if (start === undefined || end === undefined) continue;
    const [a, b] = [toPixels(view, size, start), toPixels(view, size, end)];
    const fill = what === 'theta' || what === 'model' ? receiving : sending;
    lines[fill]!.push([a.x, a.y, b.x, b.y]);
    const share = (Math.max(0, timeUs - sinceUs) % PULSE_US) / PULSE_US;
    dots[fill]!.push(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y));
  }
  for (const [stroke, all] of Object.entries(lines)) {
    pen.lines(all, { stroke, width: 2, opacity: 0.8 });
  }
  for (const [fill, places] of Object.entries(dots)) {
    pen.stamps(`dot ${fill}`, places, 5, (on, x, y) => on.circle(x, y, 3.5, { fill }));
  }
}

/** Those that look the same together, and the Byzantine ones over the others. */
function paintWorkers(pen: Pen, picture: MapPicture): void {
  const { state, view, size, palette, workers, colouring, selection } = picture;
  const scale = colourScale(state);
  const groups = new Map<string, { mark: WorkerMark; places: number[] }>();
  let chosen: MapPoint | null = null;
  for (const worker of Object.values(state.workers)) {
    const place = workers.get(worker.id);
    if (place === undefined) continue;
    const { x, y } = toPixels(view, size, place);
    if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
    const mark = workerMark(worker, colouring, scale, palette);
    const key = `worker ${mark.shape} ${mark.fill} ${mark.ring} ${mark.isCrossed} ${palette.halo}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { mark, places: [x, y] });
    else group.places.push(x, y);
    if (selection?.kind === 'worker' && selection.id === worker.id) chosen = { x, y };
  }
  const order = [...groups].sort(
    ([, a], [, b]) => Number(a.mark.ring !== null) - Number(b.mark.ring !== null),
  );
  for (const [key, { mark, places }] of order) {
    pen.stamps(key, places, MARK_PX + 6, (on, x, y) => paintMark(on, x, y, mark, palette.halo));
  }
  if (chosen === null || selection?.kind !== 'worker') return;
  const { x, y } = chosen;
  pen.circle(x, y, MARK_PX + 8, { stroke: palette.text, width: 2, dash: [4, 3] });
  paintName(pen, picture.palette, selection.id, { x, y: y - MARK_PX - 13 });
}

function paintMark(
  pen: Pen,
  x: number,
  y: number,
  { shape, fill, ring, isCrossed }: WorkerMark,
  halo: string,
): void {
  const outline = { fill, stroke: halo, width: 1.2 };
  if (ring !== null) pen.circle(x, y, MARK_PX + 3.5, { stroke: ring, width: 2.2 });
  if (shape === 'circle') pen.circle(x, y, MARK_PX, outline);
  else pen.polygon(shape === 'triangle' ? triangle(x, y) : square(x, y, MARK_PX - 0.5), outline);
  if (!isCrossed) return;
  const style = { stroke: halo, width: 2 };
  pen.line([x - 3, y - 3, x + 3, y + 3], style);
  pen.line([x - 3, y + 3, x + 3, y - 3], style);
}

function paintServers(pen: Pen, picture: MapPicture): void {
  const { view, size, palette, servers, state, colouring, layers, selection, timeUs } = picture;
  const order = Object.keys(state.servers);
  for (const [id, place] of servers) {
    const server = state.servers[id];
    const { x, y } = toPixels(view, size, place);
    const isRoot = server?.parent === null;
    const fill = colouring === 'served-by' ? serverColour(id, order, palette) : palette.server;
    const isByzantine = server?.byzantine || server?.forged;
    if (isByzantine) pen.circle(x, y, 14, { stroke: palette.byzantine, width: 2.5 });
    const { newest } = server ?? {};
    // A page that goes back may have the later state for a moment.
    if (newest && timeUs >= newest.timeUs && timeUs - newest.timeUs < 3_000_000) {
      const grown = 10 + (timeUs - newest.timeUs) / 150_000;
      const stroke = newest.exceeded ? palette.warning : palette.server;
      const width = newest.exceeded ? 4 : 1.5;
      pen.circle(x, y, grown, { stroke, width, opacity: 0.8 });
    }
    const style = { fill: server?.crashed ? palette.halo : fill, stroke: palette.halo, width: 1.5 };
    if (isRoot) pen.polygon(diamond(x, y, 10), style);
    else pen.polygon(square(x, y, 7), style);
    if (server?.crashed) {
      pen.line([x - 6, y - 6, x + 6, y + 6], { stroke: palette.byzantine, width: 3 });
      pen.line([x - 6, y + 6, x + 6, y - 6], { stroke: palette.byzantine, width: 3 });
    }
    if (selection?.kind === 'server' && selection.id === id) {
      pen.circle(x, y, 17, { stroke: palette.text, width: 2, dash: [4, 3] });
    }
  }
  if (layers.has('names')) paintNames(pen, picture);
}

/** How long a stretch of the map is. */
function paintScale(pen: Pen, { view, size, palette }: MapPicture): void {
  const lengthM = roundLength(120 / view.scale);
  const [x, y] = [16, size.height - 16];
  const end = x + lengthM * view.scale;
  pen.line([x, y - 5, x, y, end, y, end, y - 5], { stroke: palette.text, width: 1.5 });
  const text = lengthM >= 1000 ? `${lengthM / 1000} km` : `${lengthM} m`;
  pen.text(x + 4, y - 6, text, { fill: palette.text, halo: palette.halo, size: 11.5 });
}

/** 1, 2 or 5 times a power of ten, not above. */
function roundLength(length: number): number {
  const unit = 10 ** Math.floor(Math.log10(length));
  return [5, 2, 1].map((factor) => factor * unit).find((each) => each <= length) ?? unit;
}

function triangle(x: number, y: number): number[] {
  return [x, y - 6, x + 5.5, y + 4, x - 5.5, y + 4];
}

function square(x: number, y: number, half: number): number[] {
  return [x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half];
}

function diamond(x: number, y: number, half: number): number[] {
  return [x, y - half, x + half, y, x, y + half, x - half, y];
}

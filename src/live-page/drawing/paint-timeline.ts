import type { ActivityPiece, NodeActivity } from '../shared/activities.ts';
import type { ShownState } from '../shared/run-state.ts';
import type { LookedAt } from './choices.ts';
import type { Size } from './map-view.ts';
import type { Palette } from './palettes.ts';
import type { Pen } from './pen.ts';

export const ROW_PX = 20;
export const AXIS_PX = 22;
export const NAMES_PX = 132;

/** Contents of a timeline at one moment. */
export interface TimelinePicture {
  rows: readonly TimelineRow[];
  pieces: readonly ActivityPiece[];
  fromUs: number;
  toUs: number;
  /** The moment that map and inspector show. */
  timeUs: number;
  /** Pixels by which the rows are scrolled down. */
  scrollPx: number;
  size: Size;
  palette: Palette;
  selection: LookedAt | null;
}

interface TimelineRow {
  id: string;
  isServer: boolean;
  /** Below the root. */
  depth: number;
}

/** Each server with the servers below it and then the workers that it has, and those without one last. */
export function timelineRows(state: ShownState, pieces: readonly ActivityPiece[]): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const servers = Object.values(state.servers);
  const workers = new Map<string | null, string[]>();
  const known = new Set(Object.keys(state.workers));
  for (const { nodes } of pieces) {
    for (const id of Object.keys(nodes)) if (!(id in state.servers)) known.add(id);
  }
  for (const id of [...known].sort(byNumber)) {
    const server = state.workers[id]?.server ?? null;
    workers.set(server, [...(workers.get(server) ?? []), id]);
  }
  const add = (parent: string | null, depth: number) => {
    for (const server of servers) {
      if (server.parent !== parent) continue;
      rows.push({ id: server.id, isServer: true, depth });
      add(server.id, depth + 1);
      for (const id of workers.get(server.id) ?? []) {
        rows.push({ id, isServer: false, depth: depth + 1 });
      }
    }
  };
  add(null, 0);
  for (const id of workers.get(null) ?? []) rows.push({ id, isServer: false, depth: 0 });
  return rows;
}

/** Only the rows in view, so that many nodes cost no more than few. */
export function paintTimeline(pen: Pen, picture: TimelinePicture): void {
  const { rows, size, scrollPx, timeUs, palette } = picture;
  const first = Math.max(0, Math.floor(scrollPx / ROW_PX));
  const last = Math.min(rows.length, Math.ceil((scrollPx + size.height - AXIS_PX) / ROW_PX));
  for (let index = first; index < last; index += 1) {
    paintRow(pen, picture, rows[index]!, AXIS_PX + index * ROW_PX - scrollPx);
  }
  paintAxis(pen, picture);
  const now = xOf(picture, timeUs);
  pen.line([now, AXIS_PX - 4, now, size.height], { stroke: palette.text, width: 1.5 });
}

/** The time at a place of the picture. */
export function timeAt({ fromUs, toUs, size }: TimelinePicture, x: number): number {
  return fromUs + ((x - NAMES_PX) / (size.width - NAMES_PX)) * (toUs - fromUs);
}

/** The row at a place of the picture; null where there is none. */
export function rowAt({ rows, scrollPx }: TimelinePicture, y: number): TimelineRow | null {
  return y < AXIS_PX ? null : (rows[Math.floor((y - AXIS_PX + scrollPx) / ROW_PX)] ?? null);
}

function xOf({ fromUs, toUs, size }: TimelinePicture, timeUs: number): number {
  return NAMES_PX + ((timeUs - fromUs) / (toUs - fromUs)) * (size.width - NAMES_PX);
}

function paintRow(pen: Pen, picture: TimelinePicture, row: TimelineRow, top: number): void {
  const { pieces, palette, selection, size } = picture;
  const { id, isServer, depth } = row;
  const middle = top + ROW_PX / 2;
  for (const { nodes, toUs } of pieces) {
    const changes = nodes[id];
    if (changes === undefined) continue;
    const { timesUs, what } = changes;
    for (const [index, fromUs] of timesUs.entries()) {
      const endUs = Math.min(timesUs[index + 1] ?? toUs, picture.toUs);
      if (endUs < picture.fromUs || fromUs > picture.toUs) continue;
      const ends = [xOf(picture, Math.max(fromUs, picture.fromUs)), xOf(picture, endUs)] as const;
      paintSpan(pen, what[index]!, ends, middle, palette);
    }
  }
  for (const { aggregations } of pieces) {
    for (const { server, timeUs, exceeded } of aggregations) {
      if (server !== id || timeUs < picture.fromUs || timeUs > picture.toUs) continue;
      const x = xOf(picture, timeUs);
      const style = {
        stroke: exceeded ? palette.warning : palette.text,
        width: exceeded ? 4 : 1.5,
      };
      pen.line([x, top + 2, x, top + ROW_PX - 2], style);
    }
  }
  const isChosen = selection !== null && 'id' in selection && selection.id === id;
  const fill = isChosen ? palette.server : palette.text;
  // Covers what began before the view.
  pen.polygon([0, top, NAMES_PX - 2, top, NAMES_PX - 2, top + ROW_PX, 0, top + ROW_PX], {
    fill: palette.ground,
  });
  const x = 8 + Math.min(depth, 4) * 8;
  pen.text(x, middle + 4, cut(id, x), { fill, size: 12, bold: isServer || isChosen });
  pen.line([0, top + ROW_PX, size.width, top + ROW_PX], { stroke: palette.path, width: 1 });
}

/** Paints work as a bar, and waiting as a line, so that the two differ without colour, too. */
function paintSpan(
  pen: Pen,
  what: NodeActivity,
  [from, to]: readonly [number, number],
  middle: number,
  palette: Palette,
): void {
  const isShort = to - from < 1;
  const end = isShort ? from + 1 : to;
  const bar = (half: number, fill: string) =>
    pen.polygon(
      [from, middle - half, end, middle - half, end, middle + half, from, middle + half],
      { fill },
    );
  const { activities } = palette;
  switch (what) {
    case 'absent':
      return;
    case 'computing':
      bar(6, activities.computing);
      return;
    case 'sending':
    case 'receiving':
      bar(3, activities[what]);
      return;
    case 'collecting':
      bar(1.5, activities.computing);
      return;
    case 'crashed':
    case 'cut':
      bar(6, palette.byzantine);
      return;
    default: {
      const dash = what === 'out-of-range' ? [2, 4] : [];
      pen.line([from, middle, end, middle], { stroke: activities[what], width: 1.2, dash });
    }
  }
}

function paintAxis(pen: Pen, picture: TimelinePicture): void {
  const { size, palette, fromUs, toUs } = picture;
  pen.polygon([0, 0, size.width, 0, size.width, AXIS_PX, 0, AXIS_PX], { fill: palette.ground });
  const stepUs = tickUs((toUs - fromUs) / Math.max(2, (size.width - NAMES_PX) / 90));
  for (let tick = Math.ceil(Math.max(0, fromUs) / stepUs) * stepUs; tick <= toUs; tick += stepUs) {
    const x = xOf(picture, tick);
    pen.line([x, AXIS_PX - 5, x, AXIS_PX], { stroke: palette.faint, width: 1 });
    const text = `${Number((tick / 1e6).toFixed(3))} s`;
    pen.text(x + 3, AXIS_PX - 8, text, { fill: palette.text, size: 11 });
  }
}

/** 1, 2 or 5 times a power of ten, not below. */
function tickUs(leastUs: number): number {
  const unit = 10 ** Math.floor(Math.log10(leastUs));
  return [1, 2, 5, 10].map((factor) => factor * unit).find((each) => each >= leastUs)!;
}

function cut(id: string, x: number): string {
  const most = Math.floor((NAMES_PX - x - 4) / 6.6);
  return id.length <= most ? id : `${id.slice(0, most - 1)}…`;
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

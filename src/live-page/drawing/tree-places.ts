import { type Activity, activityOf } from '../shared/node-views.ts';
import type { ShownState } from '../shared/run-state.ts';
import type { Size } from './map-view.ts';

interface TreePlaces {
  servers: { id: string; x: number; y: number }[];
  workers: { id: string; x: number; y: number; colour: Activity; isByzantine: boolean }[];
  links: {
    from: string;
    to: string;
    x1: number;
    y1: number;
    x2: number;
    y2: number;
    isWorker: boolean;
  }[];
}

const MARGIN_PX = 30;

/** The root on top, each server over the middle of what is below it, the workers in the last row. */
export function treePlaces(state: ShownState, { width, height }: Size): TreePlaces {
  const servers = Object.values(state.servers);
  const children = new Map<string | null, string[]>();
  for (const { id, parent } of servers) {
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const workers = Object.values(state.workers).filter(({ server }) => server !== null);
  const workersOf = new Map<string, typeof workers>();
  for (const worker of workers) {
    workersOf.set(worker.server!, [...(workersOf.get(worker.server!) ?? []), worker]);
  }
  const columns = new Map<string, number>();
  const rows = new Map<string, number>();
  let column = 0;
  const arrange = (id: string, row: number): number => {
    rows.set(id, row);
    const below = [
      ...(children.get(id) ?? []).map((child) => arrange(child, row + 1)),
      ...(workersOf.get(id) ?? []).map((worker) => {
        rows.set(worker.id, -1);
        columns.set(worker.id, column);
        column += 1;
        return column - 1;
      }),
    ];
    const own = below.length === 0 ? column++ : (below[0]! + below.at(-1)!) / 2;
    columns.set(id, own);
    return own;
  };
  for (const root of children.get(null) ?? []) arrange(root, 0);
  const lowest = Math.max(0, ...rows.values()) + (workers.length > 0 ? 1 : 0);
  const x = (id: string) =>
    MARGIN_PX + ((columns.get(id)! + 0.5) / Math.max(1, column)) * (width - 2 * MARGIN_PX);
  const y = (id: string) => {
    const row = rows.get(id)!;
    return MARGIN_PX + ((row < 0 ? lowest : row) / Math.max(1, lowest)) * (height - 2 * MARGIN_PX);
  };
  const isPlaced = (id: string) => columns.has(id);
  const links = [
    ...servers.flatMap(({ id, parent }) =>
      parent === null ? [] : [{ from: id, to: parent, isWorker: false }],
    ),
    ...workers.map(({ id, server }) => ({ from: id, to: server!, isWorker: true })),
  ].filter(({ from, to }) => isPlaced(from) && isPlaced(to));
  return {
    servers: servers.filter(({ id }) => isPlaced(id)).map(({ id }) => ({ id, x: x(id), y: y(id) })),
    workers: workers
      .filter(({ id }) => isPlaced(id))
      .map((worker) => ({
        ...{ id: worker.id, x: x(worker.id), y: y(worker.id), colour: activityOf(worker) },
        isByzantine: worker.byzantine || worker.forged,
      })),
    links: links.map((link) => ({
      ...link,
      ...{ x1: x(link.from), y1: y(link.from), x2: x(link.to), y2: y(link.to) },
    })),
  };
}

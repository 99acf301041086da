import type { TimelineFacts } from './timeline-facts.ts';

/** A row of a timeline. */
export interface Lane {
  id: string;
  kind: 'cloud' | 'server' | 'worker';
  topPx: number;
  middlePx: number;
  heightPx: number;
}

const HEIGHT_PX = { cloud: 68, server: 30, worker: 24 };
const TOP_PX = 116;
const GAP_PX = 4;

/**
 * The cloud on top, then each server with the servers below it and the workers that met it before
 * any other in the window.
 */
export function lanesOf({ servers, presences, gradients }: TimelineFacts): Map<string, Lane> {
  const firstServer = new Map<string, string>();
  for (const { worker, server } of [...presences, ...gradients]) {
    if (!firstServer.has(worker)) firstServer.set(worker, server);
  }
  const lanes = new Map<string, Lane>();
  let topPx = TOP_PX;
  const add = (id: string, kind: Lane['kind']) => {
    const heightPx = HEIGHT_PX[kind];
    lanes.set(id, { id, kind, topPx, middlePx: topPx + heightPx / 2, heightPx });
    topPx += heightPx + GAP_PX;
  };
  const addBelow = (parent: string | null) => {
    for (const { id } of servers.filter((server) => server.parent === parent)) {
      add(id, parent === null ? 'cloud' : 'server');
      for (const [worker, server] of firstServer) if (server === id) add(worker, 'worker');
      addBelow(id);
    }
  };
  addBelow(null);
  return lanes;
}

/** Below the last lane. */
export function bottomOf(lanes: ReadonlyMap<string, Lane>): number {
  return Math.max(TOP_PX, ...[...lanes.values()].map(({ topPx, heightPx }) => topPx + heightPx));
}

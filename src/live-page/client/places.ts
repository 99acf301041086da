import type { MapPoint } from '../drawing/way.ts';
import type { RunFeed } from './run-feed.ts';

/** Where servers and workers are at a time, in metres. */
interface NodePlaces {
  workers: Map<string, MapPoint>;
  servers: Map<string, MapPoint>;
}

/** By their tracks and sites. Servers without a site stand among those below them. */
export function placesAt(feed: RunFeed, timeUs: number): NodePlaces {
  const scene = feed.scene.peek();
  const { state, tracks } = feed;
  const servers = new Map<string, MapPoint>();
  for (const { server, xM, yM, carriedBy } of scene?.sites ?? []) {
    const place = carriedBy === null ? { x: xM, y: yM } : tracks.positionAt(carriedBy, timeUs);
    if (place !== null) servers.set(server, place);
  }
  const parents = Object.values(state.servers).map(({ parent }) => parent);
  for (const { id } of Object.values(state.servers).reverse()) {
    if (servers.has(id) || !parents.includes(id)) continue;
    const below = Object.values(state.servers).flatMap((each) =>
      each.parent === id ? (servers.get(each.id) ?? []) : [],
    );
    if (below.length > 0) servers.set(id, placeAmong(below));
  }
  const workers = new Map<string, MapPoint>();
  for (const { id, entity } of Object.values(state.workers)) {
    const place = tracks.positionAt(entity, timeUs);
    if (place !== null) workers.set(id, place);
  }
  return { workers, servers };
}

/** The middle, or north of it where it would hide one of them. */
function placeAmong(places: readonly MapPoint[]): MapPoint {
  const mean = (pick: (place: MapPoint) => number) =>
    places.reduce((total, place) => total + pick(place), 0) / places.length;
  const middle = { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  const distancesM = places.map(({ x, y }) => Math.hypot(x - middle.x, y - middle.y));
  // A single one has no spread: any distance will do.
  const spreadM = Math.max(...distancesM) || 100;
  const hides = Math.min(...distancesM) < spreadM / 3;
  return hides ? { x: middle.x, y: middle.y + spreadM / 2 } : middle;
}

import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { completeLayers } from '../../config/complete-layers.ts';
import { type Config, configSchema } from '../../config/config-schema.ts';
import { placedSite } from '../../config/placed-site.ts';
import { reachingOf } from '../../config/radio.ts';
import { networkOf, traceOf } from '../../config/scenario.ts';
import { positionOf } from '../../config/sites.ts';
import { readYaml } from '../../config/yaml-document.ts';
import { readBuildings } from '../../mobility/buildings.ts';
import type { Network } from '../../mobility/network.ts';
import { byStart, PackedPresence } from '../../mobility/presence.ts';
import { readStreets } from '../../mobility/streets.ts';
import type { Trace } from '../../mobility/trace.ts';
import type { Scene, TrackPiece } from '../shared/messages.ts';
import { coverageAround } from './coverage.ts';

/** Where the run of a folder takes place, and how its workers move. */
interface RunScene {
  scene: Scene;
  /** With the bounds of the trace where the network has none. */
  wholeScene: () => Promise<Scene>;
  /** The ways within a stretch of simulation time. */
  tracks: (fromUs: number, toUs: number) => Promise<TrackPiece[]>;
}

/**
 * Reads config, network and trace of a run; the trace, which takes longest, goes on being read behind the
 * scene, which is there without its bounds at first. Files that cannot be read are left out: the page then
 * has no streets, or workers without places. Throws InputError for a config that cannot be read.
 */
export async function readScene(folder: string): Promise<RunScene> {
  const { value } = await readYaml(join(folder, 'config.resolved.yaml'));
  const config = completeLayers(configSchema.parse(value));
  const { network: networkFile, buildings: buildingsFile, end, model } = config.mobility;
  const isStatic = model === 'static';
  // At once, so that the file is parsed once.
  const [network, streets] = await Promise.all([
    networkOf(config).catch(() => undefined),
    networkFile === undefined ? [] : readStreets(networkFile).catch(() => []),
  ]);
  const buildings =
    buildingsFile === undefined ? [] : await readBuildings(buildingsFile).catch(() => []);
  const bounds = isStatic ? null : (network?.bounds ?? null);
  const sites = await sitesOf(config, network);
  const scene: Scene = {
    ...{ name: config.name, folder, world: config.world, streets, buildings, sites, bounds },
    isWhole: isStatic || bounds !== null,
    ...{ region: regionOf(config, network), rules: rulesOf(config) },
  };
  const trace = isStatic
    ? Promise.resolve(null)
    : nextTurn(config)
        .then(traceOf)
        .catch(() => null);
  const moving = trace.then((read) => (read === null ? null : movingIn(read)));
  return {
    scene,
    wholeScene: async () => {
      return { ...scene, isWhole: true, bounds: bounds ?? (await trace)?.bounds ?? null };
    },
    tracks: async (fromUs, toUs) => {
      const read = await moving;
      if (read === null) return [];
      return tracksBetween(read.presences, end === 'stop' ? null : read.spanUs, fromUs, toUs);
    },
  };
}

async function sitesOf(config: Config, network: Network | undefined): Promise<Scene['sites']> {
  try {
    const placed = config.servers.flatMap((server) => placedSite(server, network) ?? []);
    const { sites, marginDb } = await reachingOf(config, placed);
    const { kinds } = config.mobility.workers;
    return sites.map((site) => {
      const { server, xM, yM, rangeM, carriedBy = null } = site;
      const best = (x: number, y: number) =>
        Math.max(...kinds.map((kind) => marginDb!(site, kind, x, y)));
      const hasCoverage = marginDb !== null && carriedBy === null && rangeM > 0;
      const coverage = hasCoverage ? coverageAround(site, best) : null;
      return { server, xM, yM, rangeM, carriedBy, coverage };
    });
  } catch {
    return [];
  }
}

function regionOf(config: Config, network: Network | undefined): Scene['region'] {
  const region = config.layers.worker.attack?.byzantine.region;
  try {
    if (region === undefined) return null;
    return { ...positionOf(region.site, network), rangeM: region.rangeM };
  } catch {
    return null;
  }
}

/** All that moves, in order of start. */
function movingIn({ presences, carriers = new Map(), spanUs }: Trace) {
  const known = new Set(presences.map(({ entity }) => entity));
  const others = [...carriers].flatMap(([entity, stays]) => (known.has(entity) ? [] : stays));
  const all = [...presences, ...others.map((stay) => PackedPresence.of(stay))].sort(byStart);
  return { presences: all, spanUs };
}

function rulesOf({ layers }: Config): Scene['rules'] {
  const entries = Object.entries(layers).flatMap(([layer, settings]) => {
    if (settings === undefined || !('aggregate' in settings)) return [];
    const { rule, f } = settings.aggregate;
    return [[layer, { rule, f, attack: null }] as const];
  });
  const attack = layers.worker?.attack?.rule ?? null;
  return Object.fromEntries([
    ...entries,
    ...(attack === null ? [] : [['worker', { rule: '', f: 0, attack }] as const]),
  ]);
}

/** The ways within a stretch of simulation time, with the samples just outside of it. */
function tracksBetween(
  presences: readonly PackedPresence[],
  repeatUs: number | null,
  fromUs: number,
  toUs: number,
): TrackPiece[] {
  if (repeatUs === null || repeatUs === 0) return piecesBetween(presences, 0, fromUs, toUs);
  const first = Math.floor(fromUs / repeatUs);
  const last = Math.floor(toUs / repeatUs);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    piecesBetween(presences, (first + index) * repeatUs, fromUs, toUs),
  ).flat();
}

function piecesBetween(
  presences: readonly PackedPresence[],
  laterUs: number,
  fromUs: number,
  toUs: number,
): TrackPiece[] {
  const pieces: TrackPiece[] = [];
  for (const presence of presences) {
    if (presence.fromUs + laterUs > toUs) break;
    if (presence.toUs + laterUs < fromUs) continue;
    const { entity, timesUs, x, y } = presence.unpacked();
    let start = 0;
    while (start + 1 < timesUs.length && timesUs[start + 1]! + laterUs <= fromUs) start += 1;
    let end = start;
    while (end < timesUs.length - 1 && timesUs[end]! + laterUs < toUs) end += 1;
    pieces.push({
      entity,
      timesUs: Array.from(timesUs.subarray(start, end + 1), (timeUs) => timeUs + laterUs),
      x: Array.from(x.subarray(start, end + 1), (value) => Math.round(value * 100) / 100),
      y: Array.from(y.subarray(start, end + 1), (value) => Math.round(value * 100) / 100),
    });
  }
  return pieces;
}

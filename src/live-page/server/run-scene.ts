import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from '../../config/config-schema.ts';
import { networkOf } from '../../config/network-of.ts';
import { placedSites } from '../../config/placed-site.ts';
import { reachingOf } from '../../config/radio.ts';
import { positionOf } from '../../config/sites.ts';
import { readYaml } from '../../config/yaml-document.ts';
import { InputError } from '../../errors.ts';
import { readBuildings } from '../../mobility/buildings.ts';
import { cachedStreets } from '../../mobility/cached-network.ts';
import type { Network } from '../../mobility/network.ts';
import { byStart, PackedPresence } from '../../mobility/presence.ts';
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
  const config = await readWritten(join(folder, 'config.resolved.yaml'));
  const { network: networkFile, buildings: buildingsFile, end, model } = config.mobility;
  const isStatic = model === 'static';
  // At once, so that the file is parsed once.
  const [network, streets] = await Promise.all([
    networkOf(config).catch(() => undefined),
    networkFile === undefined ? [] : cachedStreets(networkFile).catch(() => []),
  ]);
  const buildings =
    buildingsFile === undefined ? [] : await readBuildings(buildingsFile).catch(() => []);
  const bounds = isStatic ? null : (network?.bounds ?? null);
  const sites = await sitesOf(config, network);
  const scene: Scene = {
    ...{ name: config.name, folder, world: config.world, streets, buildings, sites, bounds },
    isWhole: isStatic || bounds !== null,
    ...{ region: await regionOf(config, network), rules: rulesOf(config) },
  };
  const trace = isStatic ? Promise.resolve(null) : traceBehind(config).catch(() => null);
  let moving: PackedPresence[] | null = null;
  return {
    scene,
    wholeScene: async () => {
      return { ...scene, isWhole: true, bounds: bounds ?? (await trace)?.bounds ?? null };
    },
    tracks: async (fromUs, toUs) => {
      const read = await trace;
      if (read === null) return [];
      moving ??= movingIn(read);
      return tracksBetween(moving, end === 'stop' ? null : read.spanUs, fromUs, toUs);
    },
  };
}

/**
 * A config as a run has written it, after all checks and with every default: to check it again, all that checks
 * configs would have to be loaded, which takes longer than the rest of the scene.
 */
async function readWritten(file: string): Promise<Config> {
  const { value } = await readYaml(file);
  const { mobility, servers, layers } = (value ?? {}) as Partial<Config>;
  if (mobility?.radio !== undefined && servers !== undefined && layers !== undefined) {
    return value as Config;
  }
  throw new InputError({ place: { file }, found: 'not a config as a run writes it' });
}

/** Once the scene is answered: what reads traces is loaded only then. */
async function traceBehind(config: Config): Promise<Trace> {
  await nextTurn();
  const { traceOf } = await import('../../config/trace-of.ts');
  return traceOf(config);
}

async function sitesOf(config: Config, network: Network | undefined): Promise<Scene['sites']> {
  try {
    const placed = await placedSites(config, network);
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

async function regionOf(config: Config, network: Network | undefined): Promise<Scene['region']> {
  const region = config.layers.worker.attack?.byzantine.region;
  try {
    if (region === undefined) return null;
    return { ...(await positionOf(region.site, network)), rangeM: region.rangeM };
  } catch {
    return null;
  }
}

/** All that moves, in order of start. */
function movingIn({ presences, carriers = new Map() }: Trace): PackedPresence[] {
  const known = new Set(presences.map(({ entity }) => entity));
  const others = [...carriers].flatMap(([entity, stays]) => (known.has(entity) ? [] : stays));
  return [...presences, ...others.map((stay) => PackedPresence.of(stay))].sort(byStart);
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

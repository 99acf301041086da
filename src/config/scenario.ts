import { resolve } from 'node:path';
import { cachedNetwork, cachedTrace } from '../mobility/cached-trace.ts';
import type { MobilityMap, Site } from '../mobility/contacts.ts';
import { movingBy } from '../mobility/movement/moving.ts';
import { mapAround, type Network } from '../mobility/network.ts';
import type { Trace } from '../mobility/trace.ts';
import { loadMovementModel } from '../rules/running/load.ts';
import { associationOf } from './association.ts';
import { referenceTo } from './choose-rules.ts';
import type { Config } from './config-schema.ts';
import { placedSite } from './placed-site.ts';
import { type Reaching, reachingOf } from './radio.ts';
import { positionOf } from './sites.ts';
import { traceSource, withoutUndefined } from './trace-source.ts';

/** Where a config's run takes place. */
interface Scenario extends MobilityMap, Reaching {
  /** Only the kinds of entities that take part. */
  trace: Trace;
  network: Network | undefined;
  /** Of every server with a site, in the order of the servers. */
  sites: Site[];
  /** Where workers are Byzantine; null: anywhere. */
  region: MobilityMap['region'];
  loadPolicy: Awaited<ReturnType<typeof associationOf>>['loadPolicy'];
}

/**
 * The trace and the network that were read last: a config's checks and its run ask for the same, and
 * so do all arms of a study. Those of others are let go.
 */
const traces: Kept<Trace> = { key: '', reading: null };
const networks: Kept<Network> = { key: '', reading: null };

/** Of workers that stay where they are. */
const NO_TRACE: Trace = {
  file: '',
  files: [],
  beginUs: 0,
  spanUs: 0,
  periodUs: 1_000_000,
  steps: 0,
  isContinuous: false,
  samples: 0,
  presences: [],
  bounds: { minXM: 0, minYM: 0, maxXM: 0, maxYM: 0 },
  cuts: { gaps: 0, jumps: 0 },
  remarks: [],
};

interface Kept<Value> {
  key: string;
  reading: Promise<Value> | null;
}

/** Throws InputError. */
export async function scenarioOf(config: Config): Promise<Scenario> {
  const [trace, network] = await Promise.all([traceOf(config), networkOf(config)]);
  const placed = config.servers.flatMap((server) => placedSite(server, network) ?? []);
  const place = config.layers.worker.attack?.byzantine.region;
  const region =
    place === undefined ? null : { ...positionOf(place.site, network), rangeM: place.rangeM };
  const reaching = await reachingOf(config, placed);
  const associating = await associationOf(config, reaching);
  return { trace, network, region, ...reaching, ...associating };
}

/** The trace of a config, with those entities that its workers may be. */
export async function traceOf(config: Config): Promise<Trace> {
  const {
    model,
    trace,
    network: networkFile,
    origin,
    maximumSpeedMps,
    maximumGapS,
  } = config.mobility;
  if (model === 'static') return NO_TRACE;
  if (model !== 'trace' || trace === undefined) return movingTrace(config);
  const { kinds, types, riders } = config.mobility.workers;
  const carriers = carriersOf(config);
  const options = {
    ...{ maximumSpeedMps, kinds, riders, maximumGapS, types },
    ...(carriers.length > 0 && { carriers }),
  };
  const key = [trace, networkFile === undefined ? null : resolve(networkFile), origin, options];
  return once(traces, key, async () => {
    // A network that cannot be read is a problem of its own.
    const network = await networkOf(config).catch(() => undefined);
    return cachedTrace(await traceSource(trace), withoutUndefined({ ...options, network }));
  });
}

/** The entities that carry servers, each once. */
function carriersOf({ servers }: Config): string[] {
  const ids = servers.flatMap(({ site }) =>
    site !== undefined && 'entity' in site ? [site.entity] : [],
  );
  return [...new Set(ids)].sort();
}

/** Of the entities that a movement model moves. */
async function movingTrace(config: Config): Promise<Trace> {
  const { model: rule, options, entities } = config.mobility;
  const ids = carriersOf(config);
  const key = [rule, options, entities, config.seed, ids];
  return once(traces, key, async () => {
    const { timeLimitS } = config.rules;
    const reference = await referenceTo('movement model', { rule, options }, timeLimitS);
    const trace = movingBy(await loadMovementModel(reference), entities, config.seed);
    if (ids.length === 0) return trace;
    const presencesOf = (id: string) =>
      trace.presences.filter(({ entity }) => entity === id).map((one) => one.unpacked());
    return { ...trace, carriers: new Map(ids.map((id) => [id, presencesOf(id)])) };
  });
}

export async function networkOf({ mobility }: Config): Promise<Network | undefined> {
  const { network, origin } = mobility;
  if (network === undefined) return origin === undefined ? undefined : mapAround(origin);
  return once(networks, resolve(network), () => cachedNetwork(network));
}

function once<Value>(kept: Kept<Value>, what: unknown, read: () => Promise<Value>): Promise<Value> {
  const key = JSON.stringify(what);
  if (kept.key !== key || kept.reading === null) Object.assign(kept, { key, reading: read() });
  return kept.reading!;
}

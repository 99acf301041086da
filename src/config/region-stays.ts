import type { MapStay } from '../learning/sampling/sampling-settings.ts';
import { type Lease, leaseWorkers } from '../mobility/leases.ts';
import { type RegionVisit, visitsOf } from '../mobility/map-regions/visits.ts';
import { blockOf, leafServers } from './complete-tree.ts';
import type { Config } from './config-schema.ts';
import { areasOf } from './map-regions.ts';
import type { scenarioOf } from './scenario.ts';
import { onceForTrace } from './site-statistics.ts';
import { workerNames, workersOf } from './workers.ts';

type Scenario = Awaited<ReturnType<typeof scenarioOf>>;

/** When each worker is on the map, and in which region: one pass over the trace, by worker. */
export function regionStays(config: Config, scenario: Scenario): ReadonlyMap<string, MapStay[]> {
  const { data, mobility, seed } = config;
  if (mobility.model === 'static')
    return staticStays(config, workerNames(scenario.trace, workersOf(config)));
  const { radio: model, workers } = mobility;
  const drawn = model.shadowing === undefined && workers.participation === 1 ? null : seed;
  const places = data.regions?.map(({ labels: _, drift: __, ...place }) => place);
  const what = ['stays', places, scenario.sites, model, workers, drawn];
  return onceForTrace(scenario.trace, what, () => staysOf(config, scenario));
}

/** The server of each worker that stays: equal blocks of workers, in the order of the leaves. */
export function serversOfStaying(config: Config, workers: readonly string[]): string[] {
  const leaves = leafServers(config);
  return workers.map((_, number) => leaves[blockOf(number, workers.length, leaves.length)]!);
}

/** Workers that stay are in the region of their server, if it has one. */
function staticStays(config: Config, workers: readonly string[]): Map<string, MapStay[]> {
  const servers = serversOfStaying(config, workers);
  const always = { fromUs: 0, toUs: Number.POSITIVE_INFINITY };
  const regionOf = (server: string) =>
    config.data.regions!.findIndex((each) => 'server' in each && each.server === server);
  return new Map(
    workers.map((worker, index) => {
      const region = regionOf(servers[index]!);
      return [worker, [{ ...always, visits: region === -1 ? [] : [{ region, ...always }] }]];
    }),
  );
}

function staysOf(config: Config, scenario: Scenario): Map<string, MapStay[]> {
  const { trace } = scenario;
  const workers = workersOf(config);
  const areas = areasOf(config, scenario);
  const stays = new Map<string, MapStay[]>(workerNames(trace, workers).map((id) => [id, []]));
  for (const lease of leaseWorkers(trace.presences, workers)) {
    const visits = visitsOf(lease.presence.unpacked(), areas(lease.presence.kind));
    stays.get(lease.worker)!.push(stayOf(lease, visits));
  }
  return stays;
}

/** The part of an entity's visits during the time that the worker stands for it. */
function stayOf({ fromUs, toUs }: Lease, visits: readonly RegionVisit[]): MapStay {
  return {
    ...{ fromUs, toUs },
    visits: visits
      .filter((visit) => visit.toUs > fromUs)
      .map((visit) => ({ ...visit, fromUs: Math.max(visit.fromUs, fromUs) })),
  };
}

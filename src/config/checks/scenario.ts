import { InputError, type Problem } from '../../errors.ts';
import { readBuildings } from '../../mobility/buildings.ts';
import type { Site } from '../../mobility/contacts.ts';
import { inspectSites } from '../../mobility/inspect.ts';
import type { Network } from '../../mobility/network.ts';
import { disc } from '../../mobility/radio/disc.ts';
import type { Trace } from '../../mobility/trace.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { OptionsRefused } from '../../rules/running/load.ts';
import { associationOf } from '../association.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { networkOf } from '../network-of.ts';
import { placedSite } from '../placed-site.ts';
import { reachingOf } from '../radio.ts';
import { siteStatistics, takingPart } from '../site-statistics.ts';
import { positionOf } from '../sites.ts';
import { traceOf } from '../trace-of.ts';
import { workerNames, workersOf } from '../workers.ts';
import type { Path } from '../yaml-document.ts';
import type { Check } from './check.ts';
import { optionProblems } from './option-problems.ts';
import { tryLoadPolicy } from './own-code.ts';
import { serverProblems } from './servers.ts';
import { timingProblems } from './timing.ts';
import { type PlacedCircle, visitProblems } from './visits.ts';

type Point = ConfigSource['problem'];

/** Trace and network can be read, the sites lie on the map, and workers come by. */
export const checkScenario: Check = async (config, problem) => {
  const problems: Problem[] = [];
  problems.push(...serverProblems(config, problem));
  if (config.mobility.model === 'static') {
    await sitesOf(config, await reading(() => networkOf(config), ['mobility', 'network']));
    return problems;
  }
  const { buildings } = config.mobility;
  if (buildings !== undefined)
    await reading(() => readBuildings(buildings), ['mobility', 'buildings']);
  problems.push(...noKind(config, problem));
  const isTrace = config.mobility.model === 'trace';
  const trace = await reading(() => traceOf(config), ['mobility', isTrace ? 'trace' : 'model']);
  const network = await reading(() => networkOf(config), ['mobility', 'network']);
  const sites = await sitesOf(config, network);
  const region = await regionOf(config, network);
  if (trace) {
    problems.push(...tooShort(config, trace, problem), ...unknownEntities(config, trace, problem));
    problems.push(
      ...sharedNames(config, trace, problem),
      ...unknownCrashes(config, trace, problem),
    );
    const placed = [...sites, ...region];
    const reaching = await reading(
      () =>
        reachingOf(
          config,
          sites.map(({ site }) => site),
        ),
      ['mobility', 'radio'],
    );
    if (reaching === undefined) return problems;
    await reading(async () => {
      const associating = await associationOf(config, reaching);
      const { loadPolicy } = associating;
      if (loadPolicy === null || problems.length > 0) return;
      tryLoadPolicy(loadPolicy, trace, { ...reaching, ...associating }, workersOf(config));
    }, ['mobility', 'association']);
    problems.push(...missingCarriers(config, trace, problem));
    if (problems.length > 0) return problems;
    const part = takingPart(config, trace);
    const ofServers = siteStatistics(config, trace, reaching);
    const ofRegion = inspectSites(
      part,
      region.map(({ site }) => site),
      disc,
    );
    const statistics = [...ofServers, ...ofRegion];
    problems.push(...visitProblems(trace, network, placed, statistics, problem));
    if (problems.length === 0) {
      problems.push(...timingProblems(config, ofServers, trace, problem));
    }
  }
  return problems;

  async function reading<Read>(read: () => Promise<Read>, path: Path): Promise<Read | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(
        ...(error instanceof OptionsRefused
          ? refusedOptions(error, config, path, problem)
          : error.problems.map((one) => pointed(one, path, problem))),
      );
      return undefined;
    }
  }

  async function sitesOf(
    { servers }: Config,
    network: Network | undefined,
  ): Promise<PlacedCircle[]> {
    const sites: PlacedCircle[] = [];
    for (const [index, server] of servers.entries()) {
      const place = () => placedSite(server, network);
      sites.push(...(await placed(['servers', index], place, network)));
    }
    return sites;
  }

  async function regionOf(
    { layers }: Config,
    network: Network | undefined,
  ): Promise<PlacedCircle[]> {
    const region = layers.worker.attack?.byzantine.region;
    if (region === undefined) return [];
    const { site, rangeM } = region;
    const place = async () => ({ server: '', ...(await positionOf(site, network)), rangeM });
    return placed(REGION, place, network);
  }

  async function placed(
    path: Path,
    place: () => Promise<Site | null>,
    network: Network | undefined,
  ): Promise<PlacedCircle[]> {
    try {
      const site = await place();
      return site === null ? [] : [{ path, site }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // A network that cannot be read has been reported already.
      if (!network && config.mobility.network !== undefined) return [];
      const at = [...path, 'site'];
      problems.push(...error.problems.map((one) => pointed(one, at, problem)));
      return [];
    }
  }
};

/** Of a movement model, a radio model or an association policy, which the path names. */
function refusedOptions(
  error: OptionsRefused,
  { mobility }: Config,
  path: Path,
  problem: Point,
): Problem[] {
  const { model, options, radio, association } = mobility;
  if (path.at(-1) === 'model') {
    return optionProblems(error, ['mobility', 'options'], model, options, problem);
  }
  const own =
    path.at(-1) === 'radio'
      ? { name: radio.model, options: radio.options }
      : typeof association === 'string'
        ? { name: association, options: {} }
        : { name: association.policy, options: association.options };
  return optionProblems(error, [...path, 'options'], own.name, own.options, problem);
}

/** Where workers are Byzantine, in the config. */
const REGION: Path = ['layers', 'worker', 'attack', 'byzantine', 'region'];

/** A fault inside another file keeps its place there; anything else points at the config. */
function pointed({ place, found, advice = [] }: Problem, path: Path, problem: Point): Problem {
  if (place?.line !== undefined) return { place, found, advice };
  const said = place ? `${place.file}: ${found}` : found;
  return problem(path, said, advice);
}

function tooShort({ mobility, training }: Config, trace: Trace, problem: Point): Problem[] {
  const lastsS = trace.spanUs / 1e6;
  const { maximumTimeS } = training;
  if (mobility.end !== 'stop' || maximumTimeS === undefined || maximumTimeS <= lastsS) return [];
  return [
    problem(
      ['training', 'maximumTimeS'],
      `${maximumTimeS} s, but the trace lasts ${lastsS} s and mobility.end is stop`,
      [`expected at most ${lastsS}, or mobility.end: repeat`],
    ),
  ];
}

/** Entities that a model moves are of a kind that takes part. */
function noKind({ mobility }: Config, problem: Point): Problem[] {
  const { model, entities, workers } = mobility;
  if (model === 'trace' || workers.kinds.includes(entities.kind)) return [];
  const found = `${entities.kind}, but mobility.workers.kinds is ${workers.kinds.join(', ')}`;
  return [problem(['mobility', 'entities', 'kind'], found, ['name it there, too'])];
}

/** The trace has entities of the Byzantine kind, and named entities are of it. */
function unknownEntities({ mobility, layers }: Config, trace: Trace, problem: Point): Problem[] {
  const byzantine = layers.worker.attack?.byzantine;
  if (!byzantine) return [];
  const entities = [...new Set(trace.presences.map(({ entity }) => entity))];
  const path = ['layers', 'worker', 'attack', 'byzantine'];
  const { count, ids = [], scope, kind } = byzantine;
  const ofKind = trace.presences.filter((presence) => kind === undefined || presence.kind === kind);
  const possible = new Set(ofKind.map(({ entity }) => entity));
  // One that takes no part is reported with mobility.workers.kinds.
  if (kind !== undefined && mobility.workers.kinds.includes(kind) && possible.size === 0) {
    const kinds = [...new Set(trace.presences.map((presence) => presence.kind))];
    const found = `no entity of the trace is ever a ${kind}, so no worker is Byzantine`;
    return [problem([...path, 'kind'], found, [`it has: ${kinds.join(', ')}`])];
  }
  if (mobility.workers.mode !== 'one-per-entity') return [];
  if (scope !== 'per-aggregation' && count !== undefined && count > possible.size) {
    const found = `${count} Byzantine of ${possible.size} ${kind === undefined ? 'workers' : `${kind}s`}`;
    return [problem([...path, 'count'], found)];
  }
  return ids.flatMap((id, index): Problem[] => {
    if (possible.has(id)) return [];
    const at = [...path, 'ids', index];
    if (!entities.includes(id)) {
      return [problem(at, `no entity "${id}" in the trace`, adviceOnName(id, entities))];
    }
    const advice = [
      `remove it, or byzantine.kind; there are: ${[...possible].slice(0, 5).join(', ')}`,
    ];
    return [problem(at, `"${id}" is never a ${kind}, so it is never Byzantine`, advice)];
  });
}

/** Nodes are known by their ids alone, and workers may be called as entities of the trace are. */
function sharedNames(config: Config, trace: Trace, problem: Point): Problem[] {
  const workers = new Set(workerNames(trace, workersOf(config)));
  return config.servers.flatMap(({ id }, index) => {
    if (!workers.has(id)) return [];
    const found = `a worker is called "${id}" too`;
    return [problem(['servers', index, 'id'], found, ['give the server another id'])];
  });
}

/** Of workers that are entities of the trace the ids, and their number, are known only now. */
function unknownCrashes(config: Config, trace: Trace, problem: Point): Problem[] {
  if (config.mobility.workers.mode === 'leased') return [];
  const workers = workerNames(trace, workersOf(config));
  const known = new Set(workers);
  return config.faults.crashes.flatMap(({ nodes }, entry): Problem[] => {
    if (nodes.layer !== 'worker') return [];
    const path = ['faults', 'crashes', entry, 'nodes'];
    const { count = 0, ids = [] } = nodes;
    return [
      ...(count > workers.length
        ? [problem([...path, 'count'], `${count} of ${workers.length} workers`)]
        : []),
      ...ids.flatMap((id, index) =>
        known.has(id)
          ? []
          : [
              problem(
                [...path, 'ids', index],
                `no worker "${id}" takes part in the trace`,
                adviceOnName(id, workers),
              ),
            ],
      ),
    ];
  });
}

/** Entities that carry servers are on the map at some time. */
function missingCarriers({ servers }: Config, trace: Trace, problem: Point): Problem[] {
  return servers.flatMap(({ site }, index) => {
    if (site === undefined || !('entity' in site)) return [];
    if ((trace.carriers?.get(site.entity)?.length ?? 0) > 0) return [];
    const known = [...new Set(trace.presences.map(({ entity }) => entity))];
    const found = `no entity "${site.entity}" in the trace, which is to carry the server`;
    return [problem(['servers', index, 'site', 'entity'], found, adviceOnName(site.entity, known))];
  });
}

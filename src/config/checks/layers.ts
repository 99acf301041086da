import type { Problem } from '../../errors.ts';
import { nearestName } from '../../nearest-name.ts';
import {
  countsSenders,
  fewestChildren,
  serverLayer,
  serverLayerNames,
  takesWorkers,
} from '../complete-layers.ts';
import type { Config } from '../config-schema.ts';
import type { Path } from '../yaml-document.ts';
import type { QuickCheck } from './check.ts';

/** Every layer has a use, and none can wait for ever or for too many. */
export const checkLayers: QuickCheck = (config, problem) => [
  ...unusedLayers(config, problem),
  ...rootSettings(config, problem),
  ...mixedChildren(config, problem),
  ...collecting(config, problem),
  ...endlessWaits(config, problem),
  ...waitsForADeadline(config, problem),
];

const unusedLayers: QuickCheck = (config, problem) => {
  const used = [...serverLayerNames(config), 'worker'];
  return Object.keys(config.layers)
    .filter((name) => !used.includes(name))
    .map((name) => {
      const nearest = nearestName(name, used);
      const advice =
        nearest === undefined
          ? `remove it, or give a server \`layer: ${name}\``
          : `did you mean "${nearest}"?`;
      return problem(['layers', name], 'no server is in this layer', [advice], 'key');
    });
};

const rootSettings: QuickCheck = ({ layers }, problem) =>
  layers.cloud.attack === undefined
    ? []
    : [
        problem(
          ['layers', 'cloud', 'attack'],
          'the cloud sends no results up, so it cannot forge them',
          ['attacks belong to the layers below: worker, edge and any other server layer'],
          'key',
        ),
      ];

/** A layer collects from one layer below, whose attack and link it knows. */
const mixedChildren: QuickCheck = ({ servers }, problem) => {
  const layers = new Map([
    ['cloud', 'cloud'],
    ...servers.map(({ id, layer }) => [id, layer] as const),
  ]);
  const below = new Map<string, { child: string; from: string }>();
  return servers.flatMap(({ id, parent, layer, site }, index): Problem[] => {
    const problems: Problem[] = [];
    const see = (above: string | undefined, child: string, key: string): void => {
      if (above === undefined) return;
      const first = below.get(above);
      if (!first) below.set(above, { child, from: id });
      else if (first.child !== child) {
        const found = `servers of layer ${above} would hear ${child} here, but ${first.child} at ${first.from}`;
        const advice = ['give the servers above them layers of their own'];
        problems.push(problem(['servers', index, key], found, advice));
      }
    };
    see(layers.get(parent), layer, 'layer');
    if (site) see(layer, 'worker', 'site');
    return problems;
  });
};

const collecting: QuickCheck = (config, problem) =>
  serverLayerNames(config).flatMap((name): Problem[] => {
    const { collect } = serverLayer(config, name);
    const path = ['layers', name, 'collect'];
    if (collect === 'each') {
      if (config.rounds.mode === 'hierarchical') return [];
      const advice = ['expected all, or { count: … }'];
      return [problem(path, '"each" is for a tree of models (rounds.mode: hierarchical)', advice)];
    }
    if (collect === 'all') {
      if (config.rounds.mode === 'hierarchical') return [];
      const withSite = config.servers.find(({ layer, site }) => layer === name && site);
      if (!withSite) return [];
      const advice = ['expected { count: … } or { fraction: … }'];
      return [
        problem(path, `"all" waits for child servers, but ${withSite.id} has workers`, advice),
      ];
    }
    if ('buffers' in collect) return emptyBuffers(config, name, problem);
    const limited = limits(config, name, problem);
    if (limited.length > 0 || !('count' in collect)) return limited;
    if (!countsSenders(config, name, collect)) return tooManyOfOne(config, name, problem);
    const fewest = fewestChildren(config, name);
    if (fewest === undefined || collect.count <= fewest.children) return [];
    return [
      problem(
        [...path, 'count'],
        `waits for ${collect.count} results, but ${fewest.id} has ${fewest.children} child servers`,
        [
          `expected at most ${fewest.children}, or collect: all`,
          ...(config.rounds.mode === 'synchronous'
            ? []
            : ['or from: any, to count several of one']),
        ],
      ),
    ];
  });

/** A buffer that belongs to no sender would stay empty. */
function emptyBuffers(
  config: Config,
  layer: string,
  problem: Parameters<QuickCheck>[1],
): Problem[] {
  const { collect } = serverLayer(config, layer);
  if (typeof collect !== 'object' || !('buffers' in collect)) return [];
  const { mode, count: slots } = config.mobility.workers;
  const workers = mode === 'leased' ? slots : Number.POSITIVE_INFINITY;
  const senders = takesWorkers(config, layer)
    ? { number: workers, what: 'workers' }
    : { number: fewestChildren(config, layer)?.children ?? 0, what: 'child servers' };
  if (collect.buffers <= senders.number) return [];
  const found = `${collect.buffers} buffers, but only ${senders.number} ${senders.what} to fill them`;
  return [problem(['layers', layer, 'collect', 'buffers'], found)];
}

/**
 * `maxPerWorker` is for servers that collect from workers, and must leave enough vectors to close
 * with.
 */
function limits(config: Config, layer: string, problem: Parameters<QuickCheck>[1]): Problem[] {
  const { collect } = serverLayer(config, layer);
  if (typeof collect === 'string') return [];
  const { maxPerWorker } = collect;
  const path = ['layers', layer, 'collect'];
  if (!takesWorkers(config, layer)) {
    if (maxPerWorker === undefined) return [];
    const found = 'a limit for each worker, but this layer hears servers';
    return [problem([...path, 'maxPerWorker'], found, ['remove it'], 'key')];
  }
  const { mode, count: slots } = config.mobility.workers;
  if (mode !== 'leased' || !('count' in collect)) return [];
  const ofEach = countsSenders(config, layer, collect) ? 1 : maxPerWorker;
  if (ofEach === undefined || ofEach * slots >= collect.count) return [];
  const found = `waits for ${collect.count} gradients, of which ${ofEach} of each worker count, but there are ${slots} workers`;
  const advice = [`expected at most ${ofEach * slots}, or more mobility.workers.count`];
  return [problem([...path, 'count'], found, advice)];
}

/**
 * In synchronous rounds a child server sends one result a round, so waiting for several of one
 * never ends.
 */
function tooManyOfOne(
  config: Config,
  layer: string,
  problem: Parameters<QuickCheck>[1],
): Problem[] {
  const isOfServers = fewestChildren(config, layer) !== undefined;
  if (config.rounds.mode !== 'synchronous' || !isOfServers) return [];
  const found = 'several results of one server count, but in synchronous rounds each sends one';
  const advice = ['set rounds.mode: asynchronous, or leave `from` out'];
  return [problem(['layers', layer, 'collect', 'from'], found, advice)];
}

/** A lost message below a layer without a deadline would never be made up for. */
const endlessWaits: QuickCheck = (config, problem) => {
  const { servers, rounds } = config;
  // In a tree of models a child that hears nothing asks again, and goes on.
  if (rounds.mode === 'hierarchical') return [];
  const lossy = new Map<string, { above: string; path: Path }>();
  for (const [index, { layer, parent, link }] of servers.entries()) {
    const above = parent === 'cloud' ? 'cloud' : servers.find(({ id }) => id === parent)?.layer;
    if (above === undefined) continue;
    const ofLayer = serverLayer(config, layer).link;
    for (const fault of ['loss', 'corruption'] as const) {
      const own = link[fault] !== undefined;
      const path = own ? ['servers', index, 'link', fault] : ['layers', layer, 'link', fault];
      const probability = link[fault] ?? ofLayer[fault];
      if (probability > 0) lossy.set(path.join('.'), { above, path });
    }
    for (const way of ['up', 'down'] as const) {
      const own = link[way]?.loss !== undefined;
      const at = [way, 'loss'];
      const path = own ? ['servers', index, 'link', ...at] : ['layers', layer, 'link', ...at];
      const probability = link[way]?.loss ?? ofLayer[way]?.loss ?? 0;
      if (probability > 0) lossy.set(path.join('.'), { above, path });
    }
  }
  return [...lossy.values()].flatMap(({ above, path }) => {
    if (serverLayer(config, above).deadlineS !== null) return [];
    return [
      problem(path, `messages may be lost, but layer ${above} waits for them without a deadline`, [
        `set layers.${above}.deadlineS, or no ${path.at(-1)}`,
      ]),
    ];
  });
};

/** Without a deadline the collection would never close. */
const waitsForADeadline: QuickCheck = (config, problem) =>
  serverLayerNames(config).flatMap((name): Problem[] => {
    const { deadlineS, aggregate } = serverLayer(config, name);
    if (aggregate.tooFew !== 'wait' || deadlineS !== null || !takesWorkers(config, name)) return [];
    const found = `wait collects on until the deadline, but layer ${name} has none`;
    const advice = [`set layers.${name}.deadlineS, or expected skip or { fallback }`];
    return [problem(['layers', name, 'aggregate', 'tooFew'], found, advice)];
  });

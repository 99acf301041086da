import { expect } from 'vitest';
import type { Composition } from '#src/compose/compose.js';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import type { RandomStream } from '#src/simulation/random.js';
import { type TinyInput, tinyConfig, tinyInput } from './tiny-config.ts';

/** A tree of models over the tiny dataset. */
export function treeConfig(changes: Partial<TinyInput> = {}): Config {
  const { data, model } = tinyInput;
  return tinyConfig({
    ...{ name: 'tree', tree: [1, 2, 4], servers: [], mobility: { model: 'static' } },
    rounds: { mode: 'hierarchical' },
    windows: { everyS: 2, count: 4, epochs: 2 },
    sensors: { count: 6, itemsPerS: 5, mainLabelShare: 0.6 },
    layers: { worker: { speedMflops: 0.02 } },
    data: data!,
    model: model!,
    training: { learningRate: 0.1, optimiser: { name: 'adagrad' } },
    evaluation: { everyS: 3 },
    ...changes,
  });
}

/** Triggers that look at numbers, alone and combined. */
const onNumbers = [
  { rule: 'significance', options: { threshold: 0.05, share: 0.5 } },
  { rule: 'relevance', options: { share: 0.6 } },
  { rule: 'accuracy-gain', options: { gain: 0.05 } },
  { any: [{ changes: 3 }, { rule: 'relevance', options: { share: 0.9 } }] },
  { all: [{ everyS: 2 }, { rule: 'significance', options: {} }] },
];

/** A system drawn at random: depth, width, rules of exchange, losses, crashes. */
export function randomTree(random: RandomStream): Config {
  const pick = <Value>(...values: Value[]): Value => values[random.integer(values.length)]!;
  const levels = pick([1, 3], [1, 2, 4], [1, 2, 3, 7]);
  const encodings = ['full', 'full', '8-bit', { topK: 3 }, { significant: 0.05 }];
  const exchange = () => ({
    push: pick<unknown>('every-change', 'never', { changes: 2 }, { everyS: 3 }, ...onNumbers),
    pull: pick<unknown>(
      ...['every-change', 'every-change', 'after-push', 'never', { changes: 2 }],
      ...onNumbers,
    ),
    encoding: { up: pick<unknown>(...encodings), down: pick<unknown>(...encodings) },
    unsent: pick('keep', 'discard'),
    flush: pick(true, true, false),
    link: {
      loss: pick(0, 0, 0.2),
      maximumRetries: pick(0, 2),
      latencyMs: pick(0, 20, 700),
      bandwidthMbps: pick(0.001, 20),
      down: pick({}, { loss: 0.3, latencyMs: 5 }),
    },
  });
  const server = () => ({
    ...exchange(),
    collect: pick<unknown>('all', 'each', { count: 2, from: 'any' }),
    deadlineS: pick(null, 4),
    down: pick('pull', 'push'),
    model: pick('replica', 'replica', 'relay'),
    aggregationMsPerVector: pick(0, 300),
  });
  const { link: _, model: __, ...root } = server();
  const pace = pick('free', 'synchronous');
  const pullAt = pace === 'free' ? pick('due', 'next-window') : 'due';
  const nodes = { 'worker-2': { speedMflops: 0.01, link: { up: { latencyMs: 40 } } } };
  const layers: Record<string, object> = {
    cloud: root,
    worker: { ...exchange(), pullAt, speedMflops: 0.02, nodes },
  };
  const inner = ['edge', 'level-1'].slice(0, levels.length - 2);
  for (const layer of inner) layers[layer] = server();
  const leaf = inner.includes('edge') ? 'edge' : 'cloud';
  Object.assign(layers[leaf]!, { capacity: { sharing: pick('none', 'processor', 'fifo') } });
  return treeConfig({
    tree: levels,
    seed: random.integer(1000),
    rounds: { mode: 'hierarchical', pace, retryS: 5 },
    windows: pick<TinyInput['windows']>(
      { everyS: 2, count: 4, epochs: 2, queue: { length: 1, full: pick('skip', 'drop-oldest') } },
      { items: 12, count: 3 },
    ),
    sensors: pick<TinyInput['sensors']>(
      { count: 8, itemsPerS: 5, mainLabelShare: 0.6, process: pick('fixed', 'poisson') },
      { count: 7, itemsPerS: 3 },
    ),
    layers,
    faults: pick<TinyInput['faults']>(
      {},
      { crashes: [{ nodes: { layer: 'worker', count: 1 }, atS: 5, recoverAfterS: 3 }] },
      {
        crashes: inner.map((layer) => ({ nodes: { layer, count: 1 }, atS: 5, recoverAfterS: 3 })),
      },
    ),
    training: {
      learningRate: 0.1,
      optimiser: { name: pick('adagrad', 'sgd', 'adam') },
      maximumTimeS: 120,
    },
  });
}

/** The tree with Byzantine workers and inner servers that drop, delay and repeat what they send. */
export function withDeliveryAttacks(config: Config, random: RandomStream): Config {
  const attack = () => {
    const rules = [
      { rule: 'drop', options: { probability: 0.5 } },
      { rule: 'delay', options: { delayMs: 1000 * (1 + random.integer(20)) } },
      { rule: 'duplicate', options: { copies: 2, laterMs: 3000 } },
    ];
    const byzantine = { scope: 'global', fraction: 0.5, count: undefined } as const;
    return { ...rules[random.integer(rules.length)]!, parameters: 'all' as const, byzantine };
  };
  const layers = Object.entries(config.layers).map(([name, layer]) => [
    name,
    name === 'cloud' ? layer : { ...layer, attack: attack() },
  ]);
  return { ...config, layers: Object.fromEntries(layers) };
}

/** Two leaf servers below the root, or those given, and four workers; which server stands in for which. */
export function standbyTree(
  of: Record<string, string>,
  faults: object,
  servers: { id: string; parent?: string; layer?: string }[] = [{ id: 'a' }, { id: 'b' }],
): Config {
  return treeConfig({
    tree: undefined,
    servers: servers.map((server) => ({
      ...server,
      ...(of[server.id] !== undefined && { standby: of[server.id] }),
    })),
    mobility: { model: 'static', workers: { count: 4 } },
    rounds: { mode: 'hierarchical', retryS: 2 },
    windows: { everyS: 2, count: 12, epochs: 2 },
    layers: { region: {}, worker: { speedMflops: 0.02 } },
    faults: faults as NonNullable<TinyInput['faults']>,
  });
}

/** The tree with a standby for every server that has one beside it, and crashes and cuts at a rate. */
export function standbys(config: Config): Config {
  const { servers } = config;
  const names = [...new Set(servers.map(({ layer }) => layer))];
  const failing = names.map((layer) => ({ layer }));
  const often = { meanTimeToFailureS: 12, recoverAfterS: 4 } as const;
  return {
    ...config,
    servers: servers.map((server) => {
      const beside = servers.filter(
        ({ id, parent, layer }) =>
          id !== server.id && parent === server.parent && layer === server.layer,
      );
      return { ...server, standby: beside[0]?.id };
    }),
    faults: {
      ...config.faults,
      crashes: failing.map((nodes) => ({ nodes, ...often, state: 'lost' as const })),
      cuts: failing.map((nodes) => ({ servers: nodes, ...often })),
    },
  };
}

/** Events of a world, and the inputs from which it was made. */
interface RunOfTree {
  lines: readonly SimulatedLine[];
  composition: Composition;
}

/** Every window and every update ends exactly once, and each window is in one update at most. */
export function expectConserved({ lines, composition }: RunOfTree): void {
  const { servers, hierarchy } = composition.settings;
  const relays = new Set(
    servers.filter(({ layer }) => hierarchy!.relays.has(layer)).map(({ id }) => id),
  );
  const sent = new Set<number>();
  const ended = new Set<number>();
  const windows = new Map<string, string>();
  const end = (window: string, how: string) => {
    expect(windows.get(window), `${window} is ${how}`).toBe('trained');
    windows.set(window, how);
  };
  const workers = new Set<string>();
  const aggregated = new Map<string, number>();
  const merged = new Map<number, string>();
  for (const line of lines) {
    switch (line.type) {
      case 'enter-map':
        workers.add(line.worker);
        break;
      case 'window-trained':
        expect(windows.has(`${line.worker} ${line.window}`)).toBe(false);
        windows.set(`${line.worker} ${line.window}`, 'trained');
        break;
      case 'aggregated':
        if (relays.has(line.server)) merged.set(line.result, line.server);
        else aggregated.set(line.server, line.result);
        break;
      case 'updated':
        merged.set(aggregated.get(line.server)!, line.server);
        aggregated.delete(line.server);
        break;
      case 'update-sent':
        expect(sent.has(line.update)).toBe(false);
        sent.add(line.update);
        for (const change of line.changes) {
          if (workers.has(line.node)) end(`${line.node} ${change}`, 'sent');
          else expect(merged.get(change)).toBe(line.node);
          if (!workers.has(line.node)) merged.delete(change);
        }
        break;
      case 'change-ended':
        for (const change of line.changes) {
          if (workers.has(line.node)) end(`${line.node} ${change}`, line.outcome);
          else expect(merged.delete(change) || aggregated.delete(line.node)).toBe(true);
        }
        break;
      case 'update-ended':
        expect(sent.has(line.update)).toBe(true);
        expect(ended.has(line.update)).toBe(false);
        ended.add(line.update);
    }
  }
  expect(ended).toEqual(sent);
  expect([...windows].filter(([, how]) => how === 'trained')).toEqual([]);
  // The merge of a relay in progress when the run ended is in flight.
  const left = [...merged].filter(([, server]) => server !== 'cloud' && !relays.has(server));
  expect(left).toEqual([]);
}

/**
 * The tree with participants drawn at every server, messages that share radios and a backhaul, inner servers
 * that send their children different models, and each layer of them failing twice, with standbys.
 */
export function withParticipants(config: Config, random: RandomStream): Config {
  const pick = <Value>(...values: Value[]): Value => values[random.integer(values.length)]!;
  const inner = Object.keys(config.layers).filter((name) => name !== 'cloud' && name !== 'worker');
  const hall = { id: 'hall', bandwidthMbps: 0.05, sharing: pick('processor', 'fifo') } as const;
  const isShared = inner.length > 0 && pick(true, false);
  const byzantine = { scope: 'global', fraction: 0.5, count: undefined } as const;
  const attack = { rule: 'equivocation', options: { magnitude: 2 }, parameters: 'all', byzantine };
  const layers = Object.entries(config.layers).map(([name, layer]) => {
    // A child waits for its turn where it asks for a model with each update.
    const exchange = pick<unknown>('every-change', { changes: 2 });
    const exchanges = { push: exchange, pull: exchange };
    if (name === 'worker') return [name, { ...layer, ...exchanges, pullAt: 'due' }];
    const participants = pick<unknown>('all', { share: 0.5 }, { count: 1 }, { fastest: 1 });
    const own = { ...layer, participants, model: 'replica', down: 'pull', deadlineS: 4 };
    if (name === 'cloud') return [name, own];
    const link = { ...layer!.link, ...(isShared && { backhaul: hall.id }) };
    return [name, { ...own, push: exchange, pull: exchange, attack, link }];
  });
  const fails = (atS: number) => ({ atS, recoverAfterS: 6 });
  return {
    ...standbys(config),
    layers: Object.fromEntries(layers),
    backhauls: isShared ? [hall] : [],
    rounds: { ...config.rounds, pace: 'synchronous' } as Config['rounds'],
    faults: {
      ...config.faults,
      crashes: inner.map((layer, index) => ({
        ...{ nodes: { layer, count: 1 }, state: 'lost' as const },
        ...fails(3 + 2 * index),
      })),
      cuts: inner.map((layer, index) => ({
        servers: { layer, count: 1 },
        ...fails(20 + 2 * index),
      })),
    },
    training: { ...config.training, maximumTimeS: 2000 },
  };
}

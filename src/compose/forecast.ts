import type { Config, ServerLayer, WorkerLayer } from '../config/config-schema.ts';
import { drawsParticipants } from '../config/participant-choice.ts';
import { workerWindows } from '../config/worker-windows.ts';

/** The least and the most transfers; equal where they are known. `most` null: there is no bound. */
export interface TransferBounds {
  least: number;
  most: number | null;
}

/** Updates and models on the link from a node to its parent. */
export interface LinkForecast {
  up: TransferBounds;
  down: TransferBounds;
}

interface ForecastNode {
  id: string;
  parent: string | null;
  layer: string;
}

type Exchange = Pick<ServerLayer | WorkerLayer, 'push' | 'pull' | 'flush'>;

const NONE: TransferBounds = { least: 0, most: 0 };

/**
 * How many vectors each link of a tree will carry, by its lower node. Exact for every-change, never and
 * (of pushes, and of pulls with pace synchronous) counts of changes, where servers merge each update, nothing is lost,
 * nodes stay and do not fail, and no model takes longer than rounds.retryS; bounds otherwise.
 */
export function forecastOf(
  config: Config,
  nodes: readonly ForecastNode[],
): Map<string, LinkForecast> {
  const { rounds, layers } = config;
  const isSynchronous = rounds.mode === 'hierarchical' && rounds.pace === 'synchronous';
  const isSound = staysSound(config);
  const isCutShort = endsEarly(config);
  const children = new Map<string, ForecastNode[]>();
  for (const node of nodes) {
    if (node.parent === null) continue;
    children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  }
  const mayGetOthers = config.servers.some(({ standby }) => standby !== undefined) && !isSound;
  const own = new Map<string, { push: TransferBounds; pull: TransferBounds }>();
  const visit = (node: ForecastNode): TransferBounds => {
    const below = (children.get(node.id) ?? []).map(visit);
    const layer = layers[node.layer]!;
    const isRelay = 'model' in layer && layer.model === 'relay' && node.parent !== null;
    const changes = node.layer === 'worker' ? windowsOf(config, node.id) : mergesOf(layer, below);
    const push = isRelay ? changes : transfers(layer, 'push', changes, true);
    const pull = isRelay
      ? { ...changes, least: 0 }
      : 'pullAt' in layer && layer.pullAt === 'next-window'
        ? // After the last window there is none to ask for.
          transfers(layer, 'pull', oneLess(changes), true)
        : transfers(layer, 'pull', changes, isSynchronous);
    own.set(node.id, { push, pull });
    return isSound && !isCutShort ? push : { ...push, least: 0 };
  };
  for (const node of nodes) if (node.parent === null) visit(node);
  const forecast = new Map<string, LinkForecast>();
  // A standby has the children of others, too.
  const gets = (id: string) => mayGetOthers && config.servers.some((server) => server.id === id);
  // Parents stand before their children.
  for (const { id, parent } of nodes) {
    if (parent === null) continue;
    const { push, pull } = own.get(id)!;
    const above = layers[nodes.find((node) => node.id === parent)!.layer] as ServerLayer;
    // It is sent each model that its parent receives, too.
    const pushed = above.down === 'push' ? (forecast.get(parent)?.down ?? NONE) : NONE;
    // Where only some take part, a node begins by asking.
    const down = isCutShort ? sum([pull, pushed, { least: 0, most: 1 }]) : sum([pull, pushed]);
    forecast.set(id, {
      up: isSound && !isCutShort ? push : { ...push, ...(gets(id) && { most: null }), least: 0 },
      down: isSound ? { ...down, least: isCutShort ? 0 : down.least } : { least: 0, most: null },
    });
  }
  return forecast;
}

/** Some nodes do not train on all of their windows: those that do not take part, or after the last round. */
function endsEarly({ layers, training }: Config): boolean {
  return training.maximumRounds !== undefined || Object.values(layers).some(drawsParticipants);
}

/** Nothing is lost or fails, and all workers stay. */
function staysSound({ layers, servers, mobility, faults }: Config): boolean {
  const links = [
    ...Object.values(layers).flatMap((layer) =>
      layer !== undefined && 'link' in layer ? layer.link : [],
    ),
    ...servers.map(({ link }) => link),
    ...Object.values(layers.worker.nodes).map(({ link }) => link ?? {}),
  ];
  const isSafe = links.every(({ loss = 0, corruption = 0, up, down }) =>
    [loss, corruption, up?.loss ?? 0, down?.loss ?? 0].every((share) => share === 0),
  );
  const fails = faults.crashes.length + faults.cuts.length > 0;
  return mobility.model === 'static' && isSafe && !fails;
}

/** Windows that a worker trains on. */
function windowsOf({ windows, sensors, data }: Config, worker: string): TransferBounds {
  const { count: most, queue, items } = workerWindows(windows!, worker);
  const ends = Array.isArray(sensors) && sensors.some(({ timesS }) => timesS !== undefined);
  // A worker that is in no region never has a number of samples together.
  const mayWait = data.regions !== undefined && items !== undefined;
  const mayDrop = queue.length < most;
  return { least: ends || mayDrop || mayWait ? 0 : most, most };
}

/** Merges of a server, of the updates from below. */
function mergesOf(layer: Exchange, below: readonly TransferBounds[]): TransferBounds {
  const updates = sum(below);
  const isEach = 'collect' in layer && layer.collect === 'each';
  return isEach ? updates : { ...updates, least: Math.min(1, updates.least) };
}

/** `isCounted`: changes are counted from one transfer to the next. */
function transfers(
  layer: Exchange,
  direction: 'push' | 'pull',
  changes: TransferBounds,
  isCounted: boolean,
): TransferBounds {
  const trigger = layer[direction];
  const flushes = direction === 'push' && layer.flush;
  if (trigger === 'every-change') return changes;
  // The flush at the end asks for nothing.
  if (trigger === 'after-push') return transfers({ ...layer, flush: false }, 'push', changes, true);
  if (trigger === 'never') return flushes ? atMost(changes, 1) : NONE;
  if (typeof trigger === 'object' && 'changes' in trigger && isCounted) {
    const { changes: size } = trigger;
    const of = (count: number) => (flushes ? Math.ceil(count / size) : Math.floor(count / size));
    return { least: of(changes.least), most: changes.most === null ? null : of(changes.most) };
  }
  return { least: flushes ? Math.min(1, changes.least) : 0, most: changes.most };
}

function oneLess({ least, most }: TransferBounds): TransferBounds {
  return { least: Math.max(0, least - 1), most: most === null ? null : Math.max(0, most - 1) };
}

function atMost({ least, most }: TransferBounds, limit: number): TransferBounds {
  return { least: Math.min(limit, least), most: most === null ? limit : Math.min(limit, most) };
}

function sum(bounds: readonly TransferBounds[]): TransferBounds {
  const isBound = bounds.every(({ most }) => most !== null);
  return {
    least: bounds.reduce((total, { least }) => total + least, 0),
    most: isBound ? bounds.reduce((total, { most }) => total + most!, 0) : null,
  };
}

import type { Problem } from '../../errors.ts';
import { slotNames } from '../../mobility/leases.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { serverLayer, serverLayerNames, takesWorkers } from '../complete-layers.ts';
import type { Config, ServerLayer } from '../config-schema.ts';
import type { QuickCheck } from './check.ts';

type Byzantine = NonNullable<ServerLayer['attack']>['byzantine'];

/** Byzantine nodes are chosen in exactly one way, and no more of them than there are nodes. */
export const checkByzantine: QuickCheck = (config, problem) =>
  Object.entries(config.layers).flatMap(([layer, settings]): Problem[] => {
    const attack = settings?.attack;
    if (!attack || layer === 'cloud') return [];
    const path = ['layers', layer, 'attack', 'byzantine'];
    const ways = (['count', 'fraction', 'ids'] as const).filter(
      (way) => attack.byzantine[way] !== undefined,
    );
    if (ways.length !== 1) {
      const found = ways.length === 0 ? 'no node named' : `${ways.join(' and ')} together`;
      return [problem(path, found, ['expected exactly one of: count, fraction, ids'])];
    }
    if (attack.byzantine.ids && attack.byzantine.scope !== 'global') {
      const advice = ['ids name fixed nodes: use scope global, or a count'];
      return [problem([...path, 'ids'], `with scope ${attack.byzantine.scope}`, advice, 'key')];
    }
    const { count } = attack.byzantine;
    const most = mostByzantine(config, layer, attack.byzantine);
    return [
      ...ofMovers(config, layer, attack.byzantine, problem),
      ...window(config, layer, attack.byzantine, problem),
      ...(count !== undefined && most !== undefined && count > most.number
        ? [problem([...path, 'count'], `${count} Byzantine of ${most.what}`)]
        : []),
      ...unknownIds(config, layer, attack.byzantine).map(([index, id, known]) =>
        problem(
          [...path, 'ids', index],
          `no node "${id}" in layer ${layer}`,
          adviceOnName(id, known),
        ),
      ),
    ];
  });

/** Servers neither are of a kind nor move. */
function ofMovers(
  { mobility }: Config,
  layer: string,
  byzantine: Byzantine,
  problem: Parameters<QuickCheck>[1],
): Problem[] {
  const path = ['layers', layer, 'attack', 'byzantine'];
  if (layer !== 'worker') {
    return (['kind', 'region'] as const)
      .filter((limit) => byzantine[limit] !== undefined)
      .map((limit) => {
        const found = `limits the Byzantine nodes among servers of layer ${layer}, which do not move`;
        const advice = ['kind and region are for workers: name servers with ids instead'];
        return problem([...path, limit], found, advice, 'key');
      });
  }
  const { kind } = byzantine;
  const { kinds } = mobility.workers;
  if (kind === undefined || kinds.includes(kind)) return [];
  const advice = [`mobility.workers.kinds is ${kinds.join(', ')}`];
  return [problem([...path, 'kind'], `no worker is ever a ${kind}`, advice)];
}

/** The attack window begins before it ends, and within the run. */
function window(
  { training }: Config,
  layer: string,
  { fromS = 0, untilS }: Byzantine,
  problem: Parameters<QuickCheck>[1],
): Problem[] {
  const path = ['layers', layer, 'attack', 'byzantine'];
  if (untilS !== undefined && untilS <= fromS) {
    const advice = [`expected more than fromS, which is ${fromS}`];
    return [problem([...path, 'untilS'], `${untilS} s, so no node is ever Byzantine`, advice)];
  }
  const { maximumTimeS } = training;
  if (maximumTimeS === undefined || fromS < maximumTimeS) return [];
  const advice = [`expected less than training.maximumTimeS, which is ${maximumTimeS}`];
  return [problem([...path, 'fromS'], `${fromS} s, so no node is ever Byzantine`, advice)];
}

/** How many could be Byzantine at most, where that is known before the run. */
function mostByzantine(
  config: Config,
  layer: string,
  { scope }: Byzantine,
): { number: number; what: string } | undefined {
  const { workers } = config.mobility;
  const senders = config.servers.filter((server) => server.layer === layer);
  if (scope === 'local' && layer !== 'worker') {
    const children = senders.map(
      ({ parent }) => senders.filter((other) => other.parent === parent).length,
    );
    const number = Math.max(...children);
    return { number, what: `${number} servers below one parent` };
  }
  if (scope !== 'per-aggregation') {
    if (layer !== 'worker') return { number: senders.length, what: `${senders.length} servers` };
    if (workers.mode !== 'leased') return undefined;
    return { number: workers.count, what: `${workers.count} workers` };
  }
  const receivers =
    layer === 'worker'
      ? serverLayerNames(config).filter((name) => takesWorkers(config, name))
      : senders.map(({ parent }) => layerOf(config, parent));
  const limits = receivers.flatMap((name) => {
    const collect = name !== undefined && config.layers[name] && serverLayer(config, name).collect;
    return typeof collect === 'object' && 'count' in collect ? [collect.count] : [];
  });
  if (layer !== 'worker' && limits.length === 0) {
    return { number: senders.length, what: `${senders.length} results in one aggregation` };
  }
  if (limits.length === 0) return undefined;
  const number = Math.max(...limits);
  return { number, what: `${number} vectors in one aggregation` };
}

function layerOf({ servers }: Config, id: string): string | undefined {
  return id === 'cloud' ? 'cloud' : servers.find((server) => server.id === id)?.layer;
}

function unknownIds(
  { servers, mobility }: Config,
  layer: string,
  { ids = [] }: Byzantine,
): [index: number, id: string, known: string[]][] {
  // Workers that are entities of the trace have its ids: known once it is read.
  if (layer === 'worker' && mobility.workers.mode !== 'leased') return [];
  const known =
    layer === 'worker'
      ? slotNames(mobility.workers.count)
      : servers.filter((server) => server.layer === layer).map(({ id }) => id);
  return ids.flatMap((id, index): [number, string, string[]][] =>
    known.includes(id) ? [] : [[index, id, known]],
  );
}

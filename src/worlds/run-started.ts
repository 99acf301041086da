import { isDeepStrictEqual } from 'node:util';
import type { SimulatedEvent } from '../journal/events.ts';
import { linkTable } from '../network/constant-links.ts';
import type { MemorySettings } from '../nodes/hierarchy/settings.ts';
import type { WorldSettings } from './world-settings.ts';

/** The first event of a journal. */
export function runStarted(settings: WorldSettings): SimulatedEvent {
  const { name, seed, workers, servers, parameters, byzantine } = settings;
  const power = settings.hierarchy?.power ?? null;
  return {
    type: 'run-started',
    name,
    seed,
    workers: workers.length,
    servers: servers.map(({ id, parent, layer }) => ({ id, parent, layer })),
    parameters: [...parameters],
    byzantine,
    ...(settings.metrics.length > 0 && { metrics: settings.metrics }),
    ...(settings.memory !== null && { memory: withoutNeeds(settings.memory) }),
    ...(power !== null && { power: { layers: power, ...bandwidths(settings) } }),
  };
}

function withoutNeeds({ vectorBytes, itemBytes, vectors }: MemorySettings) {
  return { vectorBytes, itemBytes, vectors };
}

/** Of the link to the one above: by node that has one of its own, and of all other workers. */
function bandwidths({ links, workerLink }: WorldSettings) {
  const linkOf = linkTable({ workerLink, links });
  const way = (direction: 'up' | 'down'): Record<string, number> =>
    Object.fromEntries(
      [...links.keys(), 'worker'].map((lower) => [
        lower,
        linkOf({ lower, direction }).bandwidthMbps,
      ]),
    );
  const [bandwidthMbps, downMbps] = [way('up'), way('down')];
  const isAlike = isDeepStrictEqual(bandwidthMbps, downMbps);
  return { bandwidthMbps, ...(!isAlike && { downMbps }) };
}

import type { SimulatedEvent } from '../journal/events.ts';
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
    ...(power !== null && { power: { layers: power, bandwidthMbps: bandwidths(settings) } }),
  };
}

function withoutNeeds({ vectorBytes, itemBytes, vectors }: MemorySettings) {
  return { vectorBytes, itemBytes, vectors };
}

/** Of the link to the one above: by server, and of all workers. */
function bandwidths({ links, workerLink }: WorldSettings): Record<string, number> {
  const ofServers = [...links].map(([server, { bandwidthMbps }]) => [server, bandwidthMbps]);
  return { ...Object.fromEntries(ofServers), worker: workerLink.bandwidthMbps };
}

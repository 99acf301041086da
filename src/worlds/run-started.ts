import type { SimulatedEvent } from '../journal/events.ts';
import type { WorldSettings } from './world-settings.ts';

/** What a journal begins with. */
export function runStarted(settings: WorldSettings): SimulatedEvent {
  const { name, seed, workers, servers, parameters, byzantine } = settings;
  return {
    type: 'run-started',
    name,
    seed,
    workers: workers.length,
    servers: servers.map(({ id, parent, layer }) => ({ id, parent, layer })),
    parameters: [...parameters],
    byzantine,
  };
}

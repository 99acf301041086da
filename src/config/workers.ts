import type { Workers } from '../mobility/contacts.ts';
import { slotNames } from '../mobility/leases.ts';
import type { Trace } from '../mobility/trace.ts';
import { openStream } from '../simulation/random.ts';
import type { Config } from './config-schema.ts';

/** Which entities of the trace become workers, and how. */
export function workersOf(config: Config): Workers {
  const { mode, count, kinds, participation } = config.mobility.workers;
  const participates = (entity: string) =>
    participation === 1 ||
    openStream(config.seed, `participation/${entity}`).float() < participation;
  const who = { kinds, participates };
  return mode === 'leased' ? { mode, slots: count, ...who } : { mode, ...who };
}

/** The ids of all workers that there may be. */
export function workerNames(trace: Trace, workers: Workers): string[] {
  if (workers.mode === 'leased') return slotNames(workers.slots);
  const ids = trace.presences.map(({ entity }) => entity);
  return [...new Set(ids)].filter((id) => workers.participates?.(id) ?? true).sort();
}

import type { JournalWriter } from '../../journal/writer.ts';
import type { MovementList } from '../../mobility/contacts.ts';
import type { Computations } from '../computing/computations.ts';
import type { ValueStore } from '../computing/value-store.ts';
import type { WorldSettings } from '../world-settings.ts';

/** Parts on which a world runs; none of it belongs to the state. */
export interface WorldParts {
  settings: WorldSettings;
  /** The events of one pass over the trace, in order; null: the trace has ended for good. */
  mobility: (repetition: number) => MovementList | null;
  values: ValueStore;
  computations: Computations;
  journal: JournalWriter;
}

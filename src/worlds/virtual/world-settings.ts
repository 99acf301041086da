import type { Failure } from '../../faults/failure.ts';
import type { FaultySenders } from '../../faults/faulty.ts';
import type { LinkSettings } from '../../network/link.ts';
import type { RoundMode } from '../../nodes/round-mode.ts';
import type {
  CloudSettings,
  ServerLayerSettings,
  ServerPlace,
  WorkerSettings,
} from '../../nodes/settings.ts';
import type { TimeUs } from '../../simulation/time.ts';

/** Everything that does not change while a world runs. */
export interface WorldSettings {
  name: string;
  seed: number;
  mode: RoundMode;
  /** Every server, the cloud among them. */
  servers: readonly ServerPlace[];
  layers: Readonly<Record<string, ServerLayerSettings>>;
  /** Between workers and servers. */
  radio: LinkSettings;
  /** By server: the link to the one above. */
  links: ReadonlyMap<string, LinkSettings>;
  cloud: CloudSettings;
  worker: WorkerSettings;
  workers: readonly string[];
  /** Workers whose samples are poisoned while they are faulty; null: nobody's. */
  poisoners: FaultySenders | null;
  /** Fixed faulty nodes, per layer, for the record. */
  faulty: Readonly<Record<string, string[]>>;
  /** Crashes and cut links. */
  failures: readonly Failure[];
  /** Who a batch is drawn for: the server's region, or the worker itself. */
  owners: 'regions' | 'workers';
  /** Items of the train split, by owner. */
  shares: ReadonlyMap<string, Uint32Array>;
  batchSize: number;
  parameters: readonly { name: string; shape: readonly number[] }[];
  /** Elements of a vector. */
  dimension: number;
  /** Whether an update leaves something for the next one besides theta. */
  optimiserRemembers: boolean;
  maximumTimeUs: TimeUs | null;
}

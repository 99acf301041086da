import type { ByzantineLayerSettings } from '../faults/byzantine-layer.ts';
import type { Failure } from '../faults/failure.ts';
import type { LearningRate } from '../learning/learning-rate.ts';
import type { LinkSettings } from '../network/link.ts';
import type { RoundMode } from '../nodes/round-mode.ts';
import type {
  CloudSettings,
  ServerLayerSettings,
  ServerPlace,
  WorkerSettings,
} from '../nodes/settings.ts';
import type { DeliveryAttack } from '../rules/contract/delivery-attack.ts';
import type { Chosen } from '../rules/running/chosen.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { DataOwners } from './data-owner.ts';

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
  /** Whether workers have momentum. */
  workersRemember: boolean;
  /** Of the steps that workers make on their own; null when they make one. */
  localLearningRate: LearningRate | null;
  /** Whether workers compute on poisoned samples while they are Byzantine, rather than lie in vectors. */
  poisons: boolean;
  /** By layer: what happens to messages that its Byzantine nodes send, rather than a lie in vectors. */
  deliveryAttacks: ReadonlyMap<string, Chosen<DeliveryAttack>>;
  /** Fixed Byzantine nodes, per layer, for the record. */
  byzantine: Readonly<Record<string, string[]>>;
  /** Crashes and cut links. */
  failures: readonly Failure[];
  /** Who lies and when, by layer; none for layers that do not. */
  attackers: ReadonlyMap<string, ByzantineLayerSettings>;
  /** Whose items a batch is drawn from: the server's region's, the worker's, or everyone's. */
  owners: DataOwners;
  /** Items of the train split, by owner. */
  shares: ReadonlyMap<string, Uint32Array>;
  batchSize: number;
  /** By server that trusts a gradient of its own: the train items that it has. */
  references: ReadonlyMap<string, Uint32Array>;
  parameters: readonly { name: string; shape: readonly number[] }[];
  /** Elements of a vector. */
  dimension: number;
  /** Whether an update leaves something for the next one besides theta. */
  optimiserRemembers: boolean;
  /** When the run ends if nothing has ended it before, and by what; null: whenever that is. */
  latestEnd: { timeUs: TimeUs; reason: 'time' | 'trace' } | null;
}

import type { ByzantineLayerSettings } from '../faults/byzantine-layer.ts';
import type { Failure } from '../faults/failure.ts';
import type { LearningRate } from '../learning/learning-rate.ts';
import type { OwnMetricFacts } from '../learning/own-metric.ts';
import type { SamplingSettings } from '../learning/sampling/sampling-settings.ts';
import type { WindowSettings } from '../learning/windows/window-source.ts';
import type { LinkSettings } from '../network/constant-links.ts';
import type { ChannelSettings } from '../network/shared-links.ts';
import type { SignalSettings } from '../network/signal-link.ts';
import type { HierarchySettings, MemorySettings } from '../nodes/hierarchy/settings.ts';
import type { RoundMode } from '../nodes/round-mode.ts';
import type {
  CloudSettings,
  ServerLayerSettings,
  ServerPlace,
  WorkerSettings,
} from '../nodes/settings.ts';
import type { LoadPolicy } from '../rules/contract/association-policy.ts';
import type { DeliveryAttack } from '../rules/contract/delivery-attack.ts';
import type { ModelAttack } from '../rules/contract/model-attack.ts';
import type { Chosen } from '../rules/running/chosen.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { DataOwners } from './data-owner.ts';

/** Everything that does not change while a world runs. */
export interface WorldSettings {
  name: string;
  seed: number;
  /** Null in a tree of models, where each node has rounds of its own. */
  mode: RoundMode | null;
  /** Every server, the cloud among them. */
  servers: readonly ServerPlace[];
  layers: Readonly<Record<string, ServerLayerSettings>>;
  /** Between workers and servers. */
  workerLink: LinkSettings;
  /** Properties there that depend on a contact's signal; null: none. */
  signal: SignalSettings | null;
  /** By server, and by worker that has one of its own: the link to the server above. */
  links: ReadonlyMap<string, LinkSettings>;
  /** Channels that several transfers share. */
  channels: ChannelSettings;
  cloud: CloudSettings;
  /** Of a tree in which every node has a model of its own; null for rounds of one model. */
  hierarchy: HierarchySettings | null;
  /** Null without a tree of models. */
  memory: MemorySettings | null;
  /** Where the windows of such workers come from; null likewise. */
  windows: WindowSettings | null;
  worker: WorkerSettings;
  workers: readonly string[];
  /** Time after a handover in which nothing passes between a worker and its new server. */
  handoverDelayUs: TimeUs;
  /** Decides, while the run goes on, which server a worker is with; null: as it is planned. */
  loadPolicy: Chosen<LoadPolicy> | null;
  /** Whether workers have momentum. */
  workersHaveMomentum: boolean;
  /** Of the steps that workers make on their own; null when they make one. */
  localLearningRate: LearningRate | null;
  /**
   * Whether workers compute on poisoned samples while they are Byzantine, instead of having their
   * vectors forged.
   */
  poisons: boolean;
  /** By layer: what happens to messages of its Byzantine nodes, instead of forged vectors. */
  deliveryAttacks: ReadonlyMap<string, Chosen<DeliveryAttack>>;
  /** By layer of servers: which models its Byzantine nodes send to their children. */
  modelAttacks: ReadonlyMap<string, Chosen<ModelAttack>>;
  /** Fixed Byzantine nodes, per layer, for the record. */
  byzantine: Readonly<Record<string, string[]>>;
  /** Crashes and cut links. */
  failures: readonly Failure[];
  /** Which nodes are Byzantine and when, by layer; no entry for layers without any. */
  attackers: ReadonlyMap<string, ByzantineLayerSettings>;
  /**
   * Whose items a batch is drawn from: those of the server's region, of the worker, or all items.
   */
  owners: DataOwners;
  /** Items of the train split, by owner. */
  itemsByOwner: ReadonlyMap<string, Uint32Array>;
  /** How workers collect samples where they are; null: items have the owners above. */
  sampling: SamplingSettings | null;
  batchSize: number;
  /** By server that trusts a gradient of its own: the train items that it has. */
  references: ReadonlyMap<string, Uint32Array>;
  /** Whether the journal has the beginning and the end of each vector's way from node to node. */
  recordsTransfers: boolean;
  /** Of the user's own. */
  metrics: readonly OwnMetricFacts[];
  parameters: readonly { name: string; shape: readonly number[] }[];
  /** Elements of a vector. */
  dimension: number;
  /** Numbers that an update leaves for the next one besides theta. */
  optimiserStateLength: number;
  /** The latest end of the run, and its reason; null: no bound. */
  latestEnd: { timeUs: TimeUs; reason: 'time' | 'trace' } | null;
}

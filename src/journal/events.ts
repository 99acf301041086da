import type { CollectionEvent } from './collection-events.ts';
import type { DataEvent } from './data-events.ts';
import type { DeliveryEvent } from './delivery-events.ts';
import type { HostEvent } from './host-events.ts';
import type { ModelEvent } from './model-events.ts';
import type { PresenceEvent } from './presence-events.ts';
import type { EndReason } from './reasons.ts';
import type { SendingEvent } from './sending-events.ts';
import type { TreeEvent } from './tree-events.ts';

// Every fact a run records. The journal is JSON Lines: one event a line, keys in the order given here.
// Simulated events begin with `n`, their number from 0, and are hashed; host events begin with `host`,
// a numbering of their own, and are not. NaN and infinities: "NaN", "Infinity", "-Infinity".

/** Version of the journal's format: of its line types and their fields. The first line carries it. */
export const JOURNAL_FORMAT = 1;

/** Events of the simulated system. Times are microseconds of simulation time. */
export type SimulatedEvent =
  /** The first event: what the run is made of. */
  | {
      type: 'run-started';
      name: string;
      seed: number;
      workers: number;
      servers: { id: string; parent: string | null; layer: string }[];
      parameters: { name: string; shape: readonly number[] }[];
      /**
       * Fixed Byzantine nodes (scope global), per layer. For nodes that are Byzantine only at
       * times, turned-byzantine and turned-honest give the times.
       */
      byzantine: Record<string, string[]>;
      /** The user's own measures, if there are any. */
      metrics?: readonly { name: string; unit: string | null; better: 'higher' | 'lower' }[];
      /**
       * Of a tree of models whose layers have `power`: watts by layer, and megabits a second of the link
       * to the one above, by node and under `worker` of all other workers. `downMbps`: from there, where some
       * differ.
       */
      power?: {
        layers: Readonly<Record<string, { computeW: number; transmitW: number }>>;
        bandwidthMbps: Record<string, number>;
        downMbps?: Record<string, number>;
      };
      /**
       * Of a tree of models: bytes of a vector and of an item in a node's memory, and by layer the vectors
       * that a node keeps, updates apart, and those that its parent keeps for it.
       */
      memory?: {
        vectorBytes: number;
        itemBytes: number;
        vectors: Readonly<Record<string, { own: number; atParent: number }>>;
      };
    }
  | PresenceEvent
  /**
   * From now on the node is Byzantine, or honest again. `server`: near which it counts (scope
   * local). Not recorded for nodes that are Byzantine for the whole run.
   */
  | { type: 'turned-byzantine' | 'turned-honest'; node: string; server: string | null }
  | CollectionEvent
  | TreeEvent
  | SendingEvent
  | DeliveryEvent
  /** A node stops. Its state and data are lost, or kept until it recovers. */
  | { type: 'crashed'; node: string; state: 'lost' | 'kept' }
  /** A crashed node works again. */
  | { type: 'recovered'; node: string }
  /** The link between a server and its parent is cut, in both directions. */
  | { type: 'cut'; server: string; parent: string }
  /** A cut link is there again. */
  | { type: 'restored'; server: string; parent: string }
  | ModelEvent
  | DataEvent
  /**
   * At the end of a run that stalled: what a server waits for, how many of these it has and wants,
   * and which nodes could send them. `slow-workers`: it is held back for those in `from`.
   * `recovery`: it has crashed itself.
   */
  | {
      type: 'waiting';
      server: string;
      round: number;
      what: 'gradients' | 'results' | 'updates' | 'model' | 'slow-workers' | 'recovery';
      has: number;
      wants: number;
      from: string[];
      /** Of these, the crashed nodes, and the nodes whose link to the server is cut; if any. */
      crashed?: string[];
      cut?: string[];
    }
  /** The last event. */
  | {
      type: 'run-ended';
      reason: EndReason;
      rounds: number;
      /** Started, unlike in `updated`, and of these the ones whose numbers were computed. */
      gradients: number;
      computed: number;
      updates: number;
    };

/** A simulated event in the journal: its number, from 0, and its simulation time in microseconds. */
export type SimulatedLine = { n: number; timeUs: number } & SimulatedEvent;
/** A host event in the journal: its number, from 0, and seconds since the run's first start. */
export type HostLine = { host: number; wallTimeS: number } & HostEvent;
/** One line of the journal. Lines of the two kinds are told apart by `n` and `host`. */
export type JournalLine = SimulatedLine | HostLine;

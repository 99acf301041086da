import { type Column, csvOf } from '../format/columns.ts';
import type { AccuracyFacts } from './accuracy.ts';

/**
 * Costs of a node, measured in a live run and simulated in a virtual one. Null: not known of the
 * node alone.
 */
export interface NodeCosts {
  cpuS: number | null;
  peakMemoryBytes: number | null;
  sentBytes: number | null;
  receivedBytes: number | null;
}

/** How one node of a tree of models fared. */
export interface NodeFacts {
  id: string;
  /** The last one, of a worker that moves. */
  parent: string | null;
  layer: string;
  /** 0 is the root. */
  level: number;
  /** Windows of a worker, merges of a server. */
  trained: number;
  windowsDropped: number;
  /** Items that came to a worker, and their bytes at 4 a number; null: not known. */
  items: number;
  itemBytes: number | null;
  /** Updates that it sent, and what became of them; and how often its trigger sent none. */
  sent: number;
  heldBack: number;
  merged: number;
  dropped: number;
  lost: number;
  inFlight: number;
  /** Changes that ended in no update. */
  unsent: { unsent: number; dropped: number };
  /** Time spent on training or on aggregations. */
  busyS: number;
  /** Time that what it sent took at the bandwidth of its link; 0 where energy is not asked for. */
  sendingS: number;
  /** Null for a layer without `power`. */
  energyJ: number | null;
  /** The most that it kept: its vectors, windows that waited, updates of its greatest merge; null: unknown. */
  memoryBytes: number | null;
  costs: NodeCosts;
  /** Of a server: how often its children went to its standby. */
  failovers: number;
  /** Null for one that was never measured. */
  accuracy: AccuracyFacts | null;
  /** Of a worker: the greatest one of its windows; null where all are censored. */
  latency: { latencyS: number | null; censored: number } | null;
}

export function newNodeFacts(
  place: Pick<NodeFacts, 'id' | 'parent' | 'layer' | 'level'>,
): NodeFacts {
  return {
    ...place,
    ...{
      trained: 0,
      windowsDropped: 0,
      items: 0,
      itemBytes: null,
      busyS: 0,
      sendingS: 0,
      energyJ: null,
      memoryBytes: null,
      costs: { cpuS: null, peakMemoryBytes: null, sentBytes: null, receivedBytes: null },
      failovers: 0,
    },
    ...{ sent: 0, heldBack: 0, merged: 0, dropped: 0, lost: 0, inFlight: 0 },
    ...{ unsent: { unsent: 0, dropped: 0 }, accuracy: null, latency: null },
  };
}

type NodeColumn = Column<NodeFacts>;

const counted = (
  name: string,
  unit: string,
  meaning: string,
  value: NodeColumn['value'],
): NodeColumn => ({ name, type: 'integer', unit, meaning, value });
const measured = (
  name: string,
  unit: string,
  meaning: string,
  value: NodeColumn['value'],
): NodeColumn => ({ name, type: 'number', unit, meaning, value });
const named = (name: string, meaning: string, value: NodeColumn['value']): NodeColumn => ({
  ...{ name, type: 'text', unit: null, meaning, value },
});

const megabytes = (bytes: number | null) => (bytes === null ? null : bytes / 1e6);

/** In a live run empty for a node that shares its process (`live.workerProcesses`). */
const costColumns = [
  measured(
    'cpu_s',
    's',
    'CPU time of its process in a live run; simulated: busy_s',
    ({ costs }) => costs.cpuS,
  ),
  measured(
    'peak_memory_mb',
    'MB',
    'most that was resident of its process in a live run; simulated: memory_mb',
    ({ costs }) => megabytes(costs.peakMemoryBytes),
  ),
  measured(
    'sent_mb',
    'MB',
    'that its process sent in a live run; simulated: vectors that it sent',
    ({ costs }) => megabytes(costs.sentBytes),
  ),
  measured('received_mb', 'MB', 'likewise to it', ({ costs }) => megabytes(costs.receivedBytes)),
];

export const nodeColumns: readonly NodeColumn[] = [
  named('node', 'worker or server', (node) => node.id),
  named('parent', 'server above it; the last one, of a worker that moves', (node) => node.parent),
  named('layer', 'its layer in the config', (node) => node.layer),
  counted('level', 'levels', 'below the root', (node) => node.level),
  counted(
    'changes',
    'windows',
    'trained; of a server: merges that no crash cut short',
    (node) => node.trained,
  ),
  counted('windows_dropped', 'windows', 'not trained on', (node) => node.windowsDropped),
  counted('items', 'items', 'in its windows', (node) => node.items),
  measured(
    'item_mb',
    'MB',
    'of these, at 4 bytes a number: what its sensors send, if they are elsewhere',
    ({ itemBytes }) => (itemBytes === null ? null : itemBytes / 1e6),
  ),
  counted('updates_sent', 'updates', 'sent up', (node) => node.sent),
  counted('held_back', 'changes', 'after which its trigger sent nothing', (node) => node.heldBack),
  counted('merged', 'updates', 'merged by its parent', (node) => node.merged),
  counted('dropped', 'updates', 'dropped by its parent', (node) => node.dropped),
  counted('lost', 'updates', 'lost on their way', (node) => node.lost),
  counted('in_flight', 'updates', 'on their way at the end', (node) => node.inFlight),
  counted('unsent', 'changes', 'in no update at the end', (node) => node.unsent.unsent),
  counted('given_up', 'changes', 'given up before that', (node) => node.unsent.dropped),
  measured(
    'busy_s',
    's',
    'training or aggregating, of what was not cut short by a crash or a departure',
    (node) => node.busyS,
  ),
  measured(
    'energy_j',
    'J',
    'for computing, as busy_s counts it, and sending; empty without `power`',
    (node) => {
      return node.energyJ;
    },
  ),
  measured(
    'memory_mb',
    'MB',
    'most that it kept: its vectors, windows that waited, updates of its greatest merge; estimated',
    ({ memoryBytes }) => (memoryBytes === null ? null : memoryBytes / 1e6),
  ),
  ...costColumns,
  counted('failovers', 'times', 'its children went to its standby', (node) => node.failovers),
  measured('accuracy', 'share', 'of its last evaluation', (node) => node.accuracy?.final),
  measured('best_accuracy', 'share', 'greatest one', (node) => node.accuracy?.best),
  measured('lag', 'share', "the cloud's accuracy less its own, at its last evaluation", (node) => {
    return node.accuracy?.finalLag;
  }),
  measured(
    'converged_s',
    's',
    'first evaluation from which its accuracy stays within one point of the last one',
    (node) => node.accuracy?.convergedS,
  ),
  measured('latency_s', 's', 'greatest latency of a window at this worker', (node) => {
    return node.latency?.latencyS;
  }),
  counted('censored', 'windows', 'without a latency at this worker', (node) => {
    return node.latency?.censored;
  }),
];

/** nodes.csv: one line a node. */
export function nodesCsv(nodes: readonly NodeFacts[]): string {
  return csvOf(nodeColumns, nodes);
}

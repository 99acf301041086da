import type { SimulatedLine } from '../../journal/events.ts';
import type { Column } from '../format/columns.ts';

/** Counts of events of messages and associations so far, each occurrence once. */
export interface Traffic {
  messagesLost: number;
  /** Sent again after a loss. */
  messagesRetried: number;
  /** Waited for a place at a full server. */
  workersQueued: number;
  /** Refused by a full server. */
  workersRefused: number;
  handovers: number;
  /**
   * Of the vectors that were aggregated, at 4 bytes a parameter; in a tree of models of all updates and
   * models that were sent.
   */
  bytes: number;
}

/** Counts it. */
export class TrafficTally {
  readonly counts: Traffic = {
    messagesLost: 0,
    messagesRetried: 0,
    workersQueued: 0,
    workersRefused: 0,
    handovers: 0,
    bytes: 0,
  };
  #vectorBytes = 0;

  add(line: SimulatedLine): void {
    const { counts } = this;
    if (line.type === 'message-lost') counts.messagesLost += 1;
    else if (line.type === 'message-retried') counts.messagesRetried += line.times;
    else if (line.type === 'worker-queued') counts.workersQueued += 1;
    else if (line.type === 'worker-refused') counts.workersRefused += 1;
    else if (line.type === 'associate' && line.handover) counts.handovers += 1;
    else if (line.type === 'gradient-ended' || line.type === 'result-ended') {
      if (line.outcome === 'aggregated') counts.bytes += this.#vectorBytes;
    } else if (line.type === 'update-sent' || line.type === 'model-sent')
      counts.bytes += line.bytes;
    else if (line.type === 'run-started') this.#vectorBytes = 4 * parametersOf(line);
  }
}

function parametersOf({ parameters }: SimulatedLine & { type: 'run-started' }): number {
  const sizes = parameters.map(({ shape }) => shape.reduce((size, length) => size * length, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The columns of metrics.csv for it. */
export const trafficColumns: readonly Column<Partial<Traffic>>[] = [
  {
    name: 'messages_lost',
    type: 'integer',
    unit: 'messages',
    meaning: 'lost by links so far',
    value: (row) => row.messagesLost,
  },
  {
    name: 'messages_retried',
    type: 'integer',
    unit: 'messages',
    meaning: 'sent again after a loss so far, each time counted',
    value: (row) => row.messagesRetried,
  },
  {
    name: 'workers_queued',
    type: 'integer',
    unit: 'workers',
    meaning: 'that had to wait for a place at a full server so far, each time counted',
    value: (row) => row.workersQueued,
  },
  {
    name: 'workers_refused',
    type: 'integer',
    unit: 'workers',
    meaning: 'refused by a full server so far, each time counted',
    value: (row) => row.workersRefused,
  },
  {
    name: 'handovers',
    type: 'integer',
    unit: 'handovers',
    meaning: 'changes of a worker from one server to another so far',
    value: (row) => row.handovers,
  },
  {
    name: 'bytes',
    type: 'integer',
    unit: 'bytes',
    meaning:
      'of vectors that were aggregated so far, at 4 bytes a parameter; in a tree of models of all updates and models that were sent',
    value: (row) => row.bytes,
  },
];

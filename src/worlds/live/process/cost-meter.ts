import type { Connection } from '../../../transport/connection.ts';

/** Use of its machine by a process so far, by the operating system. */
export interface ProcessUse {
  /** Of all its threads. */
  cpuS: number;
  /** The most that was resident at one moment. */
  memoryBytes: number;
}

/** Costs of a process so far. */
type ProcessCosts = ProcessUse & { sentBytes: number; receivedBytes: number };

/** Adds up what a process of a live run takes: of its machine, and over its connections. */
export class CostMeter {
  readonly #use: () => ProcessUse;
  readonly #connections = new Set<Connection>();

  constructor(use: () => ProcessUse) {
    this.#use = use;
  }

  /** Its bytes count from now on; out: the same connection. */
  counted(connection: Connection): Connection {
    this.#connections.add(connection);
    return connection;
  }

  costs(): ProcessCosts {
    let sentBytes = 0;
    let receivedBytes = 0;
    for (const connection of this.#connections) {
      sentBytes += connection.sentBytes;
      receivedBytes += connection.receivedBytes;
    }
    return { ...this.#use(), sentBytes, receivedBytes };
  }
}

import { BadFrame } from './bad-frame.ts';
import type { CloseReason, Connection } from './connection.ts';
import { FramedConnection } from './framed-connection.ts';
import { Refused, welcome } from './handshake.ts';
import type { Limits } from './limits.ts';
import { PendingConnections } from './pending-connections.ts';
import { noRefusals, type Refusal, type RefusalCounts } from './refusals.ts';
import type { Wire } from './wire.ts';

/**
 * The admission of wires at a listener: authenticates each within the time allowed, hands out those
 * that pass, counts the others.
 */
export class Reception {
  readonly refused: RefusalCounts = noRefusals();
  /** For listeners that accept sockets: those that are not authenticated yet. */
  readonly pending: PendingConnections;
  readonly #secret: Uint8Array | null;
  readonly #limits: Limits;
  readonly #onConnection: (connection: Connection) => void;
  readonly #connections = new Set<FramedConnection>();

  constructor(
    { secret, limits }: { secret: Uint8Array | null; limits: Limits },
    onConnection: (connection: Connection) => void,
  ) {
    this.#secret = secret;
    this.#limits = limits;
    this.pending = new PendingConnections(limits.maximumPending);
    this.#onConnection = onConnection;
  }

  /** Connections at present, those not yet known among them. */
  get size(): number {
    return this.#connections.size;
  }

  count(refusal: Refusal): void {
    this.refused[refusal] += 1;
  }

  /** Takes a wire. An error that `onConnection` throws is the caller's own fault and not caught. */
  async take(wire: Wire): Promise<void> {
    const connection = new FramedConnection(wire, this.#limits);
    this.#connections.add(connection);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      connection.destroy();
    }, this.#limits.handshakeS * 1000);
    void connection.ended.then((reason) => {
      clearTimeout(timer);
      this.#connections.delete(connection);
      this.#countEnd(reason);
    });
    try {
      await welcome(connection, this.#secret);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      connection.close();
      if (isLate) this.count('timeout');
      else if (error.refusal !== 'vanished') this.count(error.refusal);
      else if (!isCounted(await connection.ended)) this.count('vanished');
      return;
    } finally {
      clearTimeout(timer);
    }
    this.pending.known(wire.remote);
    connection.admit();
    this.#onConnection(connection);
  }

  /** Closes every connection, and resolves when they have ended. */
  async close(): Promise<void> {
    const ends = [...this.#connections].map((connection) => {
      connection.close();
      return connection.ended;
    });
    await Promise.all(ends);
  }

  #countEnd({ kind, error }: CloseReason): void {
    if (error instanceof BadFrame) this.count(error.fault);
    else if (kind === 'slow-peer') this.count('slow-peer');
  }
}

/** Whether the connection's end was counted for what it was. */
function isCounted({ error }: CloseReason): boolean {
  return error instanceof BadFrame;
}

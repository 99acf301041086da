import type { Connection } from './connection.ts';
import { FramedConnection } from './framed-connection.ts';
import { introduce } from './handshake.ts';
import type { Limits } from './limits.ts';
import { TransportError } from './transport-error.ts';
import type { Wire } from './wire.ts';

/**
 * Introduces this process over a wire that has just been opened, in what is left of the time
 * allowed. Throws TransportError; the wire is gone then.
 */
export async function connectOver(
  wire: Wire,
  { secret, limits }: { secret: Uint8Array | null; limits: Limits },
): Promise<Connection> {
  const connection = new FramedConnection(wire, limits);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.destroy();
  }, limits.handshakeS * 1000);
  try {
    await introduce(connection, secret);
  } catch (error) {
    connection.destroy();
    if (isLate) throw tooLate(wire.remote, limits);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  connection.admit();
  return connection;
}

/** The other side took longer than `handshakeS`. */
export function tooLate(where: string, { handshakeS }: Limits): TransportError {
  return new TransportError('timeout', `${where} did not answer within ${handshakeS} s`);
}

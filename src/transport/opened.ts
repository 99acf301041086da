import type { EventEmitter } from 'node:events';
import { tooLate } from './dial.ts';
import type { ConnectOptions } from './transport.ts';
import { TransportError } from './transport-error.ts';

/**
 * Waits until a socket or WebSocket reports that it is open, within the time allowed. Throws
 * TransportError; the caller closes it then.
 */
export async function opened(
  opening: EventEmitter,
  event: string,
  { host, port, limits }: ConnectOptions,
): Promise<void> {
  const where = `${host}:${port}`;
  let timer: NodeJS.Timeout | undefined;
  let settle = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) => reject(openingError(where, error));
      opening.once(event, resolve);
      opening.once('error', fail);
      settle = () => {
        opening.off(event, resolve);
        opening.off('error', fail);
      };
      timer = setTimeout(() => reject(tooLate(where, limits)), limits.handshakeS * 1000);
    });
  } finally {
    clearTimeout(timer);
    settle();
  }
}

function openingError(where: string, error: Error): TransportError {
  const isSystem = 'syscall' in error || error instanceof AggregateError;
  const what = isSystem ? 'cannot be reached' : 'cannot be trusted or is something else';
  const reason = error.message || ('code' in error ? String(error.code) : error.name);
  return new TransportError(isSystem ? 'unreachable' : 'tls', `${where} ${what}: ${reason}`, {
    cause: error,
  });
}

import type { Server, Socket } from 'node:net';
import { RunError } from '../errors.ts';
import type { Reception } from './reception.ts';
import type { Listener, ListenOptions } from './transport.ts';

/** Begins to listen. Throws RunError where the address cannot be had. */
export function listenAt(server: Server, { host, port, limits }: ListenOptions): Promise<void> {
  server.maxConnections = limits.maximumConnections;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new RunError(`cannot listen at ${host}:${port}: ${error.message}`, { cause: error }));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** A server that listens, with those it has received, as a Listener. */
export function listenerOf(server: Server, reception: Reception, warning: string | null): Listener {
  const { address, port } = server.address() as { address: string; port: number };
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (reception.pending.arrived(socket)) reception.count('full');
  });
  server.on('drop', () => reception.count('full'));
  server.on('tlsClientError', () => reception.count('tls'));
  return {
    address: { host: address, port },
    warning,
    refused: reception.refused,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await reception.close();
      // Connections that are not authenticated yet.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

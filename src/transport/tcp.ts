import { createServer, connect as openSocket, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, connect as openTlsSocket } from 'node:tls';
import { connectOver } from './dial.ts';
import { checkExposure } from './exposure.ts';
import { listenAt, listenerOf } from './listening.ts';
import { opened } from './opened.ts';
import { Reception } from './reception.ts';
import { socketWire } from './socket-wire.ts';
import { clientTls, listenerTls } from './tls-options.ts';
import type { ListenOptions, Transport } from './transport.ts';

/** Frames over TCP, or over TLS where certificate files are given. */
export const tcp: Transport = {
  name: 'tcp',
  async listen(options, onConnection) {
    const warning = checkExposure(options);
    const reception = new Reception(options, onConnection);
    const server = serverFor(options, (socket) => void reception.take(socketWire(socket)));
    await listenAt(server, options);
    return listenerOf(server, reception, warning);
  },
  async connect(options) {
    checkExposure(options);
    const { host, port, tls, limits } = options;
    const socket =
      tls === null ? openSocket({ host, port }) : openTlsSocket({ ...clientTls(tls), host, port });
    await opened(socket, tls === null ? 'connect' : 'secureConnect', options);
    return connectOver(socketWire(socket), { secret: options.secret, limits });
  },
};

function serverFor({ tls, limits }: ListenOptions, onSocket: (socket: Socket) => void): Server {
  if (tls === null) return createServer(onSocket);
  const handshakeTimeout = limits.handshakeS * 1000;
  return createTlsServer({ ...listenerTls(tls), handshakeTimeout }, onSocket);
}

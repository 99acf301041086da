import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { ClientOptions } from 'ws';
import { connectOver } from './dial.ts';
import { checkExposure } from './exposure.ts';
import { PREFIX_BYTES } from './frame-layout.ts';
import type { Limits } from './limits.ts';
import { listenAt, listenerOf } from './listening.ts';
import { opened } from './opened.ts';
import { Reception } from './reception.ts';
import { clientTls, listenerTls } from './tls-options.ts';
import type { ListenOptions, Transport } from './transport.ts';
import { webSocketWire } from './websocket-wire.ts';

/**
 * Bytes that a client may send before the handshake is done: its three messages, and HTTP's
 * headers.
 */
const STRANGER_BYTES = 16 * 1024;

/** Frames as messages of a WebSocket, or of a secure one where certificate files are given. */
export const webSocket: Transport = {
  name: 'websocket',
  async listen(options, onConnection) {
    const warning = checkExposure(options);
    // Only here: every process of a run knows this transport, few use it.
    const { WebSocketServer } = await import('ws');
    const reception = new Reception(options, onConnection);
    const server = httpServer(options);
    server.on('request', (_request, response) => response.writeHead(426).end());
    const upgrader = new WebSocketServer({ ...messageLimits(options.limits), noServer: true });
    server.on('upgrade', (request, socket: Socket, head) => {
      // Every browser sends it: a page somewhere must not speak with a process here.
      if (request.headers.origin !== undefined) {
        reception.count('handshake');
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      const limit = limitBytes(socket);
      upgrader.handleUpgrade(request, socket, head, (opened) => {
        const wire = webSocketWire(opened, `${socket.remoteAddress}:${socket.remotePort}`);
        void reception.take(wire).finally(limit);
      });
    });
    await listenAt(server, options);
    return listenerOf(server, reception, warning);
  },
  async connect(options) {
    checkExposure(options);
    const { WebSocket } = await import('ws');
    const { host, port, tls, limits, secret } = options;
    const address = host.includes(':') ? `[${host}]` : host;
    const socket = new WebSocket(`${tls === null ? 'ws' : 'wss'}://${address}:${port}`, {
      ...messageLimits(limits),
      ...(tls === null ? {} : clientTls(tls)),
      ...unmasked,
    });
    await opened(socket, 'open', options).catch((error) => {
      socket.on('error', () => {});
      socket.terminate();
      throw error;
    });
    return connectOver(webSocketWire(socket, `${host}:${port}`), { secret, limits });
  },
};

/**
 * A mask of zeros, which leaves every byte as it is. Masks keep scripts in a browser from choosing
 * the bytes that a proxy sees; there is no such script here, and masking costs as much as sending.
 */
const unmasked: ClientOptions = { generateMask: (mask) => void mask.fill(0) };

function messageLimits({ maximumHeaderBytes, maximumBodyBytes }: Limits) {
  return {
    maxPayload: PREFIX_BYTES + maximumHeaderBytes + 3 + maximumBodyBytes,
    perMessageDeflate: false,
    // Answers to pings could pile up, unsent, for a peer that does not read them. None are sent.
    autoPong: false,
  };
}

function httpServer({ tls, limits }: ListenOptions): Server {
  const headersTimeout = limits.handshakeS * 1000;
  const options = { headersTimeout, requestTimeout: headersTimeout, maxHeaderSize: 8 * 1024 };
  if (tls === null) return createServer(options);
  return createTlsServer({ ...options, ...listenerTls(tls), handshakeTimeout: headersTimeout });
}

/** Ends a connection that sends too much before it is known; answers with how to stop that. */
function limitBytes(socket: Socket): () => void {
  const check = () => {
    if (socket.bytesRead > STRANGER_BYTES) socket.destroy();
  };
  socket.on('data', check);
  return () => void socket.off('data', check);
}

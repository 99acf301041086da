import { type AddressInfo, createServer, connect as openSocket } from 'node:net';
import type { Connection } from '../src/transport/connection.ts';
import { limitsFor } from '../src/transport/limits.ts';
import { tcp } from '../src/transport/tcp.ts';
import type { ListenOptions, Transport } from '../src/transport/transport.ts';
import { webSocket } from '../src/transport/websocket.ts';
import type { Figure } from './figure.ts';

const GRADIENT_BYTES = 437_544;
const TRANSFERS = 200;
const ROUND_TRIPS = 1000;
const PASSES = 25;

const options: ListenOptions = {
  host: '127.0.0.1',
  port: 0,
  secret: null,
  tls: null,
  limits: limitsFor(GRADIENT_BYTES),
};

/**
 * Gradients a second from one sender to one receiver over loopback, both in this process, against
 * node:net with raw buffers of the same size; small messages there and back. The receiver does with
 * a gradient what a server does: puts it in a place of its own and gives the body back. Short passes
 * take turns and the best of each counts, so that a busy machine hits all alike.
 */
export async function benchTransport(): Promise<Figure[]> {
  const best = { raw: 0, tcp: 0, websocket: 0, tcpTrips: 0, websocketTrips: 0 };
  const raise = (name: keyof typeof best, value: number) => {
    best[name] = Math.max(best[name], value);
  };
  for (let pass = 0; pass < PASSES; pass += 1) {
    raise('raw', await rawTransfers());
    raise('tcp', await framedTransfers(tcp));
    raise('websocket', await framedTransfers(webSocket));
    raise('tcpTrips', await roundTrips(tcp));
    raise('websocketTrips', await roundTrips(webSocket));
  }
  const transfers = (name: 'tcp' | 'websocket', target: string): Figure => ({
    name: `gradients of ${GRADIENT_BYTES} bytes over ${name}`,
    value: best[name],
    unit: 'transfers/s',
    reference: `node:net with raw buffers, ${best.raw.toFixed(0)}`,
    ratio: best[name] / best.raw,
    target,
  });
  const trips = (name: string, value: number): Figure => ({
    name: `small messages over ${name}`,
    value,
    unit: 'round trips/s',
    target: 'at least 5000',
  });
  return [
    transfers('tcp', 'ratio at least 0.5'),
    transfers('websocket', 'ratio at least 0.4'),
    trips('tcp', best.tcpTrips),
    trips('websocket', best.websocketTrips),
  ];
}

async function rawTransfers(): Promise<number> {
  const wanted = GRADIENT_BYTES * TRANSFERS;
  let done = () => {};
  const arrived = new Promise<void>((resolve) => {
    done = resolve;
  });
  const server = createServer((socket) => {
    let bytes = 0;
    socket.on('data', (piece) => {
      bytes += piece.length;
      if (bytes === wanted) done();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = openSocket((server.address() as AddressInfo).port, '127.0.0.1');
  const buffer = Buffer.alloc(GRADIENT_BYTES, 1);
  const startMs = performance.now();
  for (let sent = 0; sent < TRANSFERS; sent += 1) {
    if (!socket.write(buffer)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  await arrived;
  const perSecond = TRANSFERS / ((performance.now() - startMs) / 1000);
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return perSecond;
}

async function framedTransfers(transport: Transport): Promise<number> {
  return withPair(transport, async (client, server) => {
    const arrived = new Promise<void>((resolve) => {
      let count = 0;
      const place = new Float32Array(GRADIENT_BYTES / 4);
      server.onFrame = ({ body }) => {
        place.set(body!);
        server.release(body!);
        count += 1;
        if (count === TRANSFERS) resolve();
      };
    });
    const body = new Float32Array(GRADIENT_BYTES / 4).fill(0.5);
    const startMs = performance.now();
    for (let sent = 0; sent < TRANSFERS; sent += 1) {
      const header = { kind: 'gradient', worker: 'worker-17', contact: 12345, version: sent };
      if (!client.send({ header, body })) await client.drained();
    }
    await arrived;
    return TRANSFERS / ((performance.now() - startMs) / 1000);
  });
}

async function roundTrips(transport: Transport): Promise<number> {
  return withPair(transport, async (client, server) => {
    server.onFrame = (frame) => void server.send(frame);
    const startMs = performance.now();
    await new Promise<void>((resolve) => {
      let left = ROUND_TRIPS;
      client.onFrame = () => {
        left -= 1;
        if (left === 0) resolve();
        else client.send({ header: { kind: 'ping', n: left }, body: null });
      };
      client.send({ header: { kind: 'ping', n: left }, body: null });
    });
    return ROUND_TRIPS / ((performance.now() - startMs) / 1000);
  });
}

async function withPair(
  transport: Transport,
  measure: (client: Connection, server: Connection) => Promise<number>,
): Promise<number> {
  let taken: (connection: Connection) => void = () => {};
  const coming = new Promise<Connection>((resolve) => {
    taken = resolve;
  });
  const listener = await transport.listen(options, (connection) => taken(connection));
  const client = await transport.connect({ ...options, port: listener.address.port });
  const value = await measure(client, await coming);
  await listener.close();
  return value;
}

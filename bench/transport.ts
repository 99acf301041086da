import { type AddressInfo, createServer, connect as openSocket } from 'node:net';
import type { Connection } from '../src/transport/connection.ts';
import { limitsFor } from '../src/transport/limits.ts';
import { tcp } from '../src/transport/tcp.ts';
import type { ListenOptions, Transport } from '../src/transport/transport.ts';
import { webSocket } from '../src/transport/websocket.ts';
import type { Figure } from './figure.ts';

const GRADIENT_BYTES = 437_544;
const TRANSFERS = 200;
const ROUND_TRIPS = 2000;
const PASSES = 8;

const options: ListenOptions = {
  host: '127.0.0.1',
  port: 0,
  secret: null,
  tls: null,
  limits: limitsFor(GRADIENT_BYTES),
};

/** Costs of a pass: seconds by the clock, and of the processor, both ends together. */
interface Taken {
  wallS: number;
  cpuS: number;
}

/**
 * Gradients a second from one sender to one receiver over loopback, both in this process, against
 * node:net with raw buffers of the same size; small messages there and back. The receiver does with
 * a gradient what a server does: puts it in a place of its own and gives the body back. Passes take
 * turns and the best of each counts; the processor's time tells what the clock cannot on a busy
 * machine.
 */
export async function benchTransport(): Promise<Figure[]> {
  const raw = new Best();
  const transports = [tcp, webSocket].map((transport) => ({
    transport,
    target: transport === tcp ? 0.5 : 0.4,
    transfers: new Best(),
    trips: new Best(),
  }));
  for (let pass = 0; pass < PASSES; pass += 1) {
    raw.take(await rawTransfers());
    for (const { transport, transfers, trips } of transports) {
      transfers.take(await framedTransfers(transport));
      trips.take(await roundTrips(transport));
    }
  }
  return transports.flatMap(({ transport: { name }, target, transfers, trips }) => [
    {
      name: `gradients of ${GRADIENT_BYTES} bytes over ${name}`,
      value: TRANSFERS / transfers.wallS,
      unit: 'transfers/s',
      reference: `node:net with raw buffers, ${(TRANSFERS / raw.wallS).toFixed(0)}`,
      ratio: raw.wallS / transfers.wallS,
      target: `ratio at least ${target}`,
    },
    {
      name: `the same over ${name}, by the processor's time of both ends`,
      value: TRANSFERS / transfers.cpuS,
      unit: 'transfers/s of the processor',
      reference: `node:net with raw buffers, ${(TRANSFERS / raw.cpuS).toFixed(0)}`,
      ratio: raw.cpuS / transfers.cpuS,
      target: `ratio at least ${target}`,
    },
    {
      name: `small messages over ${name}`,
      value: ROUND_TRIPS / trips.wallS,
      unit: 'round trips/s',
      target: 'at least 5000',
    },
  ]);
}

/** The least that any pass took. */
class Best {
  wallS = Number.POSITIVE_INFINITY;
  cpuS = Number.POSITIVE_INFINITY;

  take({ wallS, cpuS }: Taken): void {
    this.wallS = Math.min(this.wallS, wallS);
    this.cpuS = Math.min(this.cpuS, cpuS);
  }
}

async function timed(work: () => Promise<void>): Promise<Taken> {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(startCpu);
  return { wallS: (performance.now() - startMs) / 1000, cpuS: (user + system) / 1e6 };
}

async function rawTransfers(): Promise<Taken> {
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
  const taken = await timed(async () => {
    for (let sent = 0; sent < TRANSFERS; sent += 1) {
      if (!socket.write(buffer)) await new Promise((resolve) => socket.once('drain', resolve));
    }
    await arrived;
  });
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return taken;
}

async function framedTransfers(transport: Transport): Promise<Taken> {
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
    return timed(async () => {
      for (let sent = 0; sent < TRANSFERS; sent += 1) {
        const header = { kind: 'gradient', worker: 'worker-17', contact: 12345, version: sent };
        if (!client.send({ header, body })) await client.drained();
      }
      await arrived;
    });
  });
}

async function roundTrips(transport: Transport): Promise<Taken> {
  return withPair(transport, async (client, server) => {
    server.onFrame = (frame) => void server.send(frame);
    return timed(
      () =>
        new Promise((resolve) => {
          let left = ROUND_TRIPS;
          client.onFrame = () => {
            left -= 1;
            if (left === 0) resolve();
            else client.send({ header: { kind: 'ping', n: left }, body: null });
          };
          client.send({ header: { kind: 'ping', n: left }, body: null });
        }),
    );
  });
}

async function withPair(
  transport: Transport,
  measure: (client: Connection, server: Connection) => Promise<Taken>,
): Promise<Taken> {
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

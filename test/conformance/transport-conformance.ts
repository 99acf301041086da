import { afterEach, expect, it } from 'vitest';
import type { CloseReason, Connection } from '#src/transport/connection.js';
import type { Frame } from '#src/transport/frame.js';
import type { Limits } from '#src/transport/limits.js';
import type { ListenOptions, Transport } from '#src/transport/transport.js';
import { Inbox } from '../transport/inbox.ts';
import { localOptions, secret, small } from '../transport/options.ts';

/**
 * Tests of the promises of every transport, over the real thing: each transport's test calls it.
 */
export function transportConformance(open: () => Transport): void {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  /** A listener, and the connections it took. */
  async function listening(changes: Partial<ListenOptions> = {}, limits: Partial<Limits> = {}) {
    const transport = open();
    const taken = new Inbox<Connection>();
    const options = localOptions(changes, limits);
    const listener = await transport.listen(options, (connection) => taken.put(connection));
    ends.push(() => listener.close());
    const connect = (other: Partial<ListenOptions> = {}) => {
      return transport.connect({ ...options, port: listener.address.port, ...other });
    };
    return { transport, listener, taken, connect };
  }

  /** Two ends of one connection. */
  async function pair(limits: Partial<Limits> = {}) {
    const { listener, taken, connect } = await listening({}, limits);
    const client = await connect();
    const server = await taken.take();
    return { listener, client, server };
  }

  function frames(connection: Connection): Inbox<Frame> {
    const inbox = new Inbox<Frame>();
    connection.onFrame = (frame) => inbox.put(frame);
    return inbox;
  }

  function closing(connection: Connection): Promise<CloseReason> {
    return new Promise((resolve) => {
      connection.onClose = resolve;
    });
  }

  it('carries headers of plain data and both kinds of body, both ways, in order', async () => {
    const { client, server } = await pair();
    const header = { kind: 'gradient', n: 7, time: 1.5, ids: [1, null, 'ü'], deep: { is: true } };
    const vector = Float32Array.of(1, -0, Number.NaN, 1e-45, Number.POSITIVE_INFINITY);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const inbox = frames(to);
      from.send({ header, body: null });
      from.send({ header: {}, body: vector });
      from.send({ header: { last: true }, body: Uint8Array.of(1, 2, 3) });
      from.send({ header: {}, body: new Float32Array(0) });
      expect(await inbox.take()).toEqual({ header, body: null });
      const second = await inbox.take();
      expect(second.body).toBeInstanceOf(Float32Array);
      expect([...(second.body as Float32Array)].map((value) => Object.is(value, -0))).toEqual(
        [...vector].map((value) => Object.is(value, -0)),
      );
      expect(second.body).toEqual(vector);
      expect(await inbox.take()).toEqual({ header: { last: true }, body: Uint8Array.of(1, 2, 3) });
      expect(await inbox.take()).toEqual({ header: {}, body: new Float32Array(0) });
    }
  });

  it('carries vectors that lie inside a larger memory, shared or not', async () => {
    const { client, server } = await pair();
    const inbox = frames(server);
    for (const memory of [new ArrayBuffer(1200_000), new SharedArrayBuffer(1200_000)]) {
      const vector = new Float32Array(memory, 8, 109_386);
      for (let index = 0; index < vector.length; index += 1) vector[index] = index / 7;
      client.send({ header: {}, body: vector });
      const { body } = await inbox.take();
      expect(Buffer.compare(bytesOf(body!), bytesOf(vector))).toBe(0);
      // The receiver's own, not a view of what was sent.
      vector.fill(0);
      expect((body as Float32Array)[7]).toBe(1);
      expect(body!.buffer.byteLength).toBe(vector.byteLength);
    }
  });

  it('reads into the memory of bodies that were given back', async () => {
    const { client, server } = await pair();
    const inbox = frames(server);
    for (let n = 0; n < 5; n += 1) {
      client.send({ header: {}, body: new Float32Array(100_000).fill(n) });
      const body = (await inbox.take()).body as Float32Array;
      expect(body.every((value) => value === n)).toBe(true);
      server.release(body);
    }
  });

  it('counts the same bytes at both ends', async () => {
    const { client, server } = await pair();
    const inbox = frames(server);
    client.send({ header: { n: 1 }, body: new Float32Array(1000) });
    await inbox.take();
    expect(server.receivedBytes).toBe(client.sentBytes);
    expect(client.queuedBytes).toBe(0);
    expect(client.sentBytes).toBeGreaterThan(4000);
  });

  it('reads nothing before a handler is there, and loses nothing', async () => {
    const { client, server } = await pair();
    client.send(small({ n: 1 }));
    client.send(small({ n: 2 }));
    await turns(20);
    const inbox = frames(server);
    expect([await inbox.take(), await inbox.take()].map(({ header }) => header.n)).toEqual([1, 2]);
  });

  it('hands out one frame at a time while a handler takes its time', async () => {
    const { client, server } = await pair();
    const seen: unknown[] = [];
    const gates = new Inbox<() => void>();
    server.onFrame = ({ header }) => {
      seen.push(header.n);
      return new Promise((resolve) => gates.put(resolve));
    };
    for (let n = 0; n < 3; n += 1) client.send(small({ n }));
    for (let n = 0; n < 3; n += 1) {
      const open = await gates.take();
      await turns(5);
      expect(seen).toEqual(Array.from({ length: n + 1 }, (_, index) => index));
      open();
    }
  });

  it('holds a sender back whose peer does not read, and goes on when it does', async () => {
    const body = new Float32Array(1_000_000);
    const { client, server } = await pair({ maximumQueuedBytes: 40_000_000 });
    let sent = 0;
    while (client.send({ header: { sent }, body })) sent += 1;
    // The half of what may wait, and what the machine's own buffers hold.
    expect(client.queuedBytes).toBeGreaterThan(20_000_000);
    expect(client.queuedBytes).toBeLessThan(25_000_000);
    const inbox = frames(server);
    await client.drained();
    expect(client.queuedBytes).toBeLessThanOrEqual(20_000_000);
    for (let n = 0; n <= sent; n += 1) expect((await inbox.take()).header.sent).toBe(n);
    expect(client.send(small({ sent: 'more' }))).toBe(true);
  });

  it('ends a connection whose peer does not read when the sender does not care', async () => {
    const body = new Float32Array(1_000_000);
    const { client, server } = await pair({ maximumQueuedBytes: 20_000_000 });
    const closed = closing(client);
    let highest = 0;
    for (let count = 0; count < 100; count += 1) {
      client.send({ header: {}, body });
      highest = Math.max(highest, client.queuedBytes);
    }
    expect((await closed).kind).toBe('slow-peer');
    expect(highest).toBeLessThanOrEqual(20_000_000);
    await client.drained();
    expect(client.send(small({}))).toBe(false);
    const gone = closing(server);
    frames(server);
    expect(['ended', 'lost']).toContain((await gone).kind);
  });

  it('says of each body once that it has left, or that it never will', async () => {
    const { client } = await pair({ maximumQueuedBytes: 40_000_000 });
    const left: number[] = [];
    let count = 0;
    const body = new Float32Array(1_000_000);
    // No process reads there: some of them leave, the others wait.
    while (client.send({ header: {}, body }, left.push.bind(left, count))) count += 1;
    const closed = closing(client);
    client.destroy();
    await closed;
    const all = Array.from({ length: count + 1 }, (_, index) => index);
    expect(left.toSorted((a, b) => a - b)).toEqual(all);
    client.send({ header: {}, body }, left.push.bind(left, -1));
    expect(left.at(-1)).toBe(-1);
    expect(left).toHaveLength(all.length + 1);
  });

  it('lends a body until it has left', async () => {
    const { client, server } = await pair();
    const inbox = frames(server);
    const body = new Float32Array(300_000).fill(1);
    for (const value of [1, 2, 3]) {
      await new Promise<void>((resolve) => {
        client.send({ header: {}, body: body.fill(value) }, resolve);
      });
    }
    for (const value of [1, 2, 3]) {
      const { body: received } = await inbox.take();
      expect((received as Float32Array).every((element) => element === value)).toBe(true);
    }
  });

  it('lets small frames past bulk on a connection of their own', async () => {
    const { taken, connect } = await listening({}, { maximumQueuedBytes: 40_000_000 });
    const bulk = await connect();
    await taken.take();
    while (bulk.send({ header: {}, body: new Float32Array(1_000_000) }));
    const control = await connect();
    const inbox = frames(await taken.take());
    control.send(small({ kind: 'heartbeat' }));
    expect((await inbox.take()).header).toEqual({ kind: 'heartbeat' });
    expect(bulk.queuedBytes).toBeGreaterThan(10_000_000);
  });

  it('sends what waits before it closes, and says so at both ends', async () => {
    const { client, server } = await pair();
    const inbox = frames(server);
    const ends = [closing(client), closing(server)];
    for (let n = 0; n < 5; n += 1) client.send({ header: { n }, body: new Float32Array(500_000) });
    client.close();
    expect(client.send(small({}))).toBe(false);
    for (let n = 0; n < 5; n += 1) expect((await inbox.take()).header.n).toBe(n);
    expect((await Promise.all(ends)).map(({ kind }) => kind)).toEqual(['closed', 'ended']);
  });

  it('loses nothing that both ends send while both close', async () => {
    const { client, server } = await pair();
    const seen: number[] = [];
    server.onFrame = () => void seen.push(1);
    const ends = [closing(client), closing(server)];
    client.send({ header: {}, body: new Float32Array(900_000) });
    client.close();
    await Promise.all(ends);
    expect(seen).toEqual([1]);
  });

  it('closes within its time although the other side never reads', async () => {
    const { client } = await pair({ handshakeS: 0.3, maximumQueuedBytes: 80_000_000 });
    while (client.send({ header: {}, body: new Float32Array(1_000_000) }));
    const closed = closing(client);
    client.close();
    expect((await closed).kind).toBe('closed');
  });

  it('closes although the other side went before anybody read anything', async () => {
    const { client, server } = await pair();
    client.send(small({}));
    client.destroy();
    await turns(50);
    const closed = closing(server);
    server.close();
    expect(['closed', 'lost']).toContain((await closed).kind);
  });

  it('reports to the other side when a connection is destroyed', async () => {
    const { client, server } = await pair();
    frames(server);
    const ends = [closing(client), closing(server)];
    client.destroy();
    const [here, there] = await Promise.all(ends);
    expect(here!.kind).toBe('closed');
    expect(['ended', 'lost']).toContain(there!.kind);
  });

  it('ends a connection whose handler fails, and says with what', async () => {
    for (const fail of [
      () => {
        throw new Error('no');
      },
      () => Promise.reject(new Error('no')),
    ]) {
      const { client, server } = await pair();
      server.onFrame = fail;
      const closed = closing(server);
      client.send(small({}));
      const { kind, error } = await closed;
      expect(kind).toBe('handler-failed');
      expect(error).toEqual(new Error('no'));
    }
  });

  it('refuses to send what is no plain data or beyond the limits', async () => {
    const { client } = await pair({ maximumBodyBytes: 400, maximumHeaderBytes: 100 });
    const wrong: unknown[] = [new Date(), new Uint8Array(1), Symbol.iterator, undefined, 2n ** 70n];
    for (const value of wrong) {
      expect(() => client.send({ header: { value } as never, body: null })).toThrow(TypeError);
    }
    expect(() => client.send({ header: [] as never, body: null })).toThrow(TypeError);
    expect(() => client.send({ header: {}, body: new Float32Array(101) })).toThrow(RangeError);
    expect(() => client.send(small({ text: 'x'.repeat(100) }))).toThrow(RangeError);
    expect(client.queuedBytes).toBe(0);
  });

  it('ends a connection over which more comes than the receiver allows', async () => {
    const { listener, taken, connect } = await listening({}, { maximumBodyBytes: 4000 });
    const client = await connect({ limits: localOptions().limits });
    const server = await taken.take();
    frames(server);
    const closed = closing(server);
    client.send({ header: {}, body: new Float32Array(100_000) });
    expect((await closed).kind).toBe('bad-frame');
    expect(listener.refused.length).toBe(1);
  });

  it('knows who shares the secret, on both sides', async () => {
    const { listener, connect, taken } = await listening({ secret });
    const client = await connect();
    const inbox = frames(await taken.take());
    client.send(small({ hello: 1 }));
    expect((await inbox.take()).header).toEqual({ hello: 1 });

    const other = Buffer.from('another secret, as long as it must be');
    for (const wrong of [other, null]) {
      const attempt = connect({ secret: wrong });
      await expect(attempt).rejects.toMatchObject({ failure: 'unauthorised' });
      await expect(attempt).rejects.toThrow(/secret/);
      await expect(attempt).rejects.not.toThrow(/another secret|a secret of tests/);
    }
    expect(listener.refused.unauthorised).toBe(2);
    expect(taken.size).toBe(0);
  });

  it('does not speak without a secret to one that wants it with one', async () => {
    const { connect } = await listening();
    await expect(connect({ secret })).rejects.toMatchObject({ failure: 'unauthorised' });
  });

  it('takes no more connections than allowed, until one ends', async () => {
    const { listener, connect, taken } = await listening({}, { maximumConnections: 2 });
    const first = await connect();
    await connect();
    await expect(connect()).rejects.toMatchObject({ name: 'TransportError' });
    expect(listener.refused.full).toBe(1);
    const server = await taken.take();
    const closed = closing(server);
    frames(server);
    first.close();
    await closed;
    await eventually(async () => {
      await connect();
    });
  });

  it('says when no process listens', async () => {
    const { listener, connect } = await listening();
    await listener.close();
    await expect(connect()).rejects.toMatchObject({ failure: 'unreachable' });
  });

  it('refuses an address that is taken', async () => {
    const { transport, listener } = await listening();
    const again = transport.listen(localOptions({ port: listener.address.port }), () => {});
    await expect(again).rejects.toThrow(/cannot listen at 127\.0\.0\.1:\d+/);
  });

  it('closes every connection with the listener', async () => {
    const { listener, connect, taken } = await listening();
    const client = await connect();
    frames(client);
    const ends = [closing(client), closing(await taken.take())];
    await listener.close();
    expect((await Promise.all(ends)).map(({ kind }) => kind)).toEqual(['ended', 'closed']);
  });
}

/** Lets the loop turn, so that what could happen has happened. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((next) => setImmediate(next));
}

async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (let left = 1000; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await turns(1);
    }
  }
}

function bytesOf(body: Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
}

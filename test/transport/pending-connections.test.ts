import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Connection } from '#src/transport/connection.js';
import { encodeFrame } from '#src/transport/encode-frame.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { FrameReader } from '#src/transport/frame-reader.js';
import { PROTOCOL_VERSION } from '#src/transport/handshake.js';
import { handshakeLimits, type Limits } from '#src/transport/limits.js';
import { makePrivateAuthority } from '#src/transport/private-authority.js';
import { tcp } from '#src/transport/tcp.js';
import type { Listener, ListenOptions, TlsFiles } from '#src/transport/transport.js';
import { webSocket } from '#src/transport/websocket.js';
import { localOptions, secret, small } from './options.ts';

const nonce = Buffer.alloc(32, 7).toString('base64');
const hello = { kind: 'hello', version: PROTOCOL_VERSION, authenticates: true, nonce };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listening(changes: Partial<ListenOptions> = {}, limits: Partial<Limits> = {}) {
  const taken: Connection[] = [];
  const listener = await tcp.listen(localOptions({ secret, ...changes }, limits), (connection) => {
    taken.push(connection);
  });
  ends.push(() => listener.close());
  return { listener, taken };
}

/** Somebody with a socket, who may speak the protocol or not. */
class RawClient {
  readonly socket: Socket;
  readonly #reader = new FrameReader({ ...handshakeLimits, maximumBodyBytes: 0 });
  readonly #frames: Frame[] = [];
  readonly closed: Promise<unknown>;

  constructor(listener: Listener, localAddress = '127.0.0.1') {
    const { port } = listener.address;
    this.socket = connect({ port, host: '127.0.0.1', localAddress });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.on('data', (piece) => {
      this.#reader.push(piece);
      for (let frame = this.#reader.next(); frame !== null; frame = this.#reader.next()) {
        this.#frames.push(frame);
      }
      this.socket.emit('frame');
    });
    ends.push(() => this.socket.destroy());
  }

  say(header: Header): void {
    for (const piece of encodeFrame(small(header), handshakeLimits)) this.socket.write(piece);
  }

  async hear(): Promise<Header> {
    while (this.#frames.length === 0) await once(this.socket, 'frame');
    return this.#frames.shift()!.header;
  }
}

/** Somebody who listens, and answers every hello with given messages. */
async function impostor(answers: readonly Header[]): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let left = [...answers];
    socket.on('data', () => {
      const [answer, ...others] = left;
      left = others;
      if (answer === undefined) return;
      for (const piece of encodeFrame(small(answer), handshakeLimits)) socket.write(piece);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return (server.address() as { port: number }).port;
}

describe('a listener', () => {
  it('answers another version politely, with its own', async () => {
    const { listener, taken } = await listening();
    const client = new RawClient(listener);
    client.say({ ...hello, version: PROTOCOL_VERSION + 1 });
    expect(await client.hear()).toMatchObject({
      kind: 'refused',
      why: 'version',
      version: PROTOCOL_VERSION,
    });
    await client.closed;
    expect(listener.refused.version).toBe(1);
    expect(taken).toEqual([]);
  });

  it('proves nothing to who has proven nothing', async () => {
    const { listener } = await listening();
    const client = new RawClient(listener);
    client.say(hello);
    const challenge = await client.hear();
    expect(Object.keys(challenge).sort()).toEqual(['kind', 'nonce']);
  });

  it('refuses a handshake that was overheard and is said again', async () => {
    const { listener, taken } = await listening();
    // Overheard: all that a real client said.
    const said: Uint8Array[] = [];
    const relay = createServer((incoming) => {
      const outgoing = connect(listener.address.port, '127.0.0.1');
      incoming.on('data', (piece) => said.push(piece));
      incoming.pipe(outgoing).pipe(incoming);
    });
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const client = await tcp.connect(
      localOptions({ secret, port: (relay.address() as { port: number }).port }),
    );
    ends.push(() => relay.close());
    expect(taken.length).toBe(1);
    client.destroy();

    const peer = new RawClient(listener);
    for (const piece of said) peer.socket.write(piece);
    expect((await peer.hear()).kind).toBe('challenge');
    expect(await peer.hear()).toMatchObject({ kind: 'refused', why: 'unauthorised' });
    await peer.closed;
    expect(taken.length).toBe(1);
    expect(listener.refused.unauthorised).toBe(1);
  });

  it('is not fooled by its own nonce, sent back to it', async () => {
    const { listener, taken } = await listening();
    const client = new RawClient(listener);
    client.say(hello);
    const challenge = await client.hear();
    client.say({ kind: 'proof', mac: challenge.nonce! });
    expect(await client.hear()).toMatchObject({ kind: 'refused', why: 'unauthorised' });
    expect(taken).toEqual([]);
  });

  it.each([
    ['no message of the handshake', { kind: 'gradient' }, 'handshake'],
    ['a hello without a nonce', { ...hello, nonce: 5 }, 'handshake'],
    ['a hello with a short nonce', { ...hello, nonce: 'AAAA' }, 'handshake'],
    ['a hello that asks for no proof', { ...hello, authenticates: false }, 'unauthorised'],
  ] as const)('refuses %s', async (_name, message, refusal) => {
    const { listener, taken } = await listening();
    const client = new RawClient(listener);
    client.say(message);
    await client.closed;
    expect(listener.refused[refusal]).toBe(1);
    expect(taken).toEqual([]);
  });

  it('refuses a proof that is none, whatever it is', async () => {
    const { listener } = await listening();
    const macs = ['', 'AAAA', Buffer.alloc(32).toString('base64'), 7, null, ['x']];
    for (const mac of macs) {
      const client = new RawClient(listener);
      client.say(hello);
      await client.hear();
      client.say({ kind: 'proof', mac });
      expect(await client.hear()).toMatchObject({ why: 'unauthorised' });
    }
    expect(listener.refused.unauthorised).toBe(macs.length);
  });

  it('allows clients no body, no large header and nothing else than frames', async () => {
    const { listener, taken } = await listening();
    const large = { ...localOptions().limits };
    for (const bytes of [
      Buffer.concat(encodeFrame({ header: hello, body: new Float32Array(1) }, large)),
      Buffer.concat(encodeFrame(small({ ...hello, more: 'x'.repeat(600) }), large)),
      Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    ]) {
      const client = new RawClient(listener);
      client.socket.write(bytes);
      await client.closed;
    }
    expect(listener.refused).toMatchObject({ length: 2, magic: 1 });
    expect(taken).toEqual([]);
  });

  it('waits no longer than allowed for a handshake, also for half of one', async () => {
    const { listener } = await listening({}, { handshakeS: 0.2 });
    const silent = new RawClient(listener);
    const slow = new RawClient(listener);
    slow.say(hello);
    await Promise.all([silent.closed, slow.closed]);
    expect(listener.refused.timeout).toBe(2);
  });

  it('counts who vanishes', async () => {
    const { listener } = await listening();
    const client = new RawClient(listener);
    client.say(hello);
    await client.hear();
    client.socket.destroy();
    await until(() => listener.refused.vanished === 1);
  });

  it('takes a thousand clients at a time, and drops the first for the next', async () => {
    const { listener } = await listening({}, { maximumConnections: 2000, maximumPending: 1000 });
    const clients = Array.from({ length: 1000 }, () => new RawClient(listener));
    for (const client of clients) client.say(hello);
    for (const client of clients) expect((await client.hear()).kind).toBe('challenge');
    const next = new RawClient(listener);
    await clients[0]!.closed;
    next.say(hello);
    expect((await next.hear()).kind).toBe('challenge');
    expect(listener.refused.full).toBe(1);
  });

  it('ends a connection at the first frame that is none, and says why', async () => {
    const { listener, taken } = await listening({ secret: null });
    const client = new RawClient(listener);
    client.say({ ...hello, authenticates: false });
    expect((await client.hear()).kind).toBe('welcome');
    const seen: Frame[] = [];
    const closed = new Promise((resolve) => {
      taken[0]!.onClose = resolve;
    });
    taken[0]!.onFrame = (frame) => void seen.push(frame);
    client.say({ n: 1 });
    const corrupted = Buffer.concat(encodeFrame(small({ n: 2 }), handshakeLimits));
    corrupted[corrupted.length - 3] = corrupted[corrupted.length - 3]! ^ 1;
    client.socket.write(corrupted);
    client.say({ n: 3 });
    expect(await closed).toMatchObject({ kind: 'bad-frame', detail: /checksum/ });
    expect(seen.map(({ header }) => header)).toEqual([{ n: 1 }]);
    expect(listener.refused.checksum).toBe(1);
  });

  it('calls a connection lost that ends inside a frame', async () => {
    const { listener, taken } = await listening({ secret: null });
    const client = new RawClient(listener);
    client.say({ ...hello, authenticates: false });
    await client.hear();
    const closed = new Promise((resolve) => {
      taken[0]!.onClose = resolve;
    });
    taken[0]!.onFrame = () => {};
    client.socket.end(encodeFrame(small({ n: 1 }), handshakeLimits)[0]!.subarray(0, -1));
    expect(await closed).toMatchObject({ kind: 'lost', detail: /middle of a frame/ });
  });
});

describe.each([tcp, webSocket])('many who hold connections open, over $name,', (transport) => {
  const limits = { maximumConnections: 40, maximumPending: 20 };
  let tls: TlsFiles;
  beforeAll(async () => {
    const { ca, listener } = await makePrivateAuthority(['127.0.0.1'], 1);
    tls = { ca, ...listener };
  });

  it.each([
    ['from another address, again and again', '127.0.0.2', true, false],
    ['from the same address', '127.0.0.1', false, false],
    ['from another address, again and again, before TLS', '127.0.0.2', true, true],
    ['from the same address, before TLS', '127.0.0.1', false, true],
  ])('keep no peer out: %s', async (_name, address, isStubborn, isEncrypted) => {
    const options = localOptions({ secret, tls: isEncrypted ? tls : null }, limits);
    const taken: Connection[] = [];
    const listener = await transport.listen(options, (connection) => taken.push(connection));
    ends.push(() => listener.close());
    let isOver = false;
    ends.push(() => {
      isOver = true;
    });
    /** Connects and says nothing; once more whenever it is dropped, if it is stubborn. */
    const holdOpen = () => {
      if (isOver) return;
      const { closed } = new RawClient(listener, address);
      // Not faster than the system has new ports for it.
      if (isStubborn) void closed.then(() => setTimeout(holdOpen, 50));
    };
    const come = () => {
      for (let count = 0; count < 60; count += 1) holdOpen();
    };
    come();
    await until(() => listener.refused.full >= 40);
    const clients: Connection[] = [];
    while (clients.length < 10) {
      const client = await transport.connect({ ...options, port: listener.address.port });
      ends.push(() => client.destroy());
      clients.push(client);
      expect(taken.length).toBe(clients.length);
    }
    // Known, they stay when others come.
    const before = listener.refused.full;
    come();
    await until(() => listener.refused.full >= before + 50);
    const heard = Promise.all(
      taken.map((connection) => {
        return new Promise<Frame>((resolve) => {
          connection.onFrame = resolve;
        });
      }),
    );
    for (const [index, client] of clients.entries()) client.send(small({ n: index }));
    expect((await heard).map(({ header }) => header.n)).toEqual([...clients.keys()]);
  });
});

describe('a client', () => {
  const dial = (port: number, changes: Partial<ListenOptions> = {}, limits: Partial<Limits> = {}) =>
    tcp.connect(localOptions({ port, secret, ...changes }, limits));

  it('says which versions there are when the listener speaks another', async () => {
    const port = await impostor([{ kind: 'refused', why: 'version', version: 9, detail: '' }]);
    const attempt = dial(port);
    await expect(attempt).rejects.toMatchObject({ failure: 'version' });
    await expect(attempt).rejects.toThrow(/speaks version 9 .* this program version 1: install/);
  });

  it('does not take a welcome for a proof', async () => {
    await expect(dial(await impostor([{ kind: 'welcome' }]))).rejects.toMatchObject({
      failure: 'not-ours',
    });
    const challenge = { kind: 'challenge', nonce };
    for (const mac of [undefined, '', nonce]) {
      const port = await impostor([challenge, { kind: 'welcome', ...(mac && { mac }) }]);
      await expect(dial(port)).rejects.toMatchObject({ failure: 'unauthorised' });
    }
  });

  it('is not fooled by its own proof, sent back to it', async () => {
    const server = createServer((socket) => {
      const reader = new FrameReader(handshakeLimits);
      const answer = (header: Header) =>
        socket.write(encodeFrame(small(header), handshakeLimits)[0]!);
      socket.on('data', (piece) => {
        reader.push(piece);
        const { header } = reader.next()!;
        if (header.kind === 'hello') answer({ kind: 'challenge', nonce: header.nonce! });
        else answer({ kind: 'welcome', mac: header.mac! });
      });
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => server.close());
    const { port } = server.address() as { port: number };
    await expect(dial(port)).rejects.toMatchObject({ failure: 'unauthorised' });
  });

  it('prints nothing of an unauthenticated peer that could move a terminal’s cursor', async () => {
    const detail = `\u001b[2Jx${'y'.repeat(200)}`;
    const port = await impostor([{ kind: 'refused', why: 'full', version: 1, detail }]);
    const error = await dial(port).catch((reason) => reason);
    expect(error.message).toMatch(/refused the connection: \?\[2Jxy+$/);
    expect(error.message.length).toBeLessThan(200);
  });

  it('gives up on a listener that says nothing', async () => {
    const port = await impostor([]);
    await expect(dial(port, {}, { handshakeS: 0.2 })).rejects.toMatchObject({ failure: 'timeout' });
    const ws = webSocket.connect(localOptions({ port, secret }, { handshakeS: 0.2 }));
    await expect(ws).rejects.toMatchObject({ failure: 'timeout' });
  });
});

describe('a WebSocket listener', () => {
  async function listeningWeb() {
    const taken: Connection[] = [];
    const listener = await webSocket.listen(localOptions({ secret }), (connection) => {
      taken.push(connection);
    });
    ends.push(() => listener.close());
    return { listener, taken, url: `ws://127.0.0.1:${listener.address.port}` };
  }

  it('does not speak with a page in a browser', async () => {
    const { listener, url } = await listeningWeb();
    const page = new WebSocket(url, { origin: 'http://example.org' });
    const [error] = await once(page, 'error');
    expect(String(error)).toMatch(/403/);
    expect(listener.refused.handshake).toBe(1);
  });

  it('ends a connection over which text comes', async () => {
    const { listener, url } = await listeningWeb();
    const client = new WebSocket(url);
    await once(client, 'open');
    client.send('hello');
    await once(client, 'close');
    expect(listener.refused.encoding).toBe(1);
  });

  it('takes no more than a little from an unauthenticated peer, whatever its message announces', async () => {
    const { url, taken } = await listeningWeb();
    const client = new WebSocket(url);
    client.on('error', () => {});
    await once(client, 'open');
    // Within what a known one may send, in one message that never ends.
    const closed = once(client, 'close');
    client.send(Buffer.alloc(100_000), { fin: false });
    await closed;
    expect(taken).toEqual([]);
  });

  it('says that it is no web server', async () => {
    const { listener } = await listeningWeb();
    const answer = await fetch(`http://127.0.0.1:${listener.address.port}/`);
    expect(answer.status).toBe(426);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((next) => setImmediate(next));
}

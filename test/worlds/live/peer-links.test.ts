import { describe, expect, it } from 'vitest';
import type { Connection } from '#src/transport/connection.js';
import type { Frame } from '#src/transport/frame.js';
import { PeerLinks } from '#src/worlds/live/process/peer-links.js';

/** A connection to a peer that takes what it is sent only when the test says so. */
function slowPeer() {
  const sent: unknown[] = [];
  const lent: (() => void)[] = [];
  let drain = (): void => {};
  const connection: Connection = {
    ...{ remote: 'slow', sentBytes: 0, receivedBytes: 0, queuedBytes: 0 },
    send: ({ header }, left = () => {}) => {
      sent.push(header.type);
      lent.push(left);
      return false;
    },
    drained: () =>
      new Promise((resolve) => {
        drain = resolve;
      }),
    destroy: () => {
      for (const left of lent.splice(0)) left();
    },
    ...{ onFrame() {}, onClose() {}, release() {}, readBodiesInto() {}, close() {} },
  };
  const links = new PeerLinks(async () => connection, 0, [0, 0]);
  links.setAddresses([
    { host: 'a', port: 1 },
    { host: 'b', port: 2 },
  ]);
  const send = (done = () => {}) => {
    const message = { type: 'work', worker: 'w', version: 1 } as const;
    links.send(1, { message, body: () => null, done });
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { links, connection, sent, send, turn, drain: () => drain() };
}

describe('the links to other processes', () => {
  it('send one message at a time to a peer that takes no more', async () => {
    const { links, sent, send, turn, drain } = slowPeer();
    for (let count = 0; count < 9; count += 1) send();
    await turn();
    // Its name goes first.
    expect(sent).toEqual(['peer', 'work']);
    expect(links.isCongested(1)).toBe(true);
    let isRelieved = false;
    void links.relieved(1).then(() => {
      isRelieved = true;
    });
    await turn();
    expect(isRelieved).toBe(false);
    drain();
    await turn();
    expect(sent).toEqual(['peer', 'work', 'work']);
    expect(links.isCongested(1)).toBe(false);
    expect(isRelieved).toBe(true);
  });

  it('give back a body that comes with the name of a process', async () => {
    const { links, connection } = slowPeer();
    const released: unknown[] = [];
    const accepted = { ...connection, release: (body: unknown) => void released.push(body) };
    links.accept(accepted, () => {});
    const body = new Float32Array(3);
    await accepted.onFrame({ header: { type: 'peer', slot: 1, generation: 0 }, body });
    expect(released).toEqual([body]);
  });

  it('let go of everything that waits for a peer that is gone', async () => {
    const { links, sent, send, turn } = slowPeer();
    let done = 0;
    const count = () => {
      done += 1;
    };
    for (let index = 0; index < 20; index += 1) send(count);
    await turn();
    const relieved = links.relieved(1);
    links.lose(1);
    await relieved;
    expect(done).toBe(20);
    send(count);
    expect(done).toBe(21);
    expect(sent).toEqual(['peer', 'work']);
  });

  it('keep what answers a successor until the coordinator has said where it is', async () => {
    const { links, sent, send, turn } = slowPeer();
    links.lose(1);
    expect(links.isLost(1)).toBe(true);
    const connection = { onFrame: (_: Frame): void | Promise<void> => {} } as Connection;
    connection.destroy = () => {};
    links.accept(connection, () => {});
    await connection.onFrame({ header: { type: 'peer', slot: 1, generation: 1 }, body: null });
    expect([links.isLost(1), links.isCut(1)]).toEqual([false, true]);
    send();
    await turn();
    expect(sent).toEqual([]);
    links.setAddresses([null, { host: 'c', port: 3 }]);
    await turn();
    expect(sent).toEqual(['peer', 'work']);
    // Lost again, it is answered no more.
    links.lose(1);
    expect(links.isLost(1)).toBe(true);
  });

  it('go to the process that takes the slot of one that is gone, and come from that alone', async () => {
    const { links, sent, send, turn } = slowPeer();
    send();
    await turn();
    links.lose(1);
    links.setAddresses([null, { host: 'c', port: 3 }]);
    send();
    await turn();
    expect(sent).toEqual(['peer', 'work', 'peer', 'work']);
    const received: unknown[] = [];
    let isDestroyed = false;
    const from = async (generation: number) => {
      const connection = { onFrame: (_: Frame): void | Promise<void> => {} } as Connection;
      connection.destroy = () => {
        isDestroyed = true;
      };
      links.accept(connection, ({ header }) => {
        received.push(header.worker);
      });
      for (const header of [
        { type: 'peer', slot: 1, generation },
        { type: 'work', worker: `of generation ${generation}`, version: 1 },
      ]) {
        if (!isDestroyed) await connection.onFrame({ header, body: null });
      }
    };
    await from(1);
    await from(0);
    expect(isDestroyed).toBe(true);
    expect(received).toEqual(['of generation 1']);
  });
});

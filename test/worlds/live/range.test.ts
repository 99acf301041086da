import { describe, expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { SimulatedEvent } from '#src/journal/events.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { NodeProcess } from '#src/worlds/live/process/node-process.js';
import { PeerLinks } from '#src/worlds/live/process/peer-links.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';
import type { Movement } from '#src/worlds/live/protocol/movement-message.js';
import { placeNodes } from '#src/worlds/live/protocol/placement.js';
import { tinyConfig } from '../tiny-config.ts';

const worker = 'worker-1';

/** A host with the server `left`, whose time a test sets, and what it has reported. */
async function serverHost() {
  const { settings, computation, threads, theta } = await compose(tinyConfig());
  let wallUs = 0;
  const clock = new LiveClock(() => wallUs, 1);
  const hosts = placeNodes(settings, 1);
  const { host: self } = hosts.find(({ nodes }) => nodes.includes('left'))!;
  const reported: SimulatedEvent[] = [];
  const host = new NodeProcess({
    ...{ settings, computation, theta, clock, hosts, self, generation: 0, compute: 'modelled' },
    memory: new VectorMemory(threads.memory, settings.dimension),
    pool: {
      hasRoom: false,
      run() {},
      nextCompletion: () => new Promise(() => {}),
      async close() {},
    },
    links: new PeerLinks(
      () => new Promise(() => {}),
      self,
      hosts.map(() => 0),
    ),
    tell: (message) => {
      if (message.type !== 'report') return;
      for (const item of message.items) if (item.type === 'record') reported.push(item.event);
    },
  });
  clock.run();
  return {
    at: (timeUs: number) => {
      wallUs = timeUs;
    },
    clock,
    expect: (movements: Movement[]) => host.expect(movements),
    /** The last byte of a gradient that was sent within a contact is there. */
    arrive: async (gradient: number, contact: number, dueUs = 0, to = 'left') => {
      const message = { type: 'gradient', round: 1, version: 0, gradient } as const;
      const header = {
        ...{ type: 'nodes', dueUs, from: worker, to: [to], contacts: [contact], message },
        ...{ wire: null, finite: true, loss: 1 },
      };
      const body = new Float32Array(settings.dimension);
      const { host: from } = hosts.find(({ role }) => role === 'workers')!;
      await host.peers.receive({ header, body }, { host: from, isThere: () => true });
      await Promise.resolve();
    },
    /** How that gradient ended here, if it did. */
    endOf: (gradient: number) =>
      reported.find((event) => event.type === 'gradient-ended' && event.gradient === gradient),
  };
}

const contact = (
  timeUs: number,
  type: 'enter-range' | 'leave-range',
  contact: number,
): Movement => ({
  ...{ timeUs, type, worker: worker, server: 'left', contact },
});

describe('a host that receives a message', () => {
  it('takes it when its contact still lasts at the last byte', async () => {
    const host = await serverHost();
    host.expect([contact(10, 'enter-range', 4), contact(90, 'leave-range', 4)]);
    host.at(50);
    await host.arrive(1, 4);
    // It got through to the server, which has no round open.
    expect(host.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'late' });
  });

  it('loses it when the contact ended, by its own clock, before the last byte', async () => {
    const host = await serverHost();
    host.expect([contact(10, 'enter-range', 4), contact(90, 'leave-range', 4)]);
    host.at(90);
    await host.arrive(1, 4);
    expect(host.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'left-range' });
  });

  it('loses it when it was sent within the contact before, though the sender is back', async () => {
    const host = await serverHost();
    host.expect([
      contact(10, 'enter-range', 4),
      contact(90, 'leave-range', 4),
      contact(95, 'enter-range', 5),
    ]);
    host.at(100);
    await host.arrive(1, 4);
    await host.arrive(2, 5);
    expect(host.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'left-range' });
    expect(host.endOf(2)).toMatchObject({ outcome: 'dropped', reason: 'late' });
  });

  it('takes one whose link models a longer time when that is over', async () => {
    const host = await serverHost();
    host.expect([contact(10, 'enter-range', 4), contact(90, 'leave-range', 4)]);
    host.at(50);
    await host.arrive(1, 4, 80);
    expect(host.endOf(1)).toBeUndefined();
    host.at(80);
    await host.arrive(2, 4, 95);
    expect(host.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'late' });
    expect(host.endOf(2)).toBeUndefined();
    // By then the contact is over.
    host.at(95);
    await host.arrive(3, 4);
    expect(host.endOf(2)).toMatchObject({ outcome: 'dropped', reason: 'left-range' });
  });

  it('takes nothing while the clock is held', async () => {
    const host = await serverHost();
    host.expect([contact(10, 'enter-range', 4)]);
    host.at(50);
    host.clock.hold();
    const arriving = host.arrive(1, 4);
    await new Promise((resolve) => setImmediate(resolve));
    expect(host.endOf(1)).toBeUndefined();
    host.clock.run();
    await arriving;
    expect(host.endOf(1)).toBeDefined();
  });

  it('refuses one for a node that is elsewhere', async () => {
    const host = await serverHost();
    for (const node of ['right', 'nobody', 'constructor']) {
      await expect(host.arrive(7, 4, 0, node)).rejects.toThrow(`${node}, which does not run here`);
    }
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { SimulatedEvent } from '#src/journal/events.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { NodeProcess } from '#src/worlds/live/process/node-process.js';
import { PeerLinks } from '#src/worlds/live/process/peer-links.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';
import type { Movement } from '#src/worlds/live/protocol/movement-message.js';
import { placeNodes } from '#src/worlds/live/protocol/placement.js';
import { expectOwnedByProcess } from '../owned-values.ts';
import { tinyConfig } from '../tiny-config.ts';

const worker = 'worker-1';
const running: NodeProcess[] = [];
let counted = 0;

afterEach(() => {
  counted = 0;
  const processes = running.splice(0);
  for (const process of processes) process.close();
  expect(counted).toBe(processes.length);
});

/** A process with the server `left`, whose time a test sets, and what it has reported. */
async function serverProcess() {
  const { settings, computation, threads, theta } = await compose(tinyConfig());
  let wallUs = 0;
  const clock = new LiveClock(() => wallUs, 1);
  const slots = placeNodes(settings, 1);
  const { index: self } = slots.find(({ nodes }) => nodes.includes('left'))!;
  const reported: SimulatedEvent[] = [];
  const process = new NodeProcess({
    ...{ settings, computation, theta, clock, slots, self, generation: 0 },
    ...{ compute: 'modelled', shapesLinks: false },
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
      slots.map(() => 0),
    ),
    onOver: (owners) => {
      expectOwnedByProcess(owners);
      counted += 1;
    },
    send: (message) => {
      if (message.type !== 'report') return;
      for (const item of message.items) if (item.type === 'record') reported.push(item.event);
    },
  });
  running.push(process);
  clock.run();
  return {
    at: (timeUs: number) => {
      wallUs = timeUs;
    },
    clock,
    expect: (movements: Movement[]) => process.movements.expect(movements),
    /** The last byte of a gradient that was sent within a contact is there. */
    arrive: async (gradient: number, contact: number, dueUs = 0, to = 'left') => {
      const message = { type: 'gradient', round: 1, version: 0, gradient } as const;
      const header = {
        ...{ type: 'nodes', dueUs, from: worker, to: [to], contacts: [contact], message },
        ...{ wire: null, finite: true, loss: 1 },
      };
      const body = new Float32Array(settings.dimension);
      const { index: from } = slots.find(({ role }) => role === 'workers')!;
      await process.peers.receive({ header, body }, { slot: from, isThere: () => true });
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

describe('a process that receives a message', () => {
  it('takes it when its contact still lasts at the last byte', async () => {
    const process = await serverProcess();
    process.expect([contact(10, 'enter-range', 4), contact(90, 'leave-range', 4)]);
    process.at(50);
    await process.arrive(1, 4);
    // It got through to the server, which has no round open.
    expect(process.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'late' });
  });

  it('loses it when the contact ended, by its own clock, before the last byte', async () => {
    const process = await serverProcess();
    process.expect([contact(10, 'enter-range', 4), contact(90, 'leave-range', 4)]);
    process.at(90);
    await process.arrive(1, 4);
    expect(process.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'left-range' });
  });

  it('loses it when it was sent within the contact before, though the sender is back', async () => {
    const process = await serverProcess();
    process.expect([
      contact(10, 'enter-range', 4),
      contact(90, 'leave-range', 4),
      contact(95, 'enter-range', 5),
    ]);
    process.at(100);
    await process.arrive(1, 4);
    await process.arrive(2, 5);
    expect(process.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'left-range' });
    expect(process.endOf(2)).toMatchObject({ outcome: 'dropped', reason: 'late' });
  });

  it('takes one whose link models a longer time when that is over', async () => {
    const process = await serverProcess();
    process.expect([contact(10, 'enter-range', 4), contact(90, 'leave-range', 4)]);
    process.at(50);
    await process.arrive(1, 4, 80);
    expect(process.endOf(1)).toBeUndefined();
    process.at(80);
    await process.arrive(2, 4, 95);
    expect(process.endOf(1)).toMatchObject({ outcome: 'dropped', reason: 'late' });
    expect(process.endOf(2)).toBeUndefined();
    // By then the contact is over.
    process.at(95);
    await process.arrive(3, 4);
    expect(process.endOf(2)).toMatchObject({ outcome: 'dropped', reason: 'left-range' });
  });

  it('takes nothing while the clock is held', async () => {
    const process = await serverProcess();
    process.expect([contact(10, 'enter-range', 4)]);
    process.at(50);
    process.clock.hold();
    const arriving = process.arrive(1, 4);
    await new Promise((resolve) => setImmediate(resolve));
    expect(process.endOf(1)).toBeUndefined();
    process.clock.run();
    await arriving;
    expect(process.endOf(1)).toBeDefined();
  });

  it('refuses one for a node that is elsewhere', async () => {
    const process = await serverProcess();
    for (const node of ['right', 'unknown', 'constructor']) {
      await expect(process.arrive(7, 4, 0, node)).rejects.toThrow(
        `${node}, which does not run here`,
      );
    }
  });
});

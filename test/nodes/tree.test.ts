import { describe, expect, it } from 'vitest';
import { Cloud, newCloud } from '#src/nodes/cloud.js';
import type { Timer } from '#src/nodes/context.js';
import { InnerServer, newInnerServer } from '#src/nodes/inner-server.js';
import type { Message } from '#src/nodes/messages.js';
import { synchronous } from '#src/nodes/round-mode.js';
import { Worker } from '#src/nodes/worker.js';
import { newWorker } from '#src/nodes/worker-state.js';
import { emptyQueue, schedule, takeNext } from '#src/simulation/event-queue.js';
import { FakeContext } from './fake-context.ts';
import { cloudSettings, layer } from './places.ts';

const MESSAGE_US = 10_000;

type Event =
  | { from: string; to: string; message: Message }
  | { node: string; timer: Timer; needs: number | undefined };

/** A fake world in which messages and timers do arrive, and own their values meanwhile. */
class ArrivingContext extends FakeContext {
  readonly queue = emptyQueue<Event>();

  override send(from: string, to: string, message: Message): void {
    if ('value' in message) this.keep(message.value);
    schedule(this.queue, this.nowUs + MESSAGE_US, { from, to, message });
  }

  override after(node: string, delayUs: number, timer: Timer, needs?: number): void {
    if (needs !== undefined) this.keep(needs);
    schedule(this.queue, this.nowUs + delayUs, { node, timer, needs });
  }
}

/** cloud -> 2 regions -> 2 edges each -> 2 workers each, closing at 3 gradients an edge. */
function playTree({ rounds, tooFew }: { rounds: number; tooFew: 'skip' | 'wait' }) {
  const context = new ArrivingContext();
  const edgeLayer = layer({
    collect: { count: 3, distinct: false },
    deadlineUs: 60_000_000,
    tooFew,
  });
  const upperLayer = layer({ collect: 'all' });
  const nodes = new Map<string, Cloud | InnerServer | Worker>();
  const cloud = new Cloud(
    newCloud('cloud', context.value()),
    { id: 'cloud', layer: 'cloud', parent: null, standby: null, children: ['r1', 'r2'] },
    upperLayer,
    { ...cloudSettings, maximumRounds: rounds },
    synchronous,
    context,
  );
  nodes.set('cloud', cloud);
  const workerSettings = {
    localSteps: 1,
    gradient: 1,
    gradientByKind: {},
    maxPerWorker: new Map(),
    departure: 'drop',
  } as const;
  for (const region of ['r1', 'r2']) {
    const children = [`${region}-a`, `${region}-b`];
    const place = { id: region, layer: 'region', parent: 'cloud', standby: null, children };
    nodes.set(
      region,
      new InnerServer(newInnerServer(region), place, upperLayer, synchronous, context),
    );
    for (const id of children) {
      const leaf = { id, layer: 'edge', parent: region, standby: null, children: [] };
      const edge = new InnerServer(newInnerServer(id), leaf, edgeLayer, synchronous, context);
      nodes.set(id, edge);
      for (const worker of [`${id}-w`, `${id}-x`]) {
        const program = new Worker(newWorker(worker), workerSettings, synchronous, context);
        program.associate(id, 'left-range');
        nodes.set(worker, program);
        edge.childJoined(worker);
      }
    }
  }
  cloud.start();
  while (context.finished === null) {
    const entry = takeNext(context.queue)!;
    context.nowUs = entry.timeUs;
    const { event } = entry;
    if ('message' in event) {
      (nodes.get(event.to) as InnerServer).receive(event.from, event.message);
      if ('value' in event.message) context.release(event.message.value);
    } else {
      nodes.get(event.node)!.wake(event.timer);
      if (event.needs !== undefined) context.release(event.needs);
    }
  }
  return { context, nodes };
}

describe('a tree of four tiers', () => {
  it('takes each round down to the workers and up again', () => {
    const { context } = playTree({ rounds: 2, tooFew: 'skip' });
    const opened = context.journal.flatMap((event) =>
      event.type === 'round-opened' && event.round === 1 ? [event.server] : [],
    );
    expect(opened).toEqual(['cloud', 'r1', 'r2', 'r1-a', 'r1-b', 'r2-a', 'r2-b']);
    const updated = context.journal.filter(({ type }) => type === 'updated');
    // Four edges, three gradients each.
    expect(updated).toMatchObject([
      { round: 1, version: 1, gradients: 12 },
      { round: 2, version: 2, gradients: 24 },
    ]);
    // Down three links, then two gradients of a second each (two workers compute three), up three.
    expect(context.nowUs).toBe(2 * (3 * MESSAGE_US + 2_000_000 + 3 * MESSAGE_US));
  });

  it('aggregates at every server once a round', () => {
    const { context } = playTree({ rounds: 3, tooFew: 'skip' });
    const counts = new Map<string, number>();
    for (const { server } of context.aggregations) {
      counts.set(server, (counts.get(server) ?? 0) + 1);
    }
    const servers = ['cloud', 'r1', 'r2', 'r1-a', 'r1-b', 'r2-a', 'r2-b'];
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(servers.map((server) => [server, 3])),
    );
  });

  it.each(['skip', 'wait'] as const)(
    'has let every value go in the end but the model and each last aggregate (%s)',
    (tooFew) => {
      const { context } = playTree({ rounds: 5, tooFew });
      // Values still under way belong to the messages and timers of the queue.
      const { queue } = context;
      for (let entry = takeNext(queue); entry; entry = takeNext(queue)) {
        const { event } = entry;
        if ('needs' in event && event.needs !== undefined) context.release(event.needs);
        if ('message' in event && 'value' in event.message) context.release(event.message.value);
      }
      const last = new Map(context.stands);
      const alive = Object.keys(context.alive).map(Number);
      expect(alive).toHaveLength(1 + 7);
      expect(alive).toEqual(expect.arrayContaining([...last.values()]));
      // One owner each.
      expect(new Set(Object.values(context.alive))).toEqual(new Set([1]));
    },
  );
});

import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { type FailureEvent, LiveFailures } from '#src/worlds/live/coordinator/live-failures.js';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { tinyConfig } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

const layers = {
  cloud: { deadlineS: 6 },
  edge: { collect: { count: 3 }, deadlineS: 4 },
  worker: { gradientS: 0.7 },
};

async function played(faults: object, changes: object = {}): Promise<InProcessLiveWorld> {
  const config = tinyConfig({
    layers,
    faults: faults as never,
    training: { maximumRounds: 30, learningRate: 0.01 },
    ...changes,
    world: 'live',
    live: { speed: 100 },
  });
  const live = await InProcessLiveWorld.open(config);
  await live.run();
  expect(live.record.violations).toEqual([]);
  return live;
}

/** By node: what the journal says of it between its failure and its recovery. */
function meanwhile(
  lines: readonly SimulatedLine[],
  begins: 'crashed' | 'cut',
  ends: 'recovered' | 'restored',
): { node: string; line: SimulatedLine }[] {
  const failing = new Set<string>();
  return lines.flatMap((line) => {
    if (line.type === begins) failing.add('node' in line ? line.node : line.server);
    if (line.type === ends) failing.delete('node' in line ? line.node : line.server);
    return [...failing].map((node) => ({ node, line }));
  });
}

describe.each(['lost', 'kept'] as const)(
  'a server of a live world that crashes, state %s',
  (state) => {
    it('does and hears nothing until it recovers, and then takes part again', async () => {
      const nodes = { layer: 'edge', ids: ['left'] };
      const { simulated } = await played({
        crashes: [{ nodes, atS: 10, recoverAfterS: 20, state }],
      });
      expect(only(simulated, 'crashed')).toMatchObject([{ node: 'left', state }]);
      expect(only(simulated, 'recovered')).toMatchObject([{ node: 'left' }]);
      const between = meanwhile(simulated, 'crashed', 'recovered');
      const own = between.filter(
        ({ line }) =>
          ['round-opened', 'aggregated', 'no-result'].includes(line.type) &&
          'server' in line &&
          line.server === 'left',
      );
      expect(own).toEqual([]);
      const missed = between.filter(
        ({ line }) =>
          line.type === 'message-lost' && line.to === 'left' && line.reason === 'crashed',
      );
      expect(missed.length).toBeGreaterThan(0);
      const after = simulated.slice(simulated.findIndex(({ type }) => type === 'recovered'));
      expect(after.some((line) => line.type === 'aggregated' && line.server === 'left')).toBe(true);
    });
  },
);

describe('workers of a live world that crash again and again', () => {
  it('begin nothing while they are down, and go on with the model that they are sent', async () => {
    const { simulated } = await played({
      crashes: [{ nodes: { layer: 'worker' }, meanTimeToFailureS: 8, recoverAfterS: 2 }],
    });
    const between = meanwhile(simulated, 'crashed', 'recovered');
    const begun = between.filter(
      ({ node, line }) => line.type === 'gradient-started' && line.worker === node,
    );
    expect(begun).toEqual([]);
    expect(only(simulated, 'recovered').length).toBeGreaterThan(5);
    // How many depends on the machine; that they go on does not.
    const recovered = simulated.findIndex(({ type }) => type === 'recovered');
    const later = only(simulated.slice(recovered), 'gradient-ended');
    expect(later.some(({ outcome }) => outcome === 'aggregated')).toBe(true);
    const dropped = simulated.filter(
      (line) => line.type === 'gradient-ended' && line.reason === 'crashed',
    );
    expect(dropped.length).toBeGreaterThan(0);
  });
});

it('draws the times at which the virtual world has the same nodes crash', async () => {
  const config = tinyConfig({
    layers,
    faults: { crashes: [{ nodes: { layer: 'edge' }, meanTimeToFailureS: 10, recoverAfterS: 3 }] },
    training: { maximumRounds: 30 },
  });
  const virtual = await InProcessWorld.open(config);
  await virtual.run();
  const wanted = only(virtual.lines, 'crashed');
  const queue: { timeUs: number; event: FailureEvent }[] = [];
  const crashes: { timeUs: number; node: string }[] = [];
  let nowUs = 0;
  const failures = new LiveFailures({
    settings: virtual.composition.settings,
    canFail: () => true,
    schedule: (timeUs, event) => queue.push({ timeUs, event }),
    send: (node, { type }) => {
      if (type === 'crash') crashes.push({ timeUs: nowUs, node });
    },
    failOver: () => {},
  });
  failures.start();
  while (crashes.length < wanted.length) {
    queue.sort((a, b) => a.timeUs - b.timeUs);
    const { timeUs, event } = queue.shift()!;
    nowUs = timeUs;
    failures.handle(event, nowUs);
  }
  expect(wanted.length).toBeGreaterThan(5);
  expect(wanted).toMatchObject(crashes);
});

describe('a link of a live world that is cut', () => {
  it('lets nothing through until it is restored', async () => {
    const { simulated } = await played({
      cuts: [{ servers: { layer: 'edge', ids: ['right'] }, atS: 8, recoverAfterS: 25 }],
    });
    expect(only(simulated, 'cut')).toMatchObject([{ server: 'right', parent: 'cloud' }]);
    expect(only(simulated, 'restored')).toMatchObject([{ server: 'right', parent: 'cloud' }]);
    const between = meanwhile(simulated, 'cut', 'restored').map(({ line }) => line);
    // In a synchronous run, opening a round is to have heard from the cloud.
    const heard = between.filter((line) => line.type === 'round-opened' && line.server === 'right');
    expect(heard).toEqual([]);
    const lost = between.filter((line) => line.type === 'message-lost' && line.reason === 'cut');
    expect(lost.length).toBeGreaterThan(0);
    const after = simulated.slice(simulated.findIndex(({ type }) => type === 'restored'));
    expect(after.some((line) => line.type === 'aggregated' && line.server === 'right')).toBe(true);
  });
});

describe('a live world that waits for what failed', () => {
  it('says who has crashed, and who is behind a link that is cut', async () => {
    const { simulated } = await played(
      {
        crashes: [{ nodes: { layer: 'edge', ids: ['left'] }, atS: 3 }],
        cuts: [{ servers: { layer: 'edge', ids: ['right'] }, atS: 3 }],
      },
      { training: { maximumRounds: 10_000 } },
    );
    const waiting = only(simulated, 'waiting');
    expect(waiting).toContainEqual(expect.objectContaining({ server: 'left', what: 'recovery' }));
    expect(waiting).toContainEqual(
      expect.objectContaining({ server: 'right', what: 'model', cut: ['cloud'] }),
    );
  });
});

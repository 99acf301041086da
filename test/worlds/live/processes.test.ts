import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { type TinyInput, tinyConfig } from '../tiny-config.ts';
import { InProcessLiveWorld, type LiveWorldOptions } from './in-process-live-world.ts';

const edge = { collect: { count: 3 } };
const worker = { gradientS: 0.7 };

/** None has a deadline at its servers: who waits for ever shows. */
const modes: Record<string, Partial<TinyInput>> = {
  synchronous: { layers: { edge, worker } },
  asynchronous: {
    rounds: { mode: 'asynchronous' },
    layers: { cloud: { collect: { count: 2 } }, edge: { ...edge, deadlineS: 4 }, worker },
  },
  'partially asynchronous': {
    rounds: { mode: 'partially-asynchronous', maximumStaleness: 3 },
    layers: {
      cloud: { collect: { count: 1 }, deadlineS: 8 },
      edge: { ...edge, deadlineS: 4 },
      worker,
    },
  },
};

function config(changes: Partial<TinyInput> = {}, live: object = {}) {
  return tinyConfig({
    training: { maximumRounds: 40, learningRate: 0.01 },
    ...changes,
    world: 'live',
    live: { speed: 60, ...live },
  });
}

async function started(
  changes: Partial<TinyInput>,
  live: object = {},
  options: LiveWorldOptions = {},
) {
  const world = await InProcessLiveWorld.open(config(changes, live), options);
  const ended = world.run();
  const round = (number: number) =>
    world.until((line) => line.type === 'round-ended' && line.round >= number);
  const stop = async () => {
    world.coordinator.end('stopped');
    await ended;
  };
  return { world, ended, round, stop };
}

/** A run that goes on until the test has seen what it waits for, however slow the machine. */
const forLong = { training: { maximumRounds: 100_000, learningRate: 0.01 } };

function expectConservation({ record, simulated }: InProcessLiveWorld): void {
  expect(record.violations).toEqual([]);
  expect(simulated.at(-1)).toMatchObject({ type: 'run-ended' });
}

describe.each(Object.entries(modes))('a live world, %s', (_, changes) => {
  it.each([0, 1000])(
    'has a server whose process is gone join again at the current version, after %i ms',
    async (startMs) => {
      const { world, round, stop } = await started({ ...changes, ...forLong }, {}, { startMs });
      const isOwn = (line: SimulatedLine) =>
        (line.type === 'round-opened' || line.type === 'aggregated') && line.server === 'left';
      await round(5);
      world.kill(world.slotOf('left'));
      const back = await world.until(({ type }) => type === 'recovered');
      const again = await world.until((line) => line.type === 'aggregated' && isOwn(line), back);
      await world.until(({ type }) => type === 'round-ended', again);
      await stop();
      expectConservation(world);
      const { simulated } = world;
      const crash = simulated.findIndex(({ type }) => type === 'crashed');
      expect(simulated[crash]).toMatchObject({ node: 'left', state: 'lost' });
      expect(simulated[back]).toMatchObject({ node: 'left' });
      expect(simulated.slice(crash, back).filter(isOwn)).toEqual([]);
      const after = simulated.slice(back);
      const opened = only(after, 'round-opened').find(({ server }) => server === 'left')!;
      const before = only(simulated.slice(0, back), 'updated').at(-1)!;
      expect(opened.version).toBeGreaterThanOrEqual(before.version);
    },
  );

  it('has a cloud whose process is gone go on from its last version', async () => {
    const { world, round, stop } = await started({ ...changes, ...forLong });
    await round(10);
    world.kill(world.slotOf('cloud'));
    const back = await world.until(({ type }) => type === 'recovered');
    await world.until(({ type }) => type === 'updated', back);
    await stop();
    expectConservation(world);
    const { simulated } = world;
    const crash = simulated.findIndex(({ type }) => type === 'crashed');
    expect(simulated[crash]).toMatchObject({ node: 'cloud' });
    expect(back).toBeGreaterThan(crash);
    const updates = only(simulated, 'updated');
    const before = only(simulated.slice(0, crash), 'updated');
    const after = only(simulated.slice(back), 'updated');
    expect(after.length).toBeGreaterThan(0);
    // The round in flight is lost at most: with it an update that no other process had.
    const kept = before.at(-2)!.gradients;
    expect(after[0]!.gradients).toBeGreaterThan(kept);
    expect(before.length + after.length).toBe(updates.length);
    // A version is never given twice, and no node is ahead of the cloud.
    const versions = updates.map(({ version }) => version);
    expect([...new Set(versions)].sort((a, b) => a - b)).toEqual(versions);
    const numbers = only(simulated, 'round-ended').map(({ round: number }) => number);
    expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(numbers);
  });

  it('has workers whose process is gone leave, and come again with another', async () => {
    const { world, round, stop } = await started({ ...changes, ...forLong });
    await round(5);
    const slot = world.slotOf('worker-1');
    const at = world.simulated.length;
    world.kill(slot);
    const isOwn = (worker: string) => ['worker-1', 'worker-3', 'worker-5'].includes(worker);
    // Before the loss is noticed the trace itself may bring a worker onto the map.
    const from = await world.untilStarted(slot, 1);
    const again = await world.until(
      (line) => line.type === 'enter-map' && isOwn(line.worker),
      from,
    );
    await world.until((line) => line.type === 'gradient-started' && isOwn(line.worker), again);
    await stop();
    expectConservation(world);
    const { simulated, lines } = world;
    expect(only(simulated, 'crashed')).toEqual([]);
    const left = only(simulated.slice(at), 'leave-map');
    expect(left.some(({ worker }) => isOwn(worker))).toBe(true);
    const lost = lines.flatMap((line) =>
      'host' in line && (line.type === 'process-lost' || line.type === 'process-started')
        ? [`${line.type} ${line.slot} ${line.generation}`]
        : [],
    );
    expect(lost.slice(-2)).toEqual([`process-lost ${slot} 0`, `process-started ${slot} 1`]);
    const begun = only(simulated, 'gradient-started');
    const numbers = begun.map(({ gradient }) => gradient);
    expect(new Set(numbers).size).toBe(numbers.length);
    const last = begun.findLast(({ worker }) => isOwn(worker))!;
    expect(last.n).toBeGreaterThan(left[0]!.n);
  });
});

describe('a live world in which everything goes, one after the other', () => {
  it('goes on to its end', async () => {
    const { world, ended, round } = await started({}, { speed: 40 });
    const { coordinator } = world;
    for (const [index, { slot }] of coordinator.slots.entries()) {
      await round(4 + 4 * index);
      world.kill(slot);
    }
    await ended;
    expectConservation(world);
    expect(world.record.ended).toBe('rounds');
    expect(only(world.simulated, 'recovered').map(({ node }) => node)).toEqual([
      'cloud',
      'left',
      'right',
    ]);
  });
});

describe('a live world whose process does not come back', () => {
  it('ends when nothing is learnt without it, and every gradient has one end', async () => {
    const { world, ended, round } = await started(
      { layers: { edge, worker } },
      { returnS: 0.5 },
      { comesBack: false },
    );
    await round(3);
    world.kill(world.slotOf('left'));
    expect(await ended).toMatchObject({ reason: 'lost' });
    expectConservation(world);
    expect(world.record.ended).toBe('lost');
  });

  it('goes on without it where it can', async () => {
    const { world, ended, round } = await started(
      { layers: { cloud: { deadlineS: 6 }, edge, worker } },
      { returnS: 2 },
      { comesBack: false },
    );
    await round(3);
    world.kill(world.slotOf('left'));
    expect(await ended).toMatchObject({ reason: 'rounds' });
    expectConservation(world);
  });

  it('keeps the last model of a cloud that is gone', async () => {
    const { world, ended, round } = await started({}, { returnS: 0.5 }, { comesBack: false });
    await round(10);
    world.kill(world.slotOf('cloud'));
    const { reason, version } = await ended;
    expect(reason).toBe('lost');
    const last = only(world.simulated, 'updated').at(-1)!.version;
    expect(version).toBeGreaterThanOrEqual(last - 1);
    expect(version).toBeGreaterThan(0);
    expectConservation(world);
  });
});

/** Each association says which one it comes after. */
function expectOneServerEach(simulated: readonly SimulatedLine[]): void {
  const servers = new Map<string, string | null>();
  for (const { n, worker, server, previous } of only(simulated, 'associate')) {
    expect(previous, `event ${n}`).toBe(servers.get(worker) ?? null);
    servers.set(worker, server);
  }
}

/** Who enters and leaves the map, in order. */
function movesOf(lines: readonly SimulatedLine[]): string[] {
  return lines.flatMap((line) =>
    line.type === 'enter-map' || line.type === 'leave-map'
      ? [`${line.type} ${line.worker} ${line.entity}`]
      : [],
  );
}

describe('a live world whose coordinator is gone', () => {
  it.each(Object.entries(modes))('goes on from its checkpoint, %s', async (_, changes) => {
    const training = {
      maximumRounds: 40,
      learningRate: 0.01,
      optimiser: { name: 'adam' },
    } as const;
    const some = { ...changes, training, checkpoints: { everyRounds: 8 } };
    const { world, round } = await started(some);
    await round(21);
    world.coordinator.close();
    // Work under way may still be reported.
    await delay(50);
    const { state, text } = world.saved!;
    const saved = { state, text };
    const next = await InProcessLiveWorld.open(config(some), { from: saved });
    await next.run();
    expectConservation(next);
    const { simulated, record } = next;
    expect(record.rounds).toBe(40);
    expect(text.length).toBeGreaterThan(1000);
    // No fault of a node, and the cars are where they were.
    const from = text.split('\n').filter((line) => line.startsWith('{"n":')).length;
    const types = new Set(simulated.slice(from).map(({ type }) => type));
    expect(types).not.toContain('crashed');
    expect(types).not.toContain('recovered');
    const untilS = Math.ceil(simulated.at(-1)!.timeUs / 1e6);
    const trace = await InProcessWorld.open(tinyConfig({ training: { maximumTimeS: untilS } }));
    await trace.run();
    const moves = movesOf(simulated);
    expect(moves.length).toBeGreaterThan(10);
    expect(moves).toEqual(movesOf(trace.lines).slice(0, moves.length));
    expectOneServerEach(simulated);
    const before = only(simulated.slice(0, from), 'updated');
    const after = only(simulated.slice(from), 'updated');
    // Nothing that was in the checkpoint is lost.
    expect(after[0]!.version).toBe(before.at(-1)!.version + 1);
    expect(after[0]!.gradients).toBeGreaterThan(before.at(-1)!.gradients);
    // Adam's state ends with the number of its updates: those before the checkpoint count.
    for (const { state: of } of [world.saved!, next.saved!]) {
      expect(of.cloud!.optimiser!.at(-1)).toBe(of.cloud!.counters.updates);
    }
  });
});

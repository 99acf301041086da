import { describe, expect, it } from 'vitest';
import type { WindowWorkerState } from '#src/nodes/hierarchy/window-worker-state.js';
import { InProcessWorld } from '../in-process-world.ts';
import { InProcessLiveWorld } from '../live/in-process-live-world.ts';
import { only } from '../only.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

/** Of two inner servers with two workers each, the first sends every other child minus twice its model. */
function equivocating(options = { magnitude: 2 }, edge: object = {}) {
  const attack = { rule: 'equivocation', options, byzantine: { ids: ['edge-1'] } };
  return treeConfig({
    rounds: { mode: 'hierarchical', pace: 'synchronous' },
    layers: { worker: { speedMflops: 0.02 }, edge: { attack, ...edge } },
  });
}

/** The models that workers 1 to 4 have received last. */
function received(world: InProcessWorld): Float32Array[] {
  return [1, 2, 3, 4].map((number) => {
    const { model } = world.world.state.workers.get(`worker-${number}`) as WindowWorkerState;
    return world.values.vector(model.base!).slice();
  });
}

describe('an inner server that equivocates', () => {
  it('has children that hold different models, and others do not', async () => {
    const world = await InProcessWorld.open(equivocating());
    await world.run();
    expectConserved(world);
    const [first, second, third, fourth] = received(world) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const versions = only(world.lines, 'model-received')
      .filter(({ node }) => node === 'worker-1' || node === 'worker-2')
      .slice(-2);
    expect(versions[0]!.version).toBe(versions[1]!.version);
    for (const [index, parameter] of first.entries()) {
      expect(second[index]).toBeCloseTo(-2 * parameter, 5);
    }
    expect(Math.max(...first)).toBeGreaterThan(0.1);
    expect(third).toEqual(fourth);
    // Its own model and what it sends up are its own.
    expect(only(world.lines, 'aggregated').every(({ byzantine }) => byzantine === 0)).toBe(true);
  });

  it('sends every other child zeros with magnitude 0, in as many messages', async () => {
    const byzantine = await InProcessWorld.open(equivocating({ magnitude: 0 }));
    await byzantine.run();
    const { attack: _, ...edge } = equivocating().layers.edge!;
    const honest = { ...equivocating(), layers: { ...equivocating().layers, edge } };
    const world = await InProcessWorld.open(honest as ReturnType<typeof equivocating>);
    await world.run();
    // Every other child is sent zeros here, the rest the model as it is.
    expect(received(byzantine)[1]!.every((parameter) => Math.abs(parameter) === 0)).toBe(true);
    expect(byzantine.lines.length).toBe(world.lines.length);
  });

  it('may be a relay', async () => {
    const world = await InProcessWorld.open(equivocating({ magnitude: 2 }, { model: 'relay' }));
    await world.run();
    expectConserved(world);
    const [first, second] = received(world);
    for (const [index, parameter] of first!.entries()) {
      expect(second![index]).toBeCloseTo(-2 * parameter, 5);
    }
  });

  it('gives the same journal gone on with from the middle', async () => {
    const whole = await InProcessWorld.open(equivocating());
    await whole.run();
    const first = await InProcessWorld.open(equivocating());
    await first.run({ events: 60 });
    const resumed = await InProcessWorld.open(equivocating(), { from: await first.save() });
    await resumed.run();
    expect(resumed.hash).toBe(whole.hash);
  });

  it('sends as many changes in a live run, and each ends once', async () => {
    const config = equivocating();
    const live = { ...config, world: 'live' as const, live: { ...config.live, speed: 20 } };
    const world = await InProcessLiveWorld.open(live);
    expect(await world.run()).toMatchObject({ reason: 'windows' });
    const { simulated: lines, composition } = world;
    expectConserved({ lines, composition });
  });
});

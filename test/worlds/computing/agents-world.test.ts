import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { InputError } from '#src/errors.js';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';
import { InProcessAgents } from './in-process-agents.ts';

/** Steps of a world at which an agent comes, or one that came is lost. */
type Happenings = readonly { step: number; what: 'comes' | number }[];

async function openWith(config: Config) {
  const agents = new InProcessAgents(config);
  const world = await InProcessWorld.open(config, { pool: agents.open });
  onTestFinished(() => agents.close());
  return { agents, world };
}

async function alone(config: Config): Promise<string> {
  const world = await InProcessWorld.open(config);
  await world.run();
  return world.hash;
}

/** Runs with agents to which all that happens; its hash, and what became of the agents. */
async function together(config: Config, happenings: Happenings) {
  const { agents, world } = await openWith(config);
  let come = 0;
  for (let step = 0; !world.world.hasEnded; step += 1) {
    for (const { what } of happenings.filter((each) => each.step === step)) {
      if (what === 'comes') {
        await agents.add();
        come += 1;
      } else if (what < come) agents.lose(what);
    }
    await world.step();
  }
  await world.computations.drain();
  agents.letGo();
  return { hash: world.hash, events: agents.events };
}

/** Several gradients of each worker, poisoned ones among them, and a backdoor that is measured. */
const poisoned = {
  layers: {
    ...tinyInput.layers,
    worker: {
      ...tinyInput.layers.worker,
      training: { localSteps: 2, localLearningRate: 0.05, momentum: { beta: 0.9 } },
      attack: {
        rule: 'backdoor',
        options: { image: [2, 4, 1], size: 1, value: 6, share: 0.5, target: 1 },
        byzantine: { count: 2 },
      },
    },
  },
};

describe('a virtual world with agents', () => {
  it.each([
    ['plainly', {}],
    ['with local steps, momentum and poisoned data', poisoned],
    ['asynchronously', { rounds: { mode: 'asynchronous' } as const }],
  ])('has the journal that it has alone, %s', async (_, changes) => {
    const config = tinyConfig(changes);
    const happenings = [0, 0, 0].map((step) => ({ step, what: 'comes' as const }));
    const { hash, events } = await together(config, happenings);
    expect(hash).toBe(await alone(config));
    const left = events.filter((event) => event.type === 'agent-left');
    expect(left).toHaveLength(3);
    for (const { computed } of left) expect(computed).toBeGreaterThan(10);
  });

  it('has the same journal whenever agents come and are lost', async () => {
    const step = fc.nat({ max: 400 });
    const happening = fc.record({
      step,
      what: fc.oneof(fc.constant('comes' as const), fc.nat({ max: 3 })),
    });
    const config = tinyConfig();
    const expected = await alone(config);
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 2, maxLength: 8 }), async (happenings) => {
        const first = { step: 0, what: 'comes' } as const;
        const { hash, events } = await together(config, [first, ...happenings]);
        lost += events.filter((event) => event.type === 'agent-lost').length;
        expect(hash).toBe(expected);
      }),
      { numRuns: 12, seed: 5 },
    );
    expect(lost).toBeGreaterThan(5);
  });

  it('is computed by its agents, and goes on when all are lost with tasks', async () => {
    const config = tinyConfig();
    const { agents, world } = await openWith(config);
    await agents.add({ diesAtTask: 7 });
    await agents.add({ diesAtTask: 12 });
    await world.run();
    expect(world.hash).toBe(await alone(config));
    const lost = agents.events.filter((event) => event.type === 'agent-lost');
    expect(lost.map(({ name }) => name).sort()).toEqual(['agent-0', 'agent-1']);
    for (const { computed, givenBack } of lost) {
      expect(computed).toBeGreaterThan(0);
      expect(givenBack).toBeGreaterThan(0);
    }
  });

  it('refuses an agent that has other inputs, and reports to both what differs', async () => {
    const { agents, world } = await openWith(tinyConfig());
    await agents.add({
      made: (made) => ({
        ...made,
        version: '0.0.1',
        inputs: { ...made.inputs, dataset: 'f'.repeat(64) },
      }),
    });
    const [refused] = agents.events;
    expect(refused).toMatchObject({ type: 'agent-refused', name: 'agent-0' });
    const { reason } = refused as { reason: string };
    expect(reason).toMatch(/the dataset: found sha256 f{12}…, expected sha256 [0-9a-f]{12}…/);
    expect(reason).toContain('edgemlsim: found 0.0.1, expected 0.1.0');
    const failure = await agents.ends[0]!.catch((error: Error) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toContain(reason);
    await world.run();
    expect(world.hash).toBe(await alone(tinyConfig()));
  });
});

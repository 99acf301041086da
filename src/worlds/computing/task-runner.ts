import { bindKernels } from '../../kernels/kernels.ts';
import { placeNewVectorsInArena } from '../../kernels/placement.ts';
import { openEngine } from '../../learning/open-engine.ts';
import { createOptimiser } from '../../learning/optimisers/index.ts';
import type { TaskRunner } from './run-task.ts';
import type { ThreadSetup } from './task.ts';
import { VectorMemory } from './vector-memory.ts';

/**
 * Loads the engine and the rules into this thread. From then on the thread's new vectors come from
 * its arena, which is to be reset after every task.
 */
export async function openTaskRunner(setup: ThreadSetup): Promise<TaskRunner> {
  const kernels = bindKernels(setup.memory, setup.kernels);
  placeNewVectorsInArena();
  const engine = await openEngine(kernels, setup);
  const intakes = await intakesOf(setup);
  const optimiser = createOptimiser(setup.optimiser);
  const poison = await poisonOf(setup);
  const { seed, split, data, training } = setup;
  const windows = openWindowTraining(setup.windows);
  const triggers = await loadedTriggers(setup);
  const scratch = new VectorMemory(kernels.memory, engine.dimension);
  const shared = { kernels, engine, data, poison, training, optimiser, windows, scratch };
  return { ...shared, seed, split, intakes, triggers };
}

/** With the workers' optimiser at hand. */
export function openWindowTraining(spec: ThreadSetup['windows']): TaskRunner['windows'] {
  return spec && { ...spec, optimiser: createOptimiser(spec.optimiser) };
}

/** A thread without rules does without what loads them. */
async function intakesOf({ intakes }: ThreadSetup): Promise<TaskRunner['intakes']> {
  const names = Object.keys(intakes);
  if (names.length === 0) return new Map();
  const { loadIntake } = await import('./intake-reference.ts');
  const steps = await Promise.all(Object.values(intakes).map(loadIntake));
  return new Map(names.map((name, index) => [name, steps[index]!]));
}

async function loadedTriggers({ triggers }: ThreadSetup): Promise<TaskRunner['triggers']> {
  const layers = Object.entries(triggers);
  if (layers.length === 0) return new Map();
  const { loadExchangeTriggers } = await import('../../rules/running/triggering.ts');
  const loaded = await Promise.all(layers.map(([, each]) => loadExchangeTriggers(each)));
  return new Map(layers.map(([name], index) => [name, loaded[index]!]));
}

async function poisonOf({ poison }: ThreadSetup): Promise<TaskRunner['poison']> {
  if (poison === null) return null;
  const { loadDataAttack } = await import('../../rules/running/load.ts');
  return loadDataAttack(poison);
}

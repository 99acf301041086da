import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { RunAgents, RunAgentsOptions } from '../processes/run-agents.ts';
import { Computations } from '../worlds/computing/computations.ts';
import { type TaskPool, ThreadPool } from '../worlds/computing/thread-pool.ts';
import { ValueStore } from '../worlds/computing/value-store.ts';
import { VectorMemory } from '../worlds/computing/vector-memory.ts';
import { World } from '../worlds/virtual/world.ts';
import { newWorldState, type WorldState } from '../worlds/virtual/world-state.ts';
import type { PreparedRun } from './prepared-run.ts';
import { Recording } from './recording.ts';
import type { StartOptions } from './run.ts';

/** A run of the virtual world while no computation is in progress: plain data. */
export interface VirtualState {
  world: WorldState;
  values: ReturnType<ValueStore['save']>;
}

const map = z.instanceof(Map);
/** Enough of it to distinguish a checkpoint from another file; the digest covers every byte. */
export const virtualShape = z.looseObject({
  world: z.looseObject({
    nowUs: z.number(),
    queue: z.looseObject({}),
    cloud: z.looseObject({ version: z.number() }),
    servers: map,
    workers: map,
    batches: map,
    streams: map,
  }),
  values: z.looseObject({ nextId: z.number(), values: z.array(z.looseObject({})) }),
});

/** Parts with which a virtual run works. */
export interface VirtualParts {
  recording: Recording<VirtualState>;
  /** Everything that computes. */
  pool: TaskPool;
  /** Those in other processes, if any. */
  agents: RunAgents | null;
  values: ValueStore;
  computations: Computations;
  world: World;
}

/** Starts threads and agents, and makes the world or restores it from the checkpoint. */
export async function openVirtualParts(
  prepared: PreparedRun<VirtualState>,
  { threads = 1, onStep, ...source }: StartOptions,
): Promise<VirtualParts> {
  const { config, composition, provenance, folder } = prepared;
  const { checkpoint } = prepared.from;
  onStep?.(`starting ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  const local = await ThreadPool.start(composition.threads, threads);
  let close = () => local.close();
  try {
    const recording = new Recording(prepared, threads);
    const { journal } = recording;
    const { settings, computation, mobility, theta } = composition;
    const vectors = new VectorMemory(composition.threads.memory, settings.dimension);
    const agents = await openAgents({
      ...{ ...source, config, composition, provenance, runDir: folder?.dir ?? '' },
      ...{ journal, vectors, threads, local },
    });
    if (agents !== null) close = () => agents.close();
    const pool = agents?.pool ?? local;
    const values = new ValueStore(vectors);
    const computations = new Computations(values, pool, computation, (id, facts) => {
      journal.settle(id, facts.journal);
      if (values.job(id).kind === 'evaluate') recording.measured(facts.journal);
    });
    if (checkpoint !== null) values.restore(checkpoint.values);
    const state = checkpoint?.world ?? newWorldState(settings, values.addShared(theta));
    const world = new World({ settings, mobility, values, computations, journal }, state);
    return { recording, pool, agents, values, computations, world };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Null for a run without agents, which does without the code for connections: it loads slowly. */
async function openAgents(options: RunAgentsOptions): Promise<RunAgents | null> {
  const { config, deployment, runDir } = options;
  if (config.pool.agents === 0 && deployment === undefined) return null;
  if (runDir === '') {
    throw new InputError({
      path: ['pool', 'agents'],
      found: `found ${config.pool.agents}`,
      advice: ['expected 0: a run in memory has no folder for what its agents print'],
    });
  }
  const { RunAgents } = await import('../processes/run-agents.ts');
  return RunAgents.open(options);
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type Composition, compose, type OnStep } from '../compose/compose.ts';
import { checkSameInputs, type Provenance, provenanceOf } from '../compose/provenance.ts';
import { runOrigin } from '../compose/run-origin.ts';
import { type Config, configSchema } from '../config/config-schema.ts';
import { parseYaml } from '../config/yaml-document.ts';
import { InputError } from '../errors.ts';
import { JOURNAL_FORMAT, type Quantity } from '../journal/events.ts';
import { FileSink } from '../journal/file-sink.ts';
import { JournalWriter, journalStart } from '../journal/writer.ts';
import { packageVersion } from '../package-version.ts';
import type { AgentSource, RunAgents, RunAgentsOptions } from '../processes/run-agents.ts';
import { Computations } from '../worlds/computing/computations.ts';
import { type TaskPool, ThreadPool } from '../worlds/computing/thread-pool.ts';
import { ValueStore } from '../worlds/computing/value-store.ts';
import { VectorMemory } from '../worlds/computing/vector-memory.ts';
import { World } from '../worlds/virtual/world.ts';
import { newWorldState, type WorldState } from '../worlds/virtual/world-state.ts';
import type { CheckpointHead } from './checkpoint-file.ts';
import { goBack, type Resumption } from './checkpoints.ts';
import { refuseFinished } from './finished-run.ts';
import { RunFolder } from './run-folder.ts';

/** All of a run of the virtual world at a moment when nothing is under way: plain data. */
export interface Checkpoint extends CheckpointHead {
  world: WorldState;
  values: ReturnType<ValueStore['save']>;
}

const map = z.instanceof(Map);
/** As far as it takes to tell a checkpoint from something else; the digest covers every byte. */
const checkpointShape = z.looseObject({
  world: z.looseObject({
    nowUs: z.number(),
    queue: z.looseObject({}),
    cloud: z.looseObject({ theta: z.number(), version: z.number(), rounds: z.number() }),
    servers: map,
    workers: map,
    batches: map,
    streams: map,
  }),
  values: z.looseObject({ nextId: z.number(), values: z.array(z.looseObject({})) }),
});

/** Everything that a run works with, at the place from which it goes on. */
export interface OpenRun {
  /** Of provenance.json. */
  id: string;
  /** What the user should know about where the run goes on. */
  notices: string[];
  config: Config;
  folder: RunFolder;
  composition: Composition;
  /** All that computes. */
  pool: TaskPool;
  /** Those of them in other processes, if any. */
  agents: RunAgents | null;
  sink: FileSink;
  journal: JournalWriter;
  values: ValueStore;
  computations: Computations;
  world: World;
  /** Seconds since the run was first started, without those in which nobody ran it. */
  wallTimeS: () => number;
  /** What was measured last, for those who watch. */
  measured: { accuracy: number | null; loss: Quantity | null };
}

/** Who computes for a run. */
export interface Computing extends AgentSource {
  /** Of this process. */
  threads: number;
  onStep?: OnStep;
}

/** Makes the run folder. Throws InputError when that holds something already. */
export async function openNewRun(
  config: Config,
  runDir: string,
  computing: Computing,
): Promise<OpenRun> {
  if (config.world === 'live') {
    throw new InputError({ found: 'world: live, which is run by `LiveRun`' });
  }
  const composition = await compose(config, undefined, computing.onStep);
  return inNewFolder(runDir, async (folder) => {
    const resolvedConfig = stringify(config);
    const provenance = provenanceOf(config, resolvedConfig, composition);
    const origin = runOrigin();
    folder.writeProvenance({ ...origin, ...provenance });
    // The last one: with it the folder is a run that can be resumed.
    folder.write('config.resolved.yaml', resolvedConfig);
    const made = { id: origin.id, config, folder, composition, provenance };
    return open(made, computing, { checkpoint: null, start: journalStart(), notices: [] });
  });
}

/**
 * Goes back to the newest checkpoint, or to the beginning when there is none. Throws InputError for
 * what is over, is damaged, or whose inputs have changed.
 */
export async function openRunAgain(runDir: string, computing: Computing): Promise<OpenRun> {
  return inFolder(RunFolder.open(runDir), async (folder) => {
    refuseFinished(runDir);
    const made = await composeAgain(folder, computing.onStep);
    const from = await goBack<Checkpoint>(folder, made.id, checkpointShape);
    return open({ ...made, folder }, computing, from);
  });
}

/** What the run in a folder was made from. Throws InputError when its inputs have changed. */
export async function composeAgain(
  folder: RunFolder,
  onStep?: OnStep,
): Promise<Omit<Made, 'folder'>> {
  const resolvedConfig = readFileSync(folder.configFile, 'utf8');
  const then = folder.readProvenance();
  // First what the config is read with, and the config itself: what is changed there may not do.
  const read = createHash('sha256').update(resolvedConfig).digest('hex');
  const now = { ...then, version: packageVersion(), inputs: { ...then.inputs, config: read } };
  checkSameInputs(folder.dir, then, now);
  const config = configSchema.parse(parseYaml(resolvedConfig, folder.configFile).value);
  const composition = await compose(config, config.world === 'live' ? [] : undefined, onStep);
  const provenance = provenanceOf(config, resolvedConfig, composition);
  checkSameInputs(folder.dir, then, provenance);
  return { id: then.id, config, composition, provenance };
}

/** The folder stays taken by what opens; when that fails, no run is left that cannot be resumed. */
export async function inNewFolder<Opened>(
  dir: string,
  opening: (folder: RunFolder) => Promise<Opened>,
): Promise<Opened> {
  const folder = RunFolder.create(dir);
  try {
    return await opening(folder);
  } catch (error) {
    folder.abandon(error as Error);
    throw error;
  }
}

/** The folder stays taken by what opens, and is given back when that fails. */
export async function inFolder<Opened>(
  folder: RunFolder,
  opening: (folder: RunFolder) => Promise<Opened>,
): Promise<Opened> {
  try {
    return await opening(folder);
  } catch (error) {
    folder.release();
    throw error;
  }
}

/** What a run is made of. */
interface Made {
  /** Of the run. */
  id: string;
  config: Config;
  folder: RunFolder;
  composition: Composition;
  provenance: Provenance;
}

async function open(
  { id, config, folder, composition, provenance }: Made,
  { threads, onStep, ...source }: Computing,
  { checkpoint, start, notices }: Resumption<Checkpoint>,
): Promise<OpenRun> {
  onStep?.(`starting ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  const local = await ThreadPool.start(composition.threads, threads);
  let close = () => local.close();
  try {
    folder.writeStatus({ status: 'running' });
    const startedAtS = performance.now() / 1000 - start.wallTimeS;
    const wallTimeS = () => Math.round((performance.now() / 1000 - startedAtS) * 1e6) / 1e6;
    const sink = new FileSink(folder.journalFile, start);
    const journal = new JournalWriter(sink, start, wallTimeS);
    const { name: engine, leftOut } = composition.engine;
    const host = {
      threads,
      engine,
      ...(Object.keys(leftOut).length > 0 && { leftOut }),
      node: process.version,
    };
    journal.recordHost(
      start.nextHostEvent === 0
        ? { type: 'started', format: JOURNAL_FORMAT, ...host }
        : { type: 'resumed', fromEvent: start.nextEvent, ...host },
    );
    const measured: OpenRun['measured'] = { accuracy: null, loss: null };
    const { settings, computation, mobility, theta } = composition;
    const vectors = new VectorMemory(composition.threads.memory, settings.dimension);
    const agents = await openAgents({
      ...{ ...source, config, composition, provenance, runDir: folder.dir },
      ...{ journal, vectors, threads, local },
    });
    if (agents !== null) close = () => agents.close();
    const pool = agents?.pool ?? local;
    const values = new ValueStore(vectors);
    const computations = new Computations(values, pool, computation, (id, facts) => {
      journal.settle(id, facts.journal);
      if (values.job(id).kind !== 'evaluate') return;
      const { accuracy = null, loss = null } = facts.journal as Partial<OpenRun['measured']>;
      Object.assign(measured, { accuracy, loss });
    });
    if (checkpoint !== null) values.restore(checkpoint.values);
    const state = checkpoint?.world ?? newWorldState(settings, values.add(theta));
    const world = new World({ settings, mobility, values, computations, journal }, state);
    const parts = { sink, journal, values, computations, world, wallTimeS, measured };
    return { id, notices, config, folder, composition, pool, agents, ...parts };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Null for a run without agents, which does without the code for connections: it loads slowly. */
async function openAgents(options: RunAgentsOptions): Promise<RunAgents | null> {
  const { config, deployment } = options;
  if (config.pool.agents === 0 && deployment === undefined) return null;
  const { RunAgents } = await import('../processes/run-agents.ts');
  return RunAgents.open(options);
}

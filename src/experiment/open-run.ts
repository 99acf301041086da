import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { InputError } from '../errors.ts';
import { JOURNAL_FORMAT, type Quantity } from '../journal/events.ts';
import { FileSink } from '../journal/file-sink.ts';
import { journalStartAfter } from '../journal/reader.ts';
import { JournalWriter, journalStart } from '../journal/writer.ts';
import { Computations } from '../worlds/computing/computations.ts';
import { type TaskPool, ThreadPool } from '../worlds/computing/thread-pool.ts';
import { ValueStore } from '../worlds/computing/value-store.ts';
import { VectorMemory } from '../worlds/computing/vector-memory.ts';
import { World } from '../worlds/virtual/world.ts';
import { newWorldState, type WorldState } from '../worlds/virtual/world-state.ts';
import { type Composition, compose } from './compose.ts';
import { type Config, configSchema } from './config-schema.ts';
import { checkSameInputs, type Provenance, provenanceOf } from './provenance.ts';
import { type AgentSource, RunAgents } from './run-agents.ts';
import { type JournalMark, RunFolder } from './run-folder.ts';

/** All of a run of the virtual world at a moment when nothing is under way: plain data. */
export interface Checkpoint {
  world: WorldState;
  values: ReturnType<ValueStore['save']>;
  journal: JournalMark;
  wallTimeS: number;
}

/** Everything that a run works with, at the place from which it goes on. */
export interface OpenRun {
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
  const composition = await compose(config);
  return inFolder(RunFolder.create(runDir), async (folder) => {
    const resolvedConfig = stringify(config);
    const provenance = provenanceOf(config, resolvedConfig, composition);
    folder.write('provenance.json', `${JSON.stringify(provenance, null, 2)}\n`);
    // The last one: with it the folder is a run that can be resumed.
    folder.write('config.resolved.yaml', resolvedConfig);
    return open({ config, folder, composition, provenance }, computing, null);
  });
}

/** Goes back to the newest checkpoint, or to the beginning when there is none. */
export async function openRunAgain(runDir: string, computing: Computing): Promise<OpenRun> {
  return inFolder(RunFolder.open(runDir), async (folder) => {
    const made = await composeAgain(folder);
    const checkpoint = folder.goBackToCheckpoint<Checkpoint>();
    return open({ ...made, folder }, computing, checkpoint);
  });
}

/** What the run in a folder was made from. Throws InputError when its inputs have changed. */
export async function composeAgain(folder: RunFolder): Promise<Omit<Made, 'folder'>> {
  const resolvedConfig = readFileSync(folder.configFile, 'utf8');
  const config = configSchema.parse(parse(resolvedConfig));
  const composition = await compose(config, config.world === 'live' ? [] : undefined);
  const then = JSON.parse(readFileSync(folder.provenanceFile, 'utf8')) as Provenance;
  const provenance = provenanceOf(config, resolvedConfig, composition);
  checkSameInputs(folder.dir, then, provenance);
  return { config, composition, provenance };
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
  config: Config;
  folder: RunFolder;
  composition: Composition;
  provenance: Provenance;
}

async function open(
  { config, folder, composition, provenance }: Made,
  { threads, ...source }: Computing,
  checkpoint: Checkpoint | null,
): Promise<OpenRun> {
  const start =
    checkpoint === null
      ? journalStart()
      : await journalStartAfter(folder.journalFile, checkpoint.journal);
  const local = await ThreadPool.start(composition.threads, threads);
  let close = () => local.close();
  try {
    folder.writeStatus({ status: 'running' });
    const startedAtS = performance.now() / 1000 - (checkpoint?.wallTimeS ?? 0);
    const wallTimeS = () => Math.round((performance.now() / 1000 - startedAtS) * 1e6) / 1e6;
    const sink = new FileSink(folder.journalFile, checkpoint?.journal.bytes ?? 0);
    const journal = new JournalWriter(sink, start, wallTimeS);
    const { name: engine, leftOut } = composition.engine;
    const host = {
      threads,
      engine,
      ...(Object.keys(leftOut).length > 0 && { leftOut }),
      node: process.version,
    };
    journal.recordHost(
      checkpoint === null
        ? { type: 'started', format: JOURNAL_FORMAT, ...host }
        : { type: 'resumed', fromEvent: checkpoint.journal.nextEvent, ...host },
    );
    const measured: OpenRun['measured'] = { accuracy: null, loss: null };
    const { settings, computation, mobility, theta } = composition;
    const vectors = new VectorMemory(composition.threads.memory, settings.dimension);
    const agents = await RunAgents.open({
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
    return { config, folder, composition, pool, agents, ...parts };
  } catch (error) {
    await close();
    throw error;
  }
}

import type { Config } from '../config/config-schema.ts';
import type { Connection } from '../transport/connection.ts';
import { limitsFor } from '../transport/limits.ts';
import { runsUsersCode } from '../worlds/computing/runs-users-code.ts';
import type { ThreadSetup } from '../worlds/computing/task.ts';
import { type TaskPool, ThreadPool } from '../worlds/computing/thread-pool.ts';
import { VectorMemory } from '../worlds/computing/vector-memory.ts';
import { ProcessClient, type ProcessDependencies } from '../worlds/live/process/process-client.ts';
import type { ProcessSlot } from '../worlds/live/protocol/placement.ts';
import type { Credentials } from './credentials.ts';
import { endpoint, transports, vectorLimits } from './live-endpoints.ts';
import { ownAddress } from './own-address.ts';
import { processSetup } from './process-setup.ts';
import { processUse } from './process-use.ts';
import { decodeManifest, type RunManifest } from './run-manifest.ts';

/** From a coordinator that is known, before the model is: no vector is larger. */
const MOST_BODY_BYTES = 2 ** 28;
/** Of vectors longer than that one aggregation may keep a thread for seconds. */
const MOST_ELEMENTS_AT_ONCE = 2 ** 21;

interface AgentOptions {
  /** Where the coordinator listens. */
  join: { host: string; port: number };
  transport: Config['live']['transport'];
  /** The number of this process among those of the run. */
  slot: number;
  /** The address on which other processes reach this one; null: as the coordinator would. */
  listenHost: string | null;
  credentials: Credentials;
  patienceS: number;
}

/** One process of a live run: joins a coordinator and runs the nodes that it is given. */
export async function runProcess({
  join,
  transport: name,
  slot,
  listenHost,
  credentials,
  patienceS,
}: AgentOptions): Promise<void> {
  const transport = transports[name];
  const limits = limitsFor(MOST_BODY_BYTES);
  const connect = () => transport.connect(endpoint(join, limits, credentials));
  const control = await connect();
  const host = listenHost ?? (await ownAddress(join));
  await ProcessClient.run({
    control,
    again: connect,
    slot,
    wallUs: () => performance.now() * 1000,
    patienceS,
    use: processUse,
    make: (run, slot) => dependenciesOf(decodeManifest(run), slot),
    listen: async (dimension, onConnection) => {
      const own = endpoint({ host, port: 0 }, vectorLimits(dimension), credentials);
      return transport.listen(own, onConnection);
    },
    dial: (dimension, address): Promise<Connection> =>
      transport.connect(endpoint(address, vectorLimits(dimension), credentials)),
  });
}

async function dependenciesOf(
  manifest: RunManifest,
  slot: ProcessSlot,
): Promise<ProcessDependencies> {
  const { settings, computation, threads, theta } = await processSetup(manifest, slot);
  const pool = await poolOf(threads, slot, settings.dimension);
  const memory = new VectorMemory(threads.memory, settings.dimension);
  const { speed, compute, shapeLinks: shapesLinks } = manifest.config.live;
  return { settings, computation, memory, pool, theta, speed, compute, shapesLinks };
}

/**
 * Workers compute all the time, beside the thread that sends and receives. A server computes only
 * while it is otherwise idle: a thread of its own would cost memory and two messages a task.
 */
async function poolOf(
  threads: ThreadSetup,
  { role }: ProcessSlot,
  dimension: number,
): Promise<TaskPool> {
  const mayTakeLong =
    dimension > MOST_ELEMENTS_AT_ONCE ||
    (threads.engine !== null && threads.engine !== 'reference') ||
    runsUsersCode(threads);
  if (role === 'workers' || mayTakeLong) return ThreadPool.start(threads, 1);
  const { OwnThreadPool } = await import('../worlds/computing/own-thread-pool.ts');
  return OwnThreadPool.start(threads);
}

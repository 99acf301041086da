import type { Connection } from '../transport/connection.ts';
import { limitsFor } from '../transport/limits.ts';
import { Agent, type Makings } from '../worlds/live/agent.ts';
import { ThreadPool } from '../worlds/virtual/thread-pool.ts';
import { VectorMemory } from '../worlds/virtual/vector-memory.ts';
import { compose } from './compose.ts';
import { type Config, configSchema } from './config-schema.ts';
import { endpoint, transports, vectorLimits } from './live-endpoints.ts';

/** From a simulator that is known, before the model is: no vector is larger. */
const MOST_BODY_BYTES = 2 ** 28;

export interface AgentOptions {
  /** Where the simulator listens. */
  join: { host: string; port: number };
  transport: Config['live']['transport'];
  /** The address on which other processes reach this one. */
  listenHost: string;
  patienceS: number;
}

/** One process of a live run: joins a simulator and runs the nodes that it is given. */
export async function runAgent({
  join,
  transport: name,
  listenHost,
  patienceS,
}: AgentOptions): Promise<void> {
  const transport = transports[name];
  const control = await transport.connect(endpoint(join, limitsFor(MOST_BODY_BYTES)));
  await Agent.run({
    control,
    wallUs: () => performance.now() * 1000,
    patienceS,
    make: (run) => makingsOf(configSchema.parse(run)),
    listen: async (dimension, onConnection) => {
      const address = { host: listenHost, port: 0 };
      return transport.listen(endpoint(address, vectorLimits(dimension)), onConnection);
    },
    dial: (dimension, address): Promise<Connection> =>
      transport.connect(endpoint(address, vectorLimits(dimension))),
  });
}

async function makingsOf(config: Config): Promise<Makings> {
  const { settings, computation, threads, theta } = await compose(config);
  const pool = await ThreadPool.start(threads, 1);
  const memory = new VectorMemory(threads.memory, settings.dimension);
  const { speed, compute } = config.live;
  return { settings, computation, memory, pool, theta, speed, compute };
}

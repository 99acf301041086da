import { stringify } from 'yaml';
import { compose } from '../compose/compose.ts';
import { provenanceOf } from '../compose/provenance.ts';
import { taskShapeOf } from '../compose/task-shape.ts';
import { type Config, configSchema } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import { faultOf } from '../transport/message.ts';
import type { Share } from '../worlds/computing/agent-tasks.ts';
import { PoolAgent } from '../worlds/computing/pool-agent.ts';
import { ThreadPool } from '../worlds/computing/thread-pool.ts';
import { VectorMemory } from '../worlds/computing/vector-memory.ts';
import type { Credentials } from './credentials.ts';
import { controlLimits, endpoint, transports, vectorLimits } from './live-endpoints.ts';

interface PoolAgentOptions {
  /** Where the coordinator listens. */
  join: { host: string; port: number };
  transport: Config['pool']['transport'];
  name: string;
  threads: number;
  credentials: Credentials;
  patienceS: number;
}

/** One process of a virtual run's pool: joins a coordinator and computes what that gives it. */
export async function runPoolAgent(options: PoolAgentOptions): Promise<void> {
  const { join, transport: name, threads, credentials } = options;
  const transport = transports[name];
  await PoolAgent.run({
    ...options,
    control: await transport.connect(endpoint(join, controlLimits, credentials)),
    make: (run) => shareOf(configOf(run), threads),
    dial: (dimension) => transport.connect(endpoint(join, vectorLimits(dimension), credentials)),
  });
}

/** As the coordinator has resolved it. */
function configOf(run: unknown): Config {
  const { data, error } = configSchema.safeParse(run);
  if (data !== undefined) return data;
  throw new InputError({
    found: `the coordinator sent a config that is none: ${faultOf(error)}`,
    advice: ['is the coordinator of the same version as this agent?'],
  });
}

async function shareOf(config: Config, threads: number): Promise<Share> {
  const composition = await compose(config);
  const { threads: setup, settings } = composition;
  const provenance = provenanceOf(config, stringify(config), composition);
  return {
    inputs: provenance,
    shape: taskShapeOf(composition),
    vectors: new VectorMemory(setup.memory, settings.dimension),
    pool: await ThreadPool.start(setup, threads),
  };
}

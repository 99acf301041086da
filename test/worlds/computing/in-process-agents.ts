import { stringify } from 'yaml';
import { type Composition, compose } from '#src/compose/compose.js';
import { provenanceOf } from '#src/compose/provenance.js';
import { taskShapeOf } from '#src/compose/task-shape.js';
import type { Config } from '#src/config/config-schema.js';
import type { AgentEvent } from '#src/journal/host-events.js';
import { PoolAdmission } from '#src/processes/pool-admission.js';
import type { Provenance } from '#src/provenance.js';
import type { Connection } from '#src/transport/connection.js';
import { limitsFor } from '#src/transport/limits.js';
import { AgentPool } from '#src/worlds/computing/agent-pool.js';
import { PoolAgent } from '#src/worlds/computing/pool-agent.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { memoryTransport } from '../../transport/memory-transport.ts';
import { PatientPool } from './patient-pool.ts';

const here = { host: 'here', secret: null, tls: null, limits: limitsFor(2 ** 20) };

interface AgentOptions {
  /** Changes the inputs that it reports. */
  made?: (provenance: Provenance) => Provenance;
  /** It is lost when it has that task, and not finished it. */
  diesAtTask?: number;
}

/** Agents of a pool in this very process, over a network that is none. */
export class InProcessAgents {
  readonly events: AgentEvent[] = [];
  /** Connections of no agent, closed for what came on them. */
  readonly refused: string[] = [];
  /** Rejected for agents that were lost. */
  readonly ends: Promise<void>[] = [];
  readonly #config: Config;
  readonly #transport = memoryTransport();
  readonly #connections: Connection[][] = [];
  #port = 0;
  #pool: AgentPool | null = null;

  constructor(config: Config) {
    this.#config = config;
  }

  /** The coordinator's side, for `InProcessWorld`. */
  readonly open = async (composition: Composition): Promise<AgentPool> => {
    const pool = new AgentPool({
      local: await PatientPool.start(composition.threads),
      localThreads: 1,
      vectors: new VectorMemory(composition.threads.memory, composition.settings.dimension),
      shape: taskShapeOf(composition),
      onEvent: (event) => this.events.push(event),
    });
    const admission = new PoolAdmission({
      run: this.#config,
      provenance: this.#provenanceOf(composition),
      onJoined: (agent) => pool.join(agent),
      onBadFrame: (remote, why) => this.refused.push(`${remote}: ${why}`),
      onRefused: (name, reason) => this.events.push({ type: 'agent-refused', name, reason }),
    });
    const { address } = await this.#transport.listen({ ...here, port: 0 }, (connection) =>
      admission.receive(connection),
    );
    this.#port = address.port;
    this.#pool = pool;
    return pool;
  };

  /** Resolves when it may be given tasks, or never will be. */
  async add({ made = (same) => same, diesAtTask = 0 }: AgentOptions = {}): Promise<void> {
    const connect = () => this.#transport.connect({ ...here, port: this.#port });
    const control = await connect();
    const connections = [control];
    const before = this.events.length;
    const number = this.#connections.length;
    const name = `agent-${number}`;
    this.#connections.push(connections);
    const end = PoolAgent.run({
      ...{ control, name, threads: 1, patienceS: 10 },
      make: async () => {
        const composition = await compose(this.#config);
        const { threads, settings } = composition;
        const pool = await PatientPool.start(threads);
        pool.onTask = (count) => {
          if (count === diesAtTask) this.lose(number);
        };
        return {
          pool,
          inputs: made(this.#provenanceOf(composition)),
          shape: taskShapeOf(composition),
          vectors: new VectorMemory(threads.memory, settings.dimension),
        };
      },
      dial: async () => {
        const work = await connect();
        connections.push(work);
        return work;
      },
    });
    end.catch(() => {});
    this.ends.push(end);
    while (!this.events.slice(before).some(({ name: who }) => who === name)) {
      await new Promise(setImmediate);
    }
  }

  /** As a process that is killed, or whose machine is cut off. */
  lose(agent: number): void {
    for (const connection of this.#connections[agent]!) connection.destroy();
  }

  letGo(): void {
    this.#pool!.letAgentsGo();
  }

  close(): Promise<void> {
    return this.#pool!.close();
  }

  #provenanceOf(composition: Composition): Provenance {
    return provenanceOf(this.#config, stringify(this.#config), composition);
  }
}

import type { Composition } from '../compose/compose.ts';
import { taskShapeOf } from '../compose/task-shape.ts';
import type { Config } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { Provenance } from '../provenance.ts';
import type { Listener } from '../transport/transport.ts';
import { AgentPool } from '../worlds/computing/agent-pool.ts';
import type { ThreadPool } from '../worlds/computing/thread-pool.ts';
import type { VectorMemory } from '../worlds/computing/vector-memory.ts';
import { type Credentials, credentialsLine, ownCredentials } from './credentials.ts';
import { type AgentCommand, type Deployment, onStdin } from './deployment.ts';
import { endpoint, transports, vectorLimits } from './live-endpoints.ts';
import { LocalAgents } from './local-agents.ts';
import { PoolAdmission } from './pool-admission.ts';
import { agentEnvironment } from './process-environment.ts';
import { GATHER_MS, LOOPBACK } from './this-machine.ts';

/** Refused connections recorded in the journal at most. */
const MAXIMUM_RECORDED = 1000;

/** How agents of a virtual run get started. */
interface AgentSource {
  /** The command `edgemlsim` here: a program and its first arguments; starts `pool.agents`. */
  program?: readonly [string, ...string[]];
  /** Starts agents elsewhere instead. */
  deployment?: Deployment;
}

export interface RunAgentsOptions extends AgentSource {
  config: Config;
  composition: Composition;
  provenance: Provenance;
  runDir: string;
  journal: JournalWriter;
  vectors: VectorMemory;
  threads: number;
  local: ThreadPool;
}

/** The agents of a virtual run: where they report, and the processes that this one starts. */
export class RunAgents {
  /** This process's threads and the agents. */
  readonly pool: AgentPool;
  readonly #options: RunAgentsOptions;
  readonly #credentials: Credentials;
  readonly #expected: number;
  readonly #children: LocalAgents;
  readonly #admission: PoolAdmission;
  #listener: Listener | null = null;
  /** Agents that have joined, and those that will not. */
  #settled = 0;
  #onSettled: () => void = () => {};
  #isEnding = false;
  #refused = 0;

  /** Throws InputError where no option says how to start them. */
  static async open(options: RunAgentsOptions): Promise<RunAgents> {
    const { config, program, deployment } = options;
    if (program === undefined && deployment === undefined) {
      throw new InputError({
        path: ['pool', 'agents'],
        found: `${config.pool.agents}, and no option says how agents are started`,
        advice: ["expected an option `program`, for instance ['npx', 'edgemlsim']"],
      });
    }
    const agents = new RunAgents(options);
    try {
      await agents.#start();
    } catch (error) {
      await agents.close();
      throw error;
    }
    return agents;
  }

  private constructor(options: RunAgentsOptions) {
    const { local, threads, vectors, composition, journal, config, deployment } = options;
    this.#options = options;
    this.#credentials = deployment?.credentials ?? ownCredentials();
    this.#expected = deployment?.agents ?? config.pool.agents;
    const files = Object.keys(options.provenance.inputs.files);
    const environment = agentEnvironment(files, deployment !== undefined);
    this.#children = new LocalAgents(options.runDir, environment);
    this.pool = new AgentPool({
      local,
      localThreads: threads,
      vectors,
      shape: taskShapeOf(composition),
      onEvent: (event) => {
        journal.recordHost(event);
        // An agent that never computed a task would not the next time.
        if (event.type === 'agent-lost' && event.computed > 0)
          this.#admission.startAgain(event.name);
      },
    });
    this.#admission = new PoolAdmission({
      run: config,
      provenance: options.provenance,
      onJoined: (agent) => {
        this.pool.join(agent);
        deployment?.onShared(`${agent.name} (cores: ${agent.threads}): computes`);
        this.#settle();
      },
      onBadFrame: (remote, why) => {
        if (this.#refused === MAXIMUM_RECORDED) return;
        this.#refused += 1;
        journal.recordHost({ type: 'connection-refused', remote, why });
      },
      onRefused: (name, reason) => {
        if (this.#isEnding) return;
        journal.recordHost({ type: 'agent-refused', name, reason });
        deployment?.onShared(`${name}: does not compute: ${reason}`);
        // Without a deployment its process ends, which is noticed.
        if (deployment !== undefined) this.#settle();
      },
    });
  }

  /** Resolves when all that are expected have come or will not, or have had the time to. */
  async gathered(): Promise<void> {
    if (this.#settled >= this.#expected) return;
    const { deployment } = this.#options;
    const allowedMs = deployment === undefined ? GATHER_MS : 1000 * deployment.waitS;
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, allowedMs);
      this.#onSettled = () => {
        if (this.#settled < this.#expected && !this.#isEnding) return;
        clearTimeout(timeout);
        resolve();
      };
      this.#onSettled();
    });
  }

  /** Waits for no further agents. */
  stopWaiting(): void {
    this.#isEnding = true;
    this.#onSettled();
  }

  /** The run is over. */
  letGo(): void {
    this.#isEnding = true;
    this.pool.letAgentsGo();
  }

  /** Ends the threads, too. */
  async close(): Promise<void> {
    this.stopWaiting();
    await this.pool.close();
    this.#admission.close();
    await this.#children.ended();
    await this.#listener?.close();
    this.#options.deployment?.close();
  }

  async #start(): Promise<void> {
    const { config, composition, deployment } = this.#options;
    const limits = vectorLimits(composition.settings.dimension);
    const { listen = LOOPBACK } = deployment ?? {};
    this.#listener = await transports[config.pool.transport].listen(
      endpoint(listen, limits, this.#credentials),
      (connection) => this.#admission.receive(connection),
    );
    const commands = this.#commands(this.#listener.address);
    let running = commands.length;
    for (const [index, command] of commands.entries()) {
      this.#children.start(index, command, () => {
        running -= 1;
        // One command may start many agents.
        this.#settle(running === 0 ? this.#expected : 1);
      });
    }
  }

  #commands(address: { host: string; port: number }): AgentCommand[] {
    const { program, deployment, config, runDir } = this.#options;
    if (deployment !== undefined) return deployment.open(address, runDir);
    const { agents, transport } = config.pool;
    const join = ['--join', `${address.host}:${address.port}`, '--transport', transport];
    return Array.from({ length: agents }, (_, index) => ({
      command: [
        ...program!,
        ...['agent', '--pool', '1', '--name', `local-${index + 1}`, ...join, ...onStdin],
      ],
      input: credentialsLine(this.#credentials),
    }));
  }

  #settle(agents = 1): void {
    this.#settled += agents;
    this.#onSettled();
  }
}

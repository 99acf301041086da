import type { Composition } from '../compose/compose.ts';
import type { Config } from '../config/config-schema.ts';
import { RunError } from '../errors.ts';
import { AgentDispatcher } from '../processes/agent-dispatcher.ts';
import { type Credentials, credentialsLine, ownCredentials } from '../processes/credentials.ts';
import { type AgentCommand, type Deployment, onStdin } from '../processes/deployment.ts';
import { endpoint, transports, vectorLimits } from '../processes/live-endpoints.ts';
import { LocalAgents } from '../processes/local-agents.ts';
import { agentEnvironment } from '../processes/process-environment.ts';
import { ProcessStarts } from '../processes/process-starts.ts';
import { GATHER_MS, LOOPBACK } from '../processes/this-machine.ts';
import type { Listener } from '../transport/transport.ts';
import type { Coordinator } from '../worlds/live/coordinator/coordinator.ts';
import type { Machine, PlacementRules } from '../worlds/live/protocol/assign-processes.ts';
import { type Address, type ProcessSlot, slotText } from '../worlds/live/protocol/placement.ts';

interface LiveProcessesOptions {
  config: Config;
  runDir: string;
  /** The user's own files, of which its processes may load any. */
  files: readonly string[];
  /** The program `edgemlsim` and its first arguments. */
  program: readonly [string, ...string[]];
  /** Undefined: this process starts all others, on this machine. */
  deployment: Deployment | undefined;
  onStep: ((doing: string) => void) | undefined;
  composition: Composition;
  slots: readonly ProcessSlot[];
  coordinator: Coordinator;
  wallUs: () => number;
}

/** The processes of a live run: starts them or waits for the agents that do, and starts others for those lost. */
export class LiveProcesses {
  readonly #options: LiveProcessesOptions;
  readonly #credentials: Credentials;
  readonly #admission: AgentDispatcher;
  readonly #agents: LocalAgents;
  readonly #starts: ProcessStarts;
  #listener: Listener | null = null;
  #areReady = false;
  /** Of a deployment: commands that have not ended. */
  #commands = 0;

  constructor(options: LiveProcessesOptions) {
    const { config, runDir, files, deployment, slots, coordinator, wallUs } = options;
    this.#options = options;
    this.#credentials = deployment?.credentials ?? ownCredentials();
    this.#agents = new LocalAgents(runDir, agentEnvironment(files, deployment !== undefined));
    this.#starts = new ProcessStarts({
      start: (slot) => {
        if (deployment === undefined) this.#startProcess(slot);
        else this.#admission.startAgain(slot);
      },
      onGivenUp: (slot, starts) => {
        // A run in progress requests another process later.
        if (this.#areReady) return;
        coordinator.fail(new RunError(this.#startFailureText(slot, starts)));
      },
    });
    this.#admission = new AgentDispatcher({
      slots,
      rules: placementRules(config),
      agents: deployment?.agents ?? 0,
      wallUs,
      patienceS: config.live.patienceS,
      accept: (connection) => coordinator.accept(connection),
      onShared: (shares) => {
        for (const line of sharesText(shares, slots)) deployment?.onShared(line);
      },
      onFailure: (error) => coordinator.fail(error),
      onBadFrame: (remote, why) => coordinator.refuse(remote, why),
    });
  }

  /** Whether each process has been given to an agent; at once where no agents are expected. */
  get areShared(): boolean {
    return this.#admission.isShared;
  }

  /** The process of a slot was lost. `wasReady`: after it had been ready. */
  lost(slot: number, wasReady: boolean): void {
    this.#starts.gone(slot, !wasReady);
  }

  /** Starts the processes; resolves when all are ready. */
  async gather(): Promise<void> {
    const { deployment, runDir, onStep, coordinator } = this.#options;
    onStep?.(
      deployment === undefined
        ? `starting ${coordinator.slots.length} processes`
        : `waiting for ${deployment.agents} agents`,
    );
    const admission = this.#admission;
    const address = await this.#listen();
    if (deployment === undefined) {
      for (const { slot } of coordinator.slots) this.#startProcess(slot);
    } else {
      const commands = deployment.open(address, runDir);
      this.#commands = commands.length;
      for (const [index, command] of commands.entries()) {
        this.#agents.start(index, command, (how) => this.#commandEnded(how));
      }
    }
    const { agents, waitS } = deployment ?? { agents: 0, waitS: 0 };
    const coming = setTimeout(() => {
      if (admission.isShared) return;
      coordinator.fail(new RunError(`${admission.offers} of ${agents} agents came in ${waitS} s`));
    }, 1000 * waitS);
    const allowedMs = GATHER_MS + 1000 * waitS;
    const timeout = setTimeout(() => {
      const waited = `after ${allowedMs / 1000} s`;
      coordinator.fail(
        new RunError(`${this.missing} was not ready ${waited}: ${this.#agents.said()}`),
      );
    }, allowedMs);
    try {
      await coordinator.gathered();
      this.#areReady = true;
    } finally {
      clearTimeout(coming);
      clearTimeout(timeout);
    }
  }

  /** For users: the processes that are not there. */
  get missing(): string {
    const { coordinator, slots } = this.#options;
    const gone = coordinator.slots.filter(({ isReady }) => !isReady);
    return `the process of ${gone.map(({ slot }) => slotText(slots[slot]!)).join('; ')}`;
  }

  /** Starts no more processes. */
  stopStarting(): void {
    this.#starts.close();
  }

  /** Resolves when every process that was started here has ended. */
  async close(): Promise<void> {
    this.#admission.close();
    await this.#agents.ended();
    await this.#listener?.close();
    this.#options.deployment?.close();
  }

  async #listen(): Promise<Address> {
    const { config, deployment, composition } = this.#options;
    const { dimension, optimiserStateLength } = composition.settings;
    const limits = vectorLimits(Math.max(dimension, optimiserStateLength));
    const { listen = LOOPBACK } = deployment ?? {};
    this.#listener = await transports[config.live.transport].listen(
      endpoint(listen, limits, this.#credentials),
      (connection) => this.#admission.receive(connection),
    );
    return this.#listener.address;
  }

  #startProcess(slot: number): void {
    const { config, program, coordinator } = this.#options;
    const { host, port } = this.#listener!.address;
    const { transport, patienceS } = config.live;
    const args = ['agent', '--slot', String(slot), '--join', `${host}:${port}`];
    const more = ['--transport', transport, '--patience', String(patienceS)];
    const command: AgentCommand['command'] = [...program, ...args, ...more, ...onStdin];
    this.#agents.start(slot, { command, input: credentialsLine(this.#credentials) }, () => {
      // The end of a process that had joined shows on its connection.
      if (coordinator.slots[slot]!.isLost) this.#starts.gone(slot, true);
    });
  }

  /** A command that was to start agents has ended by itself. */
  #commandEnded(how: string): void {
    this.#commands -= 1;
    // Other agents may take over the processes of this one.
    if (this.#areReady || (this.#admission.isShared && this.#commands > 0)) return;
    const said = this.#agents.said();
    this.#options.coordinator.fail(new RunError(`a process of the run ended (${how}): ${said}`));
  }

  #startFailureText(slot: number, starts: number): string {
    const { slots } = this.#options;
    const what = `the process of ${slotText(slots[slot]!)} did not start`;
    const how = this.#agents.lastEnd(slot);
    const said = this.#agents.said(slot);
    const last = how === undefined ? '' : `, the last with ${how}`;
    return `${what}: it ended ${starts} times before it was ready${last}${said && `: ${said}`}`;
  }
}

function placementRules({ live }: Config): PlacementRules {
  const { cloud, servers, workers } = live.placement;
  return {
    ...(cloud && { cloud }),
    ...(servers && { server: servers }),
    ...(workers && { workers }),
  };
}

/** One line an agent. */
function sharesText(
  shares: readonly (Machine & { slots: number[] })[],
  slots: readonly ProcessSlot[],
): string[] {
  return shares.map(({ name, cores, slots: own }) => {
    const what = own.map((slot) => slotText(slots[slot]!)).join(', ');
    return `${name} (cores: ${cores}): ${what === '' ? 'nothing' : what}`;
  });
}

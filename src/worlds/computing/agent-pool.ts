import { Gate } from '../../gate.ts';
import type { AgentEvent } from '../../journal/host-events.ts';
import { type Given, RemoteAgent, type RemoteAgentParts } from './remote-agent.ts';
import type { Task, TaskResult } from './task.ts';
import { mayTravel, type TaskShape } from './task-frames.ts';
import type { TaskPool } from './thread-pool.ts';
import type { VectorMemory } from './vector-memory.ts';

const LOOK_MS = 500;

interface AgentPoolParts {
  local: TaskPool;
  localThreads: number;
  vectors: VectorMemory;
  shape: TaskShape;
  onEvent: (event: AgentEvent) => void;
}

/**
 * Threads of this process and agents in others. Gradients and parts of evaluations go where the
 * fewest tasks a thread are; everything else stays here. Agents may come at any time, and what a
 * lost one had not finished is run by others: every task is done exactly once, with the same bits
 * wherever.
 */
export class AgentPool implements TaskPool {
  readonly #parts: AgentPoolParts;
  readonly #agents = new Set<RemoteAgent>();
  readonly #watch: NodeJS.Timeout;
  #localTasks = 0;
  readonly #completions = new Gate();
  #isWatchingLocal = false;
  #isClosing = false;

  constructor(parts: AgentPoolParts) {
    this.#parts = parts;
    this.#watch = setInterval(() => {
      for (const agent of this.#agents) agent.look();
    }, LOOK_MS);
  }

  /** It computes from now on. */
  join(parts: RemoteAgentParts): void {
    const { vectors, shape, onEvent } = this.#parts;
    const agent: RemoteAgent = new RemoteAgent(parts, vectors, shape, {
      completed: (given, result) => this.#completed(given, result),
      lost: (reason) => this.#lost(agent, reason),
    });
    if (this.#isClosing) {
      agent.letGo();
      return;
    }
    this.#agents.add(agent);
    const { agent: number, name, threads } = parts;
    onEvent({ type: 'agent-joined', agent: number, name, threads });
  }

  get hasRoom(): boolean {
    return this.#parts.local.hasRoom || [...this.#agents].some(({ hasRoom }) => hasRoom);
  }

  run(task: Task, done: (result: TaskResult) => void): void {
    const agent = mayTravel(task) ? this.#freeAgent() : undefined;
    if (agent !== undefined && mayTravel(task)) {
      agent.give({ task, done });
      return;
    }
    this.#localTasks += 1;
    this.#parts.local.run(task, (result) => {
      this.#localTasks -= 1;
      done(result);
    });
  }

  nextCompletion(): Promise<void> {
    if (!this.#completions.hasFailed) this.#watchLocal();
    return this.#completions.wait();
  }

  /** Releases the agents. Call only while no task is in progress. */
  letAgentsGo(): void {
    this.#isClosing = true;
    clearInterval(this.#watch);
    for (const agent of this.#agents) {
      const { agent: number, name } = agent.parts;
      const { computed } = agent;
      agent.letGo();
      this.#parts.onEvent({ type: 'agent-left', agent: number, name, computed });
    }
    this.#agents.clear();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#watch);
    for (const agent of this.#agents) agent.letGo();
    this.#agents.clear();
    await this.#parts.local.close();
  }

  /** The agent with the fewest tasks a thread, unless this process has as few. */
  #freeAgent(): RemoteAgent | undefined {
    const { local, localThreads } = this.#parts;
    let load = local.hasRoom ? this.#localTasks / localThreads : Number.POSITIVE_INFINITY;
    let free: RemoteAgent | undefined;
    for (const agent of this.#agents) {
      if (!agent.hasRoom || agent.load >= load) continue;
      free = agent;
      load = agent.load;
    }
    return free;
  }

  #completed({ done }: Given, result: TaskResult): void {
    try {
      done(result);
    } catch (error) {
      this.#completions.fail(error as Error);
      return;
    }
    this.#completions.open();
  }

  #lost(agent: RemoteAgent, reason: string): void {
    this.#agents.delete(agent);
    const { computed, parts } = agent;
    const given = agent.takeBack();
    const what = { agent: parts.agent, name: parts.name, reason, computed };
    this.#parts.onEvent({ type: 'agent-lost', ...what, givenBack: given.length });
    for (const { task, done } of given) this.run(task, done);
  }

  /** One wait at a time: agents may complete much before the threads complete anything. */
  #watchLocal(): void {
    if (this.#isWatchingLocal) return;
    this.#isWatchingLocal = true;
    this.#parts.local.nextCompletion().then(
      () => {
        this.#isWatchingLocal = false;
        this.#completions.open();
      },
      (error) => this.#completions.fail(error),
    );
  }
}

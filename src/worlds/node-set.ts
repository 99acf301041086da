import type { DropReason } from '../journal/reasons.ts';
import { Cloud, type CloudState, newCloud } from '../nodes/cloud.ts';
import type { NodeContext, Timer } from '../nodes/context.ts';
import { InnerServer, type InnerServerState, newInnerServer } from '../nodes/inner-server.ts';
import type { ValueId } from '../nodes/messages.ts';
import { waitingOf } from '../nodes/waiting.ts';
import { newWorker, Worker, type WorkerState } from '../nodes/worker.ts';
import type { WorldSettings } from './world-settings.ts';

/** States of nodes, by id: plain data. */
export interface NodeStates {
  /** Null where the cloud runs elsewhere. */
  cloud: CloudState | null;
  servers: Map<string, InnerServerState>;
  workers: Map<string, WorkerState>;
}

/** A node's state and its program. */
interface Hosted<State, Program> {
  state: State;
  program: Program;
}

/** `theta`: called for the cloud's first model. */
export function newNodeStates(
  ids: readonly string[],
  { servers }: Pick<WorldSettings, 'servers'>,
  theta: () => ValueId,
): NodeStates {
  const places = new Map(servers.map((place) => [place.id, place]));
  const states: NodeStates = { cloud: null, servers: new Map(), workers: new Map() };
  for (const id of ids) {
    const place = places.get(id);
    if (place === undefined) states.workers.set(id, newWorker(id));
    else if (place.parent === null) states.cloud = newCloud(id, theta());
    else states.servers.set(id, newInnerServer(id));
  }
  return states;
}

/** The nodes that one process runs, and what happens to them in either world. */
export class NodeSet {
  readonly cloud: Hosted<CloudState, Cloud> | null = null;
  readonly servers = new Map<string, Hosted<InnerServerState, InnerServer>>();
  readonly workers = new Map<string, Hosted<WorkerState, Worker>>();
  readonly #settings: WorldSettings;

  constructor(states: NodeStates, settings: WorldSettings, context: NodeContext) {
    this.#settings = settings;
    const { layers, cloud, worker, mode } = settings;
    const places = new Map(settings.servers.map((place) => [place.id, place]));
    const at = (id: string) => {
      const place = places.get(id)!;
      return [place, layers[place.layer]!] as const;
    };
    if (states.cloud !== null) {
      const { cloud: state } = states;
      this.cloud = { state, program: new Cloud(state, ...at(state.id), cloud, mode, context) };
    }
    for (const [id, state] of states.servers) {
      const program = new InnerServer(state, ...at(id), mode, context);
      this.servers.set(id, { state, program });
    }
    for (const [id, state] of states.workers) {
      this.workers.set(id, { state, program: new Worker(state, worker, mode, context) });
    }
  }

  has(id: string): boolean {
    return id === this.cloud?.state.id || this.servers.has(id) || this.workers.has(id);
  }

  program(id: string): Cloud | InnerServer | Worker {
    if (id === this.cloud?.state.id) return this.cloud.program;
    const node = this.servers.get(id) ?? this.workers.get(id);
    if (node === undefined) throw new Error(`no node "${id}" here`);
    return node.program;
  }

  /** The server of a worker here. */
  serverOf(worker: string): string | null {
    return this.workers.get(worker)?.state.server ?? null;
  }

  enterMap(worker: string, kind: string): void {
    const node = this.workers.get(worker);
    if (node !== undefined) node.state.kind = kind;
  }

  leaveMap(worker: string): void {
    this.workers.get(worker)?.program.leaveMap();
  }

  /** A worker changes from one server to another; null: none. */
  associate(
    worker: string,
    previous: string | null,
    server: string | null,
    reason: DropReason,
  ): void {
    if (previous !== null) this.servers.get(previous)?.program.workerLeft(worker);
    this.workers.get(worker)?.program.associate(server, reason);
    if (server !== null) this.servers.get(server)?.program.workerJoined(worker);
  }

  /** `timers`: all that the node had set; none of them wakes it. */
  crash(id: string, memory: 'lost' | 'kept', timers: readonly Timer[]): void {
    this.servers.get(id)?.program.crash(memory, timers);
    this.workers.get(id)?.program.crash(memory);
  }

  recover(id: string): void {
    if (id === this.cloud?.state.id) this.cloud.program.recover();
    this.servers.get(id)?.program.recover();
    this.workers.get(id)?.program.recover();
  }

  /** The server sends its model to a worker that has recovered, unless the worker has left it. */
  greet(worker: string, server: string): void {
    const node = this.servers.get(server);
    if (node?.state.workers.includes(worker)) node.program.greet(worker);
  }

  /** What the servers here wait for, in the order of the settings. */
  waiting(): NonNullable<ReturnType<typeof waitingOf>>[] {
    const { servers, layers, mode } = this.#settings;
    return servers.flatMap((place) => {
      const node = place.parent === null ? this.cloud : this.servers.get(place.id);
      const waiting = node && waitingOf(node.state, place, layers[place.layer]!, mode);
      return waiting ? [waiting] : [];
    });
  }
}

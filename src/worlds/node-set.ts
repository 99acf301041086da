import type { DropReason } from '../journal/reasons.ts';
import { Cloud, type CloudState, newCloud } from '../nodes/cloud.ts';
import type { NodeContext, Timer } from '../nodes/context.ts';
import { newRelay, RelayServer, type RelayState } from '../nodes/hierarchy/relay-server.ts';
import { ReplicaServer } from '../nodes/hierarchy/replica-server.ts';
import { newReplica, type ReplicaState } from '../nodes/hierarchy/replica-state.ts';
import { waitingReplica } from '../nodes/hierarchy/waiting-replica.ts';
import { WindowWorker } from '../nodes/hierarchy/window-worker.ts';
import { newWindowWorker, type WindowWorkerState } from '../nodes/hierarchy/window-worker-state.ts';
import { InnerServer, type InnerServerState, newInnerServer } from '../nodes/inner-server.ts';
import type { ValueId } from '../nodes/messages.ts';
import { waitingOf } from '../nodes/waiting.ts';
import { Worker } from '../nodes/worker.ts';
import { newWorker, type WorkerState } from '../nodes/worker-state.ts';
import type { WorldSettings } from './world-settings.ts';

type RootState = CloudState | ReplicaState;
type ServerState = InnerServerState | ReplicaState | RelayState;

/** States of nodes, by id: plain data. */
export interface NodeStates {
  /** Null where the cloud runs elsewhere. */
  cloud: RootState | null;
  servers: Map<string, ServerState>;
  workers: Map<string, WorkerState | WindowWorkerState>;
}

/** The parameters of the root; null for a root that has lost them. */
export function rootTheta(root: RootState): ValueId | null {
  return root.type === 'cloud' ? root.theta : root.model.theta;
}

/** The workers that are with a server, in the order in which they came. */
export function associatedWorkers(server: ServerState): readonly string[] {
  return server.type === 'inner-server' ? server.workers : server.children.workers;
}

/** A node's program with its state. */
interface NodeOf<State extends { type: string }, Program> {
  type: State['type'];
  state: State;
  program: Program;
}

type ReplicaNode = NodeOf<ReplicaState, ReplicaServer>;
type RootNode = NodeOf<CloudState, Cloud> | ReplicaNode;
type ServerNode =
  | NodeOf<InnerServerState, InnerServer>
  | ReplicaNode
  | NodeOf<RelayState, RelayServer>;
type WorkerNode = NodeOf<WorkerState, Worker> | NodeOf<WindowWorkerState, WindowWorker>;
type AnyNode = RootNode | ServerNode | WorkerNode;

/** `theta`: called for each reference to the untrained model. */
export function newNodeStates(
  ids: readonly string[],
  { servers, hierarchy }: Pick<WorldSettings, 'servers' | 'hierarchy'>,
  theta: () => ValueId,
): NodeStates {
  if (hierarchy !== null) return newTreeStates(ids, servers, hierarchy, theta);
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

/** Every node but relays has a model, and holds two references to the untrained one. */
function newTreeStates(
  ids: readonly string[],
  servers: WorldSettings['servers'],
  { relays }: { relays: ReadonlySet<string> },
  theta: () => ValueId,
): NodeStates {
  const twice = (): ValueId => {
    theta();
    return theta();
  };
  const places = new Map(servers.map((place) => [place.id, place]));
  const states: NodeStates = { cloud: null, servers: new Map(), workers: new Map() };
  for (const id of ids) {
    const place = places.get(id);
    if (place === undefined) states.workers.set(id, newWindowWorker(id, twice()));
    else if (place.parent === null) states.cloud = newReplica(place, twice());
    else if (relays.has(place.layer)) states.servers.set(id, newRelay(place));
    else states.servers.set(id, newReplica(place, twice()));
  }
  return states;
}

/** The nodes that one process runs, and what happens to them in either world. */
export class NodeSet {
  readonly cloud: RootNode | null;
  readonly servers: ReadonlyMap<string, ServerNode>;
  readonly workers: ReadonlyMap<string, WorkerNode>;
  readonly #settings: WorldSettings;

  constructor(states: NodeStates, settings: WorldSettings, context: NodeContext) {
    this.#settings = settings;
    const { layers, cloud, worker, mode, hierarchy } = settings;
    const places = new Map(settings.servers.map((place) => [place.id, place]));
    const at = (id: string) => {
      const place = places.get(id)!;
      return [place, layers[place.layer]!] as const;
    };
    const rootNode = (state: RootState): RootNode => {
      const { type, id } = state;
      return type === 'cloud'
        ? { type, state, program: new Cloud(state, ...at(id), cloud, mode!, context) }
        : { type, state, program: new ReplicaServer(state, ...at(id), hierarchy!, context) };
    };
    const serverNode = (state: ServerState): ServerNode => {
      switch (state.type) {
        case 'inner-server': {
          const program = new InnerServer(state, ...at(state.id), mode!, context);
          return { type: state.type, state, program };
        }
        case 'relay': {
          const program = new RelayServer(state, ...at(state.id), hierarchy!, context);
          return { type: state.type, state, program };
        }
        case 'replica': {
          const program = new ReplicaServer(state, ...at(state.id), hierarchy!, context);
          return { type: state.type, state, program };
        }
      }
    };
    const workerNode = (state: WorkerState | WindowWorkerState): WorkerNode => {
      const { type } = state;
      return type === 'worker'
        ? { type, state, program: new Worker(state, worker, mode!, context) }
        : { type, state, program: new WindowWorker(state, hierarchy!, context) };
    };
    this.cloud = states.cloud && rootNode(states.cloud);
    this.servers = mapped(states.servers, serverNode);
    this.workers = mapped(states.workers, workerNode);
  }

  /** The cloud of rounds of one model, if it is here. */
  get roundsCloud(): Cloud | null {
    return this.cloud?.type === 'cloud' ? this.cloud.program : null;
  }

  /** A server of a tree of models, if it is here. */
  treeServer(id: string): ReplicaServer | RelayServer | null {
    const node = id === this.cloud?.state.id ? this.cloud : this.servers.get(id);
    return node?.type === 'replica' || node?.type === 'relay' ? node.program : null;
  }

  has(id: string): boolean {
    return id === this.cloud?.state.id || this.servers.has(id) || this.workers.has(id);
  }

  program(id: string): AnyNode['program'] {
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
    if (previous !== null) this.#program(previous)?.childLeft(worker);
    this.workers.get(worker)?.program.associate(server, reason);
    if (server !== null) this.#program(server)?.childJoined(worker);
  }

  /** The program of a server here that workers may join. */
  #program(server: string): InnerServer | ReplicaServer | RelayServer | undefined {
    const root = this.cloud;
    // Rounds of one model have their workers at inner servers.
    if (server === root?.state.id) return root.type === 'replica' ? root.program : undefined;
    return this.servers.get(server)?.program;
  }

  /** The run begins: the nodes of a tree of models all begin by themselves. */
  start(): void {
    for (const node of this.#all()) {
      // Those of rounds wait for the cloud.
      if (node.type !== 'inner-server' && node.type !== 'worker') node.program.start();
    }
  }

  /** The run ends: what was learnt and not measured is measured, and what was not sent is recorded. */
  end(): void {
    for (const node of this.#all()) {
      if (node.type === 'cloud' || node.type === 'replica' || node.type === 'window-worker')
        node.program.end();
    }
  }

  #all(): AnyNode[] {
    const root = this.cloud === null ? [] : [this.cloud];
    return [...root, ...this.servers.values(), ...this.workers.values()];
  }

  /** `timers`: all that the node had set; none of them wakes it. */
  crash(id: string, ownState: 'lost' | 'kept', timers: readonly Timer[]): void {
    this.servers.get(id)?.program.crash(ownState, timers);
    this.workers.get(id)?.program.crash(ownState);
  }

  recover(id: string): void {
    if (id === this.cloud?.state.id) this.cloud.program.recover();
    this.servers.get(id)?.program.recover();
    this.workers.get(id)?.program.recover();
  }

  /** A worker has recovered: its server hears of it, unless the worker has left it. */
  workerRecovered(worker: string, server: string): void {
    const node = this.servers.get(server);
    if (node !== undefined && associatedWorkers(node.state).includes(worker))
      node.program.workerRecovered(worker);
  }

  /** Reasons for which the servers here wait, in the order of the settings. */
  waiting(): NonNullable<ReturnType<typeof waitingOf>>[] {
    const { servers, layers, mode } = this.#settings;
    return servers.flatMap((place) => {
      const node = place.parent === null ? this.cloud : this.servers.get(place.id);
      if (!node) return [];
      const { state } = node;
      const layer = layers[place.layer]!;
      const waiting =
        state.type === 'cloud' || state.type === 'inner-server'
          ? waitingOf(state, place, layer, mode!)
          : waitingReplica(state, place, layer);
      return waiting ? [waiting] : [];
    });
  }
}

function mapped<From, To>(map: ReadonlyMap<string, From>, to: (from: From) => To): Map<string, To> {
  return new Map([...map].map(([id, from]) => [id, to(from)]));
}

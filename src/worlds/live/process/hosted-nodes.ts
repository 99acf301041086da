import type { EndReason } from '../../../journal/reasons.ts';
import { Cloud, type CloudState, newCloud } from '../../../nodes/cloud.ts';
import type { Timer } from '../../../nodes/context.ts';
import { InnerServer, type InnerServerState, newInnerServer } from '../../../nodes/inner-server.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import { waitingOf } from '../../../nodes/waiting.ts';
import { newWorker, Worker, type WorkerState } from '../../../nodes/worker.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Numbers } from '../protocol/control-message.ts';
import type { Movement } from '../protocol/movement-message.ts';
import type { LiveContext } from './live-context.ts';

/** The nodes that one process runs: their states and programs. */
export class HostedNodes {
  readonly cloud: { state: CloudState; program: Cloud } | null = null;
  readonly #settings: WorldSettings;
  readonly #context: LiveContext;
  readonly #servers = new Map<string, { state: InnerServerState; program: InnerServer }>();
  readonly #workers = new Map<string, { state: WorkerState; program: Worker }>();

  /** `theta`: gives the cloud its first model. */
  constructor(
    ids: readonly string[],
    settings: WorldSettings,
    context: LiveContext,
    theta: () => ValueId,
  ) {
    this.#settings = settings;
    this.#context = context;
    const { servers, layers, cloud, worker, mode } = settings;
    const places = new Map(servers.map((place) => [place.id, place]));
    for (const id of ids) {
      const place = places.get(id);
      if (place === undefined) {
        const state = newWorker(id);
        this.#workers.set(id, { state, program: new Worker(state, worker, mode, context) });
      } else if (place.parent === null) {
        const state = newCloud(id, theta());
        const program = new Cloud(state, place, layers[place.layer]!, cloud, mode, context);
        this.cloud = { state, program };
      } else {
        const state = newInnerServer(id);
        const program = new InnerServer(state, place, layers[place.layer]!, mode, context);
        this.#servers.set(id, { state, program });
      }
    }
  }

  program(id: string): Cloud | InnerServer | Worker {
    if (id === this.cloud?.state.id) return this.cloud.program;
    const node = this.#servers.get(id) ?? this.#workers.get(id);
    if (node === undefined) throw new Error(`no node "${id}" here`);
    return node.program;
  }

  has(id: string): boolean {
    return id === this.cloud?.state.id || this.#servers.has(id) || this.#workers.has(id);
  }

  /** `timers`: the node's own, which will not wake it any more. */
  crash(id: string, memory: 'lost' | 'kept', timers: readonly Timer[]): void {
    this.#context.down.add(id);
    this.#servers.get(id)?.program.crash(memory, timers);
    this.#workers.get(id)?.program.crash(memory);
  }

  recover(id: string): void {
    this.#context.down.delete(id);
    if (id === this.cloud?.state.id) this.cloud.program.recover();
    this.#servers.get(id)?.program.recover();
    this.#workers.get(id)?.program.recover();
  }

  /** A worker that has recovered is sent the model of its server, unless it is gone from there. */
  greet(worker: string, server: string): void {
    const node = this.#servers.get(server);
    if (node?.state.workers.includes(worker)) node.program.greet(worker);
  }

  /** Of a worker here. */
  serverOf(worker: string): string | null {
    return this.#workers.get(worker)?.state.server ?? null;
  }

  /** A worker's movement means something to its own host and to those of its servers. */
  move(movement: Movement): void {
    const { worker: id } = movement;
    const { contacts } = this.#context;
    const worker = this.#workers.get(id);
    switch (movement.type) {
      case 'enter-map':
        if (worker !== undefined) worker.state.kind = movement.kind;
        return;
      case 'leave-map':
        worker?.program.leaveMap();
        return;
      case 'enter-range': {
        const ofWorker = contacts.get(id) ?? new Map<string, number>();
        contacts.set(id, ofWorker.set(movement.server, movement.contact));
        return;
      }
      case 'leave-range':
        contacts.get(id)?.delete(movement.server);
        return;
      case 'associate': {
        const { server, previous, reason } = movement;
        if (previous !== null) this.#servers.get(previous)?.program.workerLeft(id);
        worker?.program.associate(server, reason);
        if (server !== null) this.#servers.get(server)?.program.workerJoined(id);
      }
    }
  }

  /** A process is gone, and workers with it if it had any. */
  lose(nodes: ReadonlySet<string>): void {
    for (const node of nodes) {
      this.#context.contacts.delete(node);
      for (const { state, program } of this.#servers.values()) {
        if (state.workers.includes(node)) program.workerLeft(node);
      }
      this.cloud?.program.endWork(node);
    }
  }

  /** What servers here have collected from these nodes. */
  collectedFrom(nodes: ReadonlySet<string>): Numbers {
    const states = [...this.#servers.values(), ...(this.cloud === null ? [] : [this.cloud])];
    const entries = states.flatMap(({ state }) =>
      state.collection.entries.filter(({ sender }) => nodes.has(sender)),
    );
    const idsOf = (wanted: string) =>
      entries.filter(({ kind }) => kind === wanted).map(({ id }) => id);
    return { gradients: idsOf('gradient'), results: idsOf('result') };
  }

  /** The workers' gradients under way, by their versions. */
  get workUnderWay(): { worker: string; version: number }[] {
    return [...this.#workers.values()].flatMap(({ state: { id: worker, computing } }) =>
      computing === null ? [] : [{ worker, version: computing.version }],
    );
  }

  /**
   * These nodes ran in another process before, whose memory is lost. `rounds`: by node, the last one
   * that is known of it. Until they recover servers are down, and workers that have crashed.
   */
  learn(rounds: readonly number[], down: ReadonlySet<string>): void {
    const { isSynchronous } = this.#settings.mode;
    for (const [index, { state }] of [...this.#servers.values()].entries()) {
      Object.assign(state, { down: true, mustResend: isSynchronous });
      this.#context.down.add(state.id);
      // In step it may be told to open the last one again.
      if (!isSynchronous) state.collection.round = rounds[index]!;
    }
    for (const { state } of this.#workers.values()) state.down = down.has(state.id);
  }

  /** The run is over: the cloud measures once more, and those that are stuck say for what. */
  end(reason: EndReason): void {
    if (reason === 'stalled') this.#recordWaiting();
    this.cloud?.program.end();
  }

  #recordWaiting(): void {
    const { servers, layers, mode } = this.#settings;
    for (const place of servers) {
      const state = place.parent === null ? this.cloud?.state : this.#servers.get(place.id)?.state;
      const waiting = state && waitingOf(state, place, layers[place.layer]!, mode);
      if (waiting) this.#context.record(waiting);
    }
  }
}

import type { EndReason } from '../../journal/events.ts';
import { Cloud, type CloudState, newCloud } from '../../nodes/cloud.ts';
import type { Timer } from '../../nodes/context.ts';
import { InnerServer, type InnerServerState, newInnerServer } from '../../nodes/inner-server.ts';
import type { ValueId } from '../../nodes/messages.ts';
import { waitingOf } from '../../nodes/waiting.ts';
import { newWorker, Worker, type WorkerState } from '../../nodes/worker.ts';
import type { WorldSettings } from '../world-settings.ts';
import type { Movement } from './control-message.ts';
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

  /** Workers are gone, all at once. Out: which of their gradients servers here have. */
  lose(workers: ReadonlySet<string>): number[] {
    for (const worker of workers) {
      this.#context.contacts.delete(worker);
      for (const { state, program } of this.#servers.values()) {
        if (state.workers.includes(worker)) program.workerLeft(worker);
      }
      this.cloud?.program.endWork(worker);
    }
    return [...this.#servers.values()].flatMap(({ state }) =>
      state.collection.entries
        .filter(({ sender, kind }) => kind === 'gradient' && workers.has(sender))
        .map(({ id }) => id),
    );
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

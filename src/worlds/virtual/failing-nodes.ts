import type { Failure } from '../../faults/failure.ts';
import { schedule } from '../../simulation/event-queue.ts';
import type { RandomStream } from '../../simulation/random.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { FailingWorld } from '../failures.ts';
import type { NodeSet } from '../node-set.ts';
import { homeWorkersOf, reattach, Standbys } from '../standbys.ts';
import type { WorldSettings } from '../world-settings.ts';
import type { WorldContext } from './world-context.ts';
import type { WorldEvent, WorldState } from './world-state.ts';

/** Lets nodes of the virtual world crash and recover, and cuts and restores its links. */
export class FailingNodes implements FailingWorld {
  readonly #settings: WorldSettings;
  readonly #state: WorldState;
  readonly #context: WorldContext;
  readonly #nodes: NodeSet;
  readonly #moveWorker: (worker: string, server: string) => void;
  readonly #standbys: Standbys;

  /** `moveWorker`: associates a worker with another server. */
  constructor(
    settings: WorldSettings,
    state: WorldState,
    context: WorldContext,
    nodes: NodeSet,
    moveWorker: (worker: string, server: string) => void,
  ) {
    this.#moveWorker = moveWorker;
    this.#standbys = new Standbys(
      settings.servers,
      (server) => state.cut.has(server) || state.servers.get(server)?.down === true,
    );
    this.#settings = settings;
    this.#state = state;
    this.#context = context;
    this.#nodes = nodes;
  }

  /**
   * Whether a failure with a set time is not over: until then no node is stuck for good. Failures that
   * repeat do not count, since they always have a next recovery.
   */
  get awaitsRecovery(): boolean {
    const { failures } = this.#settings;
    return this.#state.queue.heap.some(
      ({ event }) => event.type === 'recovery' && 'timeUs' in failures[event.failure]!.begins,
    );
  }

  random(name: string): RandomStream {
    return this.#context.random(name);
  }

  schedule(timeUs: TimeUs, event: WorldEvent): void {
    schedule(this.#state.queue, timeUs, event);
  }

  mayFail({ kind, node }: Failure): boolean {
    const { cut, servers, workers } = this.#state;
    if (kind === 'cut') return !cut.has(node);
    const worker = workers.get(node);
    return worker === undefined ? !servers.get(node)!.down : !worker.down && worker.kind !== null;
  }

  begin(failure: Failure): void {
    this.#begin(failure);
    this.#failOver();
  }

  end(failure: Failure): void {
    this.#end(failure);
    this.#failOver();
  }

  /** Children of servers that are lost go to their standby, and come back when these are there again. */
  #failOver(): void {
    const { servers } = this.#settings;
    for (const failover of this.#standbys.update()) {
      const { server } = failover;
      const to = this.#standbys.serverOf(server);
      const workers = homeWorkersOf(this.#settings, server);
      const children = [...servers.find(({ id }) => id === server)!.children, ...workers];
      this.#context.record({ type: 'failover', server, to, children });
      reattach(this.#nodes, this.#settings, failover);
      for (const worker of workers) {
        // One that has left the map comes back to where it is then.
        if (this.#nodes.serverOf(worker) !== null) this.#moveWorker(worker, to);
      }
    }
  }

  #begin({ kind, node, state }: Failure): void {
    const context = this.#context;
    if (kind === 'cut') {
      context.record({ type: 'cut', server: node, parent: this.#parentOf(node) });
      this.#state.cut.add(node);
      return;
    }
    context.record({ type: 'crashed', node, state });
    const timers = context.takeTimers(node);
    this.#nodes.crash(node, state, timers);
  }

  #end({ kind, node }: Failure): void {
    const context = this.#context;
    if (kind === 'cut') {
      context.record({ type: 'restored', server: node, parent: this.#parentOf(node) });
      this.#state.cut.delete(node);
      return;
    }
    context.record({ type: 'recovered', node });
    this.#nodes.recover(node);
    const server = this.#nodes.serverOf(node);
    if (server !== null) this.#nodes.workerRecovered(node, server);
  }

  #parentOf(server: string): string {
    return this.#settings.servers.find(({ id }) => id === server)!.parent!;
  }
}

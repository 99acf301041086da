import type { EndReason } from '../../../journal/reasons.ts';
import type { Timer } from '../../../nodes/context.ts';
import type { RelayServer } from '../../../nodes/hierarchy/relay-server.ts';
import type { ReplicaServer } from '../../../nodes/hierarchy/replica-server.ts';
import type { WindowWorker } from '../../../nodes/hierarchy/window-worker.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import { associatedWorkers, NodeSet, newNodeStates } from '../../node-set.ts';
import { reattach } from '../../standbys.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Background, Numbers } from '../protocol/control-message.ts';
import type { Movement } from '../protocol/movement-message.ts';
import type { LiveContext } from './live-context.ts';

/** The nodes of one process of the live world, which may be made again after a loss. */
export class ProcessNodes extends NodeSet {
  readonly #settings: WorldSettings;
  readonly #context: LiveContext;

  /** `theta`: called for the cloud's first model. */
  constructor(
    ids: readonly string[],
    settings: WorldSettings,
    context: LiveContext,
    theta: () => ValueId,
  ) {
    super(newNodeStates(ids, settings, theta), settings, context);
    this.#settings = settings;
    this.#context = context;
  }

  override crash(id: string, ownState: 'lost' | 'kept', timers: readonly Timer[]): void {
    this.#context.down.add(id);
    super.crash(id, ownState, timers);
  }

  override recover(id: string): void {
    this.#context.down.delete(id);
    super.recover(id);
  }

  /** Applies a movement here: the processes of the worker and of its servers receive it. */
  move(movement: Movement): void {
    const { worker } = movement;
    const { contacts, signals, handedOver } = this.#context;
    switch (movement.type) {
      case 'enter-map':
        this.enterMap(worker, movement.kind);
        return;
      case 'leave-map':
        this.leaveMap(worker);
        return;
      case 'enter-range': {
        const ofWorker = contacts.get(worker) ?? new Map<string, number>();
        contacts.set(worker, ofWorker.set(movement.server, movement.contact));
        return;
      }
      case 'leave-range':
        contacts.get(worker)?.delete(movement.server);
        signals.delete(movement.contact);
        handedOver.delete(movement.contact);
        return;
      case 'associate':
        this.#delay(movement);
        this.associate(worker, movement.previous, movement.server, movement.reason);
    }
  }

  #delay({ worker, previous, server, timeUs }: Movement & { type: 'associate' }): void {
    const { handoverDelayUs } = this.#settings;
    if (previous === null || server === null || handoverDelayUs === 0) return;
    const { contacts, handedOver } = this.#context;
    const contact = contacts.get(worker)?.get(server);
    if (contact !== undefined) handedOver.set(contact, timeUs + handoverDelayUs);
  }

  /** The process of these nodes is lost: workers among them have left their servers. */
  lose(nodes: ReadonlySet<string>): void {
    for (const node of nodes) {
      this.#context.contacts.delete(node);
      for (const { state, program } of this.servers.values()) {
        if (associatedWorkers(state).includes(node)) program.childLeft(node);
      }
      this.roundsCloud?.endWork(node);
    }
    if (this.#settings.hierarchy !== null) this.#loseOfTree(nodes);
  }

  /** Workers may be with the root, and a parent has forgotten that its children are done. */
  #loseOfTree(nodes: ReadonlySet<string>): void {
    const root = this.cloud;
    const workers = [...nodes].filter((node) => this.#settings.workers.includes(node));
    if (root?.type === 'replica') for (const worker of workers) root.program.childLeft(worker);
    for (const program of this.#childrenOf(nodes)) program.parentLost();
  }

  /** Another process has these nodes now: their children of a tree of models ask them again. */
  meet(nodes: ReadonlySet<string>): void {
    for (const program of this.#childrenOf(nodes)) program.parentBack();
  }

  #childrenOf(nodes: ReadonlySet<string>): (ReplicaServer | RelayServer | WindowWorker)[] {
    return [...this.servers.values(), ...this.workers.values()].flatMap((node) => {
      if (node.type === 'inner-server' || node.type === 'worker') return [];
      const parent = node.type === 'window-worker' ? node.state.server : node.state.parent;
      return parent !== null && nodes.has(parent) ? [node.program] : [];
    });
  }

  /** Before a successor knows anything: nodes of a tree of models have lost their models. */
  forget(): void {
    const root = this.cloud;
    if (root?.type === 'replica') {
      this.#context.down.add(root.state.id);
      root.program.crash('lost', []);
    }
    const nodes = [...this.servers.values(), ...this.workers.values()];
    for (const node of nodes) {
      if (node.type === 'window-worker') node.program.crash('lost');
      else this.crash(node.state.id, 'lost', []);
    }
  }

  /** Nodes of a tree of models go on: servers when they recover, workers with the next window. */
  takeOver({ rounds, versions, down }: Background): void {
    // The servers of rounds go on with the next round that they receive.
    if (this.#settings.hierarchy === null) return;
    for (const [index, { state }] of [...this.servers.values()].entries()) {
      state.collection.round = rounds[index]!;
      // Its next model must be newer than any that its children have; a relay has no versions of
      // its own.
      if (state.type === 'replica') state.version = versions[index]! + 1;
    }
    for (const [index, node] of [...this.workers.values()].entries()) {
      if (node.type === 'window-worker')
        node.program.takeOver(rounds[index]!, down.includes(node.state.id));
    }
  }

  /** Contributions that servers here have collected from these nodes. */
  collectedFrom(nodes: ReadonlySet<string>): Numbers {
    const states = [...this.servers.values(), ...(this.cloud === null ? [] : [this.cloud])];
    const entries = states.flatMap(({ state }) =>
      state.collection.entries.filter(({ sender }) => nodes.has(sender)),
    );
    const idsOf = (wanted: string) =>
      entries.filter(({ kind }) => kind === wanted).map(({ id }) => id);
    return { gradients: idsOf('gradient'), results: [...idsOf('result'), ...idsOf('update')] };
  }

  /** The version of each gradient that a worker here computes. */
  get workUnderWay(): { worker: string; version: number }[] {
    return [...this.workers.values()].flatMap(({ state }) =>
      state.type === 'window-worker' || state.computing === null
        ? []
        : [{ worker: state.id, version: state.computing.version }],
    );
  }

  /**
   * The process that ran these nodes before is lost, and their memory with it. Servers are down until they
   * recover; so are workers that are known to be. In a tree of models they are with whom the others are.
   */
  learn({ rounds, cut, down: known, away: servers }: Background): void {
    for (const server of cut) this.#context.cut.add(server);
    for (const node of known) this.#context.down.add(node);
    if (this.#settings.hierarchy !== null) {
      const away = new Set(servers);
      for (const server of away) {
        reattach(this, this.#settings, { server, isAway: true, away });
      }
      return;
    }
    const down = new Set(known);
    const { isSynchronous } = this.#settings.mode!;
    for (const [index, { state }] of [...this.servers.values()].entries()) {
      Object.assign(state, { down: true, mustResend: isSynchronous });
      this.#context.down.add(state.id);
      // In synchronous rounds the server above may request the last one again.
      if (!isSynchronous) state.collection.round = rounds[index]!;
    }
    for (const { state } of this.workers.values()) state.down = down.has(state.id);
  }

  /** The run ends: stalled servers record what they wait for, and the cloud measures its model. */
  endBecause(reason: EndReason): void {
    if (reason === 'stalled') {
      for (const waiting of this.waiting()) this.#context.record(waiting);
    }
    this.end();
  }
}

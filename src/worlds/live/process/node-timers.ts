import type { Timer } from '../../../nodes/context.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { ValueStore } from '../../computing/value-store.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { LiveContext } from './live-context.ts';
import type { PeerLinks } from './peer-links.ts';
import type { ProcessNodes } from './process-nodes.ts';
import type { ValueWaiters } from './value-waiters.ts';

/** A node's timer, and the value that it needs. */
export interface WaitingTimer {
  node: string;
  timer: Timer;
  needs: ValueId | null;
}

interface NodeTimerParts {
  clock: LiveClock;
  values: ValueStore;
  waiters: ValueWaiters;
  context: LiveContext;
  nodes: ProcessNodes;
  links: PeerLinks;
  slotOf: (node: string) => number;
  /** Calls `wake` at that simulation time. */
  schedule: (timeUs: TimeUs, waiting: WaitingTimer) => void;
}

/** The timers of the nodes of one process. */
export class NodeTimers {
  readonly #parts: NodeTimerParts;
  readonly #byNode = new Map<string, Set<WaitingTimer>>();

  constructor(parts: NodeTimerParts) {
    this.#parts = parts;
  }

  get waiting(): readonly WaitingTimer[] {
    return [...this.#byNode.values()].flatMap((timers) => [...timers]);
  }

  set(timeUs: TimeUs, waiting: WaitingTimer): void {
    const { node } = waiting;
    const others = this.#byNode.get(node);
    if (others) others.add(waiting);
    else this.#byNode.set(node, new Set([waiting]));
    this.#parts.schedule(timeUs, waiting);
  }

  /** Cancels all timers of a node. */
  take(node: string): Timer[] {
    const { values, context } = this.#parts;
    const waiting = [...(this.#byNode.get(node) ?? [])];
    this.#byNode.delete(node);
    for (const { timer, needs } of waiting) {
      if (needs !== null) values.release(needs);
      if (isWork(timer)) context.gradients.delete(timer.gradient);
    }
    return waiting.map(({ timer }) => timer);
  }

  /** The timer is due; the value that it needs may still be computing. */
  wake(waiting: WaitingTimer): void {
    const { clock, values, waiters, context, nodes, links, schedule } = this.#parts;
    const { node, timer, needs } = waiting;
    const timers = this.#byNode.get(node);
    if (!timers?.has(waiting)) return;
    const value = context.neededBy(timer, needs);
    if (value === undefined) {
      timers.delete(waiting);
      if (isWork(timer)) context.gradients.delete(timer.gradient);
      return;
    }
    if (value !== null && values.status(value) !== 'ready') {
      waiters.whenReady(value, () => schedule(clock.nowUs, waiting));
      return;
    }
    const slot = isWork(timer) ? this.#slotAbove(node) : null;
    if (slot !== null && links.isCongested(slot)) {
      // A worker starts no computation while its server's process is congested.
      void links.relieved(slot).then(() => schedule(clock.nowUs, waiting));
      return;
    }
    timers.delete(waiting);
    if (isWork(timer)) context.gradients.delete(timer.gradient);
    nodes.program(node).wake(timer);
    if (needs !== null) values.release(needs);
  }

  /** The process of the server of a worker here. */
  #slotAbove(worker: string): number | null {
    const { nodes, slotOf } = this.#parts;
    const server = nodes.serverOf(worker);
    return server === null ? null : slotOf(server);
  }
}

/** True for a worker's computation. */
function isWork(timer: Timer): timer is Timer & { kind: 'computed' | 'trained' } {
  return timer.kind === 'computed' || timer.kind === 'trained';
}

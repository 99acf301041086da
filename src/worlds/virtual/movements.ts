import type { MobilityEvent, MovementList } from '../../mobility/contacts.ts';
import { schedule } from '../../simulation/event-queue.ts';
import { countRepetition } from '../idle-repetitions.ts';
import type { NodeSet } from '../node-set.ts';
import { TracePlayback } from '../trace-playback.ts';
import type { WorldSettings } from '../world-settings.ts';
import type { WorldContext } from './world-context.ts';
import { PRIORITY, type WorldState } from './world-state.ts';

/** Moves the workers: the next movement of the trace is always in the queue. */
export class Movements {
  readonly #state: WorldState;
  readonly #context: WorldContext;
  readonly #nodes: NodeSet;
  readonly #trace: TracePlayback;
  readonly #settings: WorldSettings;
  readonly #awaitsRecovery: () => boolean;

  /** `awaitsRecovery`: whether something that is down will come back at a set time. */
  constructor(
    mobility: (repetition: number) => MovementList | null,
    state: WorldState,
    context: WorldContext,
    nodes: NodeSet,
    awaitsRecovery: () => boolean,
    settings: WorldSettings,
  ) {
    this.#settings = settings;
    this.#state = state;
    this.#context = context;
    this.#nodes = nodes;
    this.#awaitsRecovery = awaitsRecovery;
    this.#trace = new TracePlayback(mobility, state.trace, settings.loadPolicy);
  }

  /** Whether no worker will move any more, although the trace is repeated. */
  get isEmpty(): boolean {
    return this.#trace.isEmpty;
  }

  /** Puts the next movement into the queue, before all else that happens at its time. */
  scheduleNext(): void {
    const next = this.#trace.next;
    if (next === undefined) return;
    schedule(this.#state.queue, next.timeUs, { type: 'movement' }, PRIORITY.movement);
  }

  /** Applies the next movement, and schedules the one after it. */
  moveNext(): void {
    this.#apply(this.#trace.next!);
    if (this.#trace.pass()) {
      const { idle, cloud } = this.#state;
      const isStalled = countRepetition(idle, cloud.gradients, this.#awaitsRecovery());
      // After the last repetition the run continues to the end of the trace.
      if (isStalled && !this.#trace.isOver) this.#state.ended = 'stalled';
    }
    this.scheduleNext();
  }

  #apply(movement: MobilityEvent): void {
    const context = this.#context;
    const { byzantineNodes } = context;
    const { timeUs: _, signal, ...event } = { signal: undefined, ...movement };
    const { worker } = event;
    const contacts = this.#state.contacts.get(worker)!;
    if (event.type === 'associate') {
      this.associate(worker, event.server);
      return;
    }
    if (event.type === 'leave-map') this.#nodes.leaveMap(worker);
    context.record(event);
    switch (event.type) {
      case 'enter-map':
        this.#nodes.enterMap(worker, event.kind);
        byzantineNodes.workerBecomes(worker, event.kind);
        return;
      case 'leave-map':
        byzantineNodes.workerBecomes(worker, null);
        return;
      case 'enter-region':
      case 'leave-region':
        byzantineNodes.workerCrosses(worker, event.type === 'enter-region');
        return;
      case 'enter-range':
        contacts.set(event.server, event.contact);
        if (signal !== undefined) this.#state.signals.set(event.contact, signal);
        return;
      case 'leave-range':
        contacts.delete(event.server);
        context.sharedAir.endContact(event);
        this.#state.signals.delete(event.contact);
        this.#state.handedOver.delete(event.contact);
    }
  }

  associate(worker: string, server: string | null): void {
    const previous = this.#nodes.serverOf(worker);
    const handover = previous !== null && server !== null;
    const { handoverDelayUs } = this.#settings;
    const delay = handover && handoverDelayUs > 0 ? { delayUs: handoverDelayUs } : {};
    this.#context.record({ type: 'associate', worker, server, previous, handover, ...delay });
    if (delay.delayUs !== undefined) {
      const contact = this.#state.contacts.get(worker)!.get(server!)!;
      this.#state.handedOver.set(contact, this.#state.nowUs + delay.delayUs);
    }
    this.#state.inRange += (server === null ? 0 : 1) - (previous === null ? 0 : 1);
    // Before the worker sends what it has to the new server: it may be Byzantine there.
    this.#context.byzantineNodes.workerMoves(worker, previous, server);
    const reason = handover ? 'handover' : this.#trace.reasonToLeave();
    this.#nodes.associate(worker, previous, server, reason);
  }
}

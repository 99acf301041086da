import { Gate } from '../../../gate.ts';
import type { SimulatedEvent } from '../../../journal/events.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import type { ValueStore } from '../../computing/value-store.ts';
import type { ControlMessage, ReportItem } from '../protocol/control-message.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { ReportedEvent } from '../protocol/reported-event.ts';

/** A frame's header is small. */
const ITEMS_A_FRAME = 20;

/** Events that this process's nodes have recorded, on their way to the coordinator's journal. */
export class Reports {
  readonly #values: ValueStore;
  readonly #clock: Pick<LiveClock, 'nowUs'>;
  readonly #send: (report: ControlMessage & { type: 'report' }) => void;
  #items: ReportItem[] = [];
  /** Values of recorded events whose facts are still missing. */
  readonly #late = new Set<ValueId>();
  readonly #settled = new Gate();

  constructor(
    values: ValueStore,
    clock: Pick<LiveClock, 'nowUs'>,
    send: (report: ControlMessage & { type: 'report' }) => void,
  ) {
    this.#values = values;
    this.#clock = clock;
    this.#send = send;
  }

  record(event: SimulatedEvent, late?: ValueId): void {
    // The coordinator records the others.
    const reported = event as ReportedEvent;
    if (late !== undefined && this.#values.status(late) !== 'ready') {
      this.#late.add(late);
      this.#items.push({ type: 'record', event: reported, late });
      return;
    }
    const facts = late === undefined ? {} : this.#values.facts(late).journal;
    this.#items.push({ type: 'record', event: { ...reported, ...facts }, late: null });
  }

  /** A value's numbers are computed. */
  settle(late: ValueId, facts: Record<string, unknown>): void {
    if (!this.#late.delete(late)) return;
    this.#items.push({ type: 'settle', late, facts });
    if (this.#late.size === 0) this.#settled.open();
  }

  /** Resolves when no event waits for its facts. */
  settled(): Promise<void> {
    return this.#late.size === 0 ? Promise.resolve() : this.#settled.wait();
  }

  flush(): void {
    const { nowUs: timeUs } = this.#clock;
    while (this.#items.length > 0) {
      this.#send({ type: 'report', timeUs, items: this.#items.splice(0, ITEMS_A_FRAME) });
    }
  }
}

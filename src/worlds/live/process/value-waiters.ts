import type { ValueId } from '../../../nodes/messages.ts';
import type { ValueStore } from '../../computing/value-store.ts';

/** Callbacks for when a value's numbers are computed. */
export class ValueWaiters {
  readonly #values: ValueStore;
  readonly #waiting = new Map<ValueId, (() => void)[]>();

  constructor(values: ValueStore) {
    this.#values = values;
  }

  /** Calls at once when they are computed already. */
  whenReady(value: ValueId, action: () => void): void {
    if (this.#values.status(value) === 'ready') {
      action();
      return;
    }
    const others = this.#waiting.get(value);
    if (others) others.push(action);
    else this.#waiting.set(value, [action]);
  }

  /** The numbers are computed, or the value was given up: calls the waiters. */
  wake(value: ValueId): void {
    const actions = this.#waiting.get(value);
    this.#waiting.delete(value);
    for (const action of actions ?? []) action();
  }
}

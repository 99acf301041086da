import type { Wire, WireEvents } from '#src/transport/wire.js';

/** Bytes that one end has written and the other has not taken yet. */
type Written = { pieces: readonly Uint8Array[]; written: () => void } | 'end';

/** Two wires that are each other's other end, in one process. */
export function memoryWires(nameOfFirst: string, nameOfSecond: string): [Wire, Wire] {
  const first = new MemoryWire(nameOfSecond);
  const second = new MemoryWire(nameOfFirst);
  first.join(second);
  second.join(first);
  return [first, second];
}

class MemoryWire implements Wire {
  readonly remote: string;
  #other: MemoryWire | null = null;
  #events: WireEvents | null = null;
  #coming: Written[] = [];
  #isPaused = false;
  #isDelivering = false;
  #hasEnded = false;
  #isClosed = false;

  constructor(remote: string) {
    this.remote = remote;
  }

  join(other: MemoryWire): void {
    this.#other = other;
  }

  start(events: WireEvents): void {
    this.#events = events;
    this.#wake();
    if (this.#isClosed) setImmediate(() => events.closed(null));
  }

  write(pieces: readonly Uint8Array[], written: () => void): void {
    if (!this.#isClosed && !this.#hasEnded) this.#other?.take({ pieces, written });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake();
  }

  end(): void {
    if (this.#isClosed || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#other?.take('end');
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#close();
    // The other end still takes what was on its way, as over a network.
    this.#other?.take('end');
  }

  take(written: Written): void {
    if (this.#isClosed) return;
    this.#coming.push(written);
    this.#wake();
  }

  /** One thing at a time, each in its own turn of the loop, so that neither end starves. */
  #wake(): void {
    if (this.#isDelivering || this.#isPaused || this.#events === null) return;
    if (this.#coming.length === 0 || this.#isClosed) return;
    this.#isDelivering = true;
    setImmediate(() => {
      this.#isDelivering = false;
      if (this.#isPaused || this.#isClosed) return;
      this.#deliver(this.#coming.shift()!);
      this.#wake();
    });
  }

  #deliver(next: Written): void {
    if (next !== 'end') {
      for (const piece of next.pieces) this.#events?.bytes(piece.slice());
      next.written();
      return;
    }
    this.#events?.ended();
    // As a socket that is not half open: when the other end is done, so is this one.
    this.end();
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#coming = [];
    setImmediate(() => this.#events?.closed(null));
  }
}

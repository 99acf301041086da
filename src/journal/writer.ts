import { createHash, type Hash } from 'node:crypto';
import type { JournalLine, SimulatedEvent, SimulatedLine } from './events.ts';
import type { HostEvent } from './host-events.ts';

/** Where a journal's bytes go. */
export interface JournalSink {
  write(text: string): void;
}

/** Where a journal continues: at its beginning, or after the part that a checkpoint covers. */
export interface JournalStart {
  nextEvent: number;
  nextHostEvent: number;
  /** Over the simulated lines so far. */
  hash: Hash;
  /** Length of the part that stays as it is, and the SHA-256 over its bytes so far. */
  bytes: number;
  digest: Hash;
  /** Host lines of the part behind it: written again, so that no host event is lost. */
  keptLines: string;
  /** Of the last host event. */
  wallTimeS: number;
}

interface Slot {
  n: number;
  timeUs: number;
  event: SimulatedEvent;
  /** The value whose facts it gets. */
  late: number | undefined;
  facts: Record<string, unknown> | null;
}

export function journalStart(): JournalStart {
  const [hash, digest] = [createHash('sha256'), createHash('sha256')];
  return { nextEvent: 0, nextHostEvent: 0, hash, bytes: 0, digest, keptLines: '', wallTimeS: 0 };
}

/**
 * Appends events as JSON lines. An event whose facts come late keeps its place: the simulated
 * events after it are held back until they are there.
 */
export class JournalWriter {
  readonly #sink: JournalSink;
  readonly #hash: Hash;
  readonly #wallTimeS: () => number;
  #nextEvent: number;
  #nextHostEvent: number;
  /** Events not yet written, in order; the first is one whose facts are missing. */
  #held: Slot[] = [];
  readonly #late = new Map<number, Slot[]>();
  /** They get each line as it is written, simulated ones with their late facts. */
  readonly readers = new Set<(line: JournalLine) => void>();

  constructor(sink: JournalSink, start: JournalStart, wallTimeS: () => number) {
    this.#sink = sink;
    this.#hash = start.hash;
    this.#nextEvent = start.nextEvent;
    this.#nextHostEvent = start.nextHostEvent;
    this.#wallTimeS = wallTimeS;
  }

  get nextEvent(): number {
    return this.#nextEvent;
  }

  get nextHostEvent(): number {
    return this.#nextHostEvent;
  }

  /** Events that are held back for late facts. */
  get held(): number {
    return this.#held.length;
  }

  /** The event that all these wait for, and the value whose facts it waits for; null for none. */
  get firstHeld(): { n: number; late: number } | null {
    const [first] = this.#held;
    return first?.late === undefined ? null : { n: first.n, late: first.late };
  }

  /** SHA-256 over all simulated lines written so far, newlines included. */
  get hash(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Appends a simulated event; with `late`, once `settle` was called for that value. */
  record(timeUs: number, event: SimulatedEvent, late?: number): void {
    const facts = late === undefined ? {} : null;
    const slot: Slot = { n: this.#nextEvent, timeUs, event, late, facts };
    this.#nextEvent += 1;
    if (late !== undefined) {
      const others = this.#late.get(late);
      if (others) others.push(slot);
      else this.#late.set(late, [slot]);
    }
    this.#held.push(slot);
    this.#writeHeld();
  }

  /** The facts of a value are there. */
  settle(value: number, facts: Record<string, unknown>): void {
    const slots = this.#late.get(value);
    if (slots === undefined) return;
    this.#late.delete(value);
    for (const slot of slots) slot.facts = facts;
    this.#writeHeld();
    for (const { event, n } of slots) {
      if (event.type === 'evaluated') this.recordHost({ type: 'evaluation-done', event: n });
    }
  }

  recordHost(event: HostEvent): void {
    const line = { host: this.#nextHostEvent, wallTimeS: this.#wallTimeS(), ...event };
    this.#nextHostEvent += 1;
    this.#sink.write(`${JSON.stringify(line)}\n`);
    for (const read of this.readers) read(line);
  }

  #writeHeld(): void {
    let written = 0;
    for (const { n, timeUs, event, facts } of this.#held) {
      if (facts === null) break;
      const whole = { n, timeUs, ...event, ...facts };
      const line = `${JSON.stringify(whole)}\n`;
      this.#hash.update(line);
      this.#sink.write(line);
      for (const read of this.readers) read(whole as SimulatedLine);
      written += 1;
    }
    if (written > 0) this.#held.splice(0, written);
  }
}

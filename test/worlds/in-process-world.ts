import { createHash } from 'node:crypto';
import { type Composition, compose } from '#src/compose/compose.js';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { JournalWriter, journalStart } from '#src/journal/writer.js';
import type { MobilityEvent } from '#src/mobility/contacts.js';
import { Computations } from '#src/worlds/computing/computations.js';
import type { TaskPool } from '#src/worlds/computing/thread-pool.js';
import { type SavedValue, ValueStore } from '#src/worlds/computing/value-store.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { World } from '#src/worlds/virtual/world.js';
import { newWorldState, type WorldState } from '#src/worlds/virtual/world-state.js';
import { type Choice, InProcessPool } from './in-process-pool.ts';
import { JournalText } from './journal-text.ts';
import { expectOwned } from './owned-values.ts';

/** Everything that a world can be gone on with elsewhere. */
export interface Snapshot {
  state: WorldState;
  values: { nextId: number; values: SavedValue[] };
  journal: string;
}

export interface WorldOptions {
  room?: number;
  choose?: Choice;
  /** Admitted jobs that the events may be ahead of the numbers. */
  jobsAhead?: number;
  from?: Snapshot;
  /** Movements that are kept of each repetition of the trace; all of them by default. */
  keepMovement?: (movement: MobilityEvent, repetition: number) => boolean;
  /** The pool that computes instead of this thread. */
  pool?: (composition: Composition) => Promise<TaskPool>;
}

/** A world whose numbers are computed in this very thread, and whose journal stays in memory. */
export class InProcessWorld {
  readonly world: World;
  readonly values: ValueStore;
  readonly computations: Computations;
  readonly pool: InProcessPool;
  readonly composition: Composition;
  readonly #writer: JournalWriter;
  readonly #jobsAhead: number;
  readonly #journal: JournalText;

  static async open(config: Config, options: WorldOptions = {}): Promise<InProcessWorld> {
    const composition = await compose(config);
    const pool = await InProcessPool.start(composition.threads, options);
    const computing = (await options.pool?.(composition)) ?? pool;
    return new InProcessWorld(composition, pool, computing, options);
  }

  private constructor(
    composition: Composition,
    pool: InProcessPool,
    computing: TaskPool,
    { from, jobsAhead = 16, keepMovement = () => true }: WorldOptions,
  ) {
    const { settings, threads, theta, computation } = composition;
    const mobility = (repetition: number) => {
      const movements = composition.mobility(repetition);
      if (movements === null) return null;
      const { length } = movements;
      const all = Array.from({ length }, (_, index) => movements.at(index)!);
      return all.filter((event) => keepMovement(event, repetition));
    };
    this.composition = composition;
    this.pool = pool;
    this.#jobsAhead = jobsAhead;
    this.#journal = new JournalText(from?.journal);
    const start = journalStart();
    start.hash.update(simulatedText(this.#journal.text));
    for (const line of this.#journal.lines) {
      if ('n' in line) start.nextEvent = line.n + 1;
      else start.nextHostEvent = line.host + 1;
    }
    this.#writer = new JournalWriter(this.#journal, start, () => 0);
    const journal = this.#writer;
    const values = new ValueStore(new VectorMemory(threads.memory, settings.dimension));
    const computations = new Computations(values, computing, computation, (id, facts) =>
      journal.settle(id, facts.journal),
    );
    if (from) values.restore(from.values);
    const state = from?.state ?? newWorldState(settings, values.addShared(theta));
    this.values = values;
    this.computations = computations;
    this.world = new World({ settings, mobility, values, computations, journal }, state);
  }

  /** Handles one event, or waits for one result where the world must. */
  async step(): Promise<void> {
    let left = 1;
    await this.world.run(() => left-- === 0, { jobsAhead: this.#jobsAhead });
  }

  /** Runs to the end, or until that many events are recorded. `each`: called between two steps. */
  async run({ events = Number.POSITIVE_INFINITY, each = () => {} } = {}): Promise<void> {
    const until = () => {
      each();
      return this.#writer.nextEvent >= events;
    };
    await this.world.run(until, { jobsAhead: this.#jobsAhead });
    await this.#settle();
  }

  /** Waits for all numbers, and expects every value to have its owners. */
  async #settle(): Promise<void> {
    await this.computations.drain();
    expectOwned(this.values, this.world.state);
  }

  async save(): Promise<Snapshot> {
    await this.#settle();
    return { state: this.world.save(), values: this.values.save(), journal: this.#journal.text };
  }

  get memoryBytes(): number {
    return this.composition.threads.memory.buffer.byteLength;
  }

  /** Overwrites all of its memory, vectors, data and scratch space alike. */
  scramble(): void {
    new Uint8Array(this.composition.threads.memory.buffer).fill(0xab);
  }

  /** Simulated events so far, those that wait for numbers included. */
  get events(): number {
    return this.#writer.nextEvent;
  }

  /** Events that wait for numbers. */
  get held(): number {
    return this.#writer.held;
  }

  get hash(): string {
    return this.#writer.hash;
  }

  /** The simulated lines, as they are hashed. */
  get text(): string {
    return simulatedText(this.#journal.text);
  }

  get lines(): SimulatedLine[] {
    return this.#journal.simulated;
  }

  /** The record that the reports make of the journal. */
  get record(): JournalText['record'] {
    return this.#journal.record;
  }
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function simulatedText(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"n":'))
    .map((line) => `${line}\n`)
    .join('');
}

import type { ExchangeDecision } from '../../nodes/context.ts';
import type { ValueId } from '../../nodes/messages.ts';
import type { IntakeState } from '../../rules/running/intake.ts';
import { inputsOf, type Job } from './job.ts';
import type { VectorAddress } from './task.ts';
import type { VectorMemory } from './vector-memory.ts';

/** Known facts of a value besides its vector, once it is computed. Plain data. */
export interface Facts {
  /** False for an aggregate of too few finite vectors: there is no vector. */
  present: boolean;
  /** Of a gradient: whether every element is finite. An aggregate that is present always is. */
  finite?: boolean;
  /** Fields for the journal's event. */
  journal: Record<string, unknown>;
  /** Mean training loss per item, of a gradient. */
  loss?: number;
  /** Vectors that went into an aggregate. */
  used?: number;
  /** Parameters that travel of an encoded change. */
  count?: number;
  /** Of a measurement. */
  decision?: ExchangeDecision;
  /** State of the server's rule and attack, passed to them at the next aggregation. */
  state?: IntakeState;
}

interface Value {
  /** Owners: it is forgotten at none. */
  count: number;
  status: 'described' | 'queued' | 'ready';
  /** How it is made; null once it is made. */
  job: Job | null;
  address: VectorAddress | null;
  /** Of its vector. */
  length: number;
  facts: Facts | null;
}

/** A value as a checkpoint holds it: no computation is in progress then. */
export interface SavedValue {
  id: ValueId;
  count: number;
  job: Job | null;
  facts: Facts | null;
  vector: Float32Array | null;
}

/** Of one owner. */
function withoutVector(status: Value['status'], job: Job | null, facts: Facts | null): Value {
  return { count: 1, status, job, address: null, length: 0, facts };
}

/** All values of a world by id, counted, with their vectors in the shared memory. */
export class ValueStore {
  readonly memory: VectorMemory;
  readonly #values = new Map<ValueId, Value>();
  #nextId: ValueId = 0;

  constructor(memory: VectorMemory) {
    this.memory = memory;
  }

  get size(): number {
    return this.#values.size;
  }

  /** A value that is there already. The caller owns it. */
  add(vector: Float32Array, known: Pick<Facts, 'finite' | 'loss'> = {}): ValueId {
    const { length } = vector;
    const address = this.memory.allocate(length);
    this.memory.at(address, length).set(vector);
    return this.addPlaced(address, length, known);
  }

  /** The same for a vector that is in this memory, and belongs to the value from now on. */
  addPlaced(
    address: VectorAddress,
    length: number,
    known: Pick<Facts, 'finite' | 'loss'> = {},
  ): ValueId {
    const facts = { present: true, journal: {}, ...known };
    return this.#insert({ count: 1, status: 'ready', job: null, address, length, facts });
  }

  /** The same for any number of owners: each call gives one more of them the value. */
  addShared(vector: Float32Array): () => ValueId {
    let id: ValueId | null = null;
    return () => {
      if (id === null) id = this.add(vector);
      else this.keep(id);
      return id;
    };
  }

  /** The aggregate of too few finite vectors, made elsewhere. The caller owns it. */
  addAbsent(): ValueId {
    const facts = { present: false, journal: {} };
    return this.#insert(withoutVector('ready', null, facts));
  }

  /** How many own the value, the jobs that it is an input of among them. */
  owners(id: ValueId): number {
    return this.#get(id).count;
  }

  /** True for a value that has an owner, or is being computed. */
  has(id: ValueId): boolean {
    return this.#values.has(id);
  }

  /** A value that could be computed. The caller owns it; it owns its inputs. */
  describe(job: Job): ValueId {
    for (const input of inputsOf(job)) this.keep(input);
    return this.#insert(withoutVector('described', job, null));
  }

  keep(id: ValueId): void {
    this.#get(id).count += 1;
  }

  release(id: ValueId): void {
    const value = this.#get(id);
    value.count -= 1;
    // A value that is being computed is forgotten when that is done.
    if (value.count === 0 && value.status !== 'queued') this.#forget(id, value);
  }

  status(id: ValueId): Value['status'] {
    return this.#get(id).status;
  }

  job(id: ValueId): Job {
    return this.#get(id).job!;
  }

  /** Of a value that is ready. */
  facts(id: ValueId): Facts {
    return this.#get(id).facts!;
  }

  /** Of a value that is ready; a view, valid while the value is owned. */
  vector(id: ValueId): Float32Array {
    const { address, length } = this.#get(id);
    return this.memory.at(address!, length);
  }

  /** Where a ready value is stored, or a queued one will be written; null: no place yet. */
  address(id: ValueId): VectorAddress | null {
    return this.#get(id).address;
  }

  markQueued(id: ValueId): void {
    this.#get(id).status = 'queued';
  }

  /** Gives the value the place for its vector. */
  place(id: ValueId, length = this.memory.dimension): VectorAddress {
    const address = this.memory.allocate(length);
    this.adopt(id, address, length);
    return address;
  }

  /** Gives the value a vector that is written already. */
  adopt(id: ValueId, address: VectorAddress, length: number): void {
    const value = this.#get(id);
    value.address = address;
    value.length = length;
  }

  /** The numbers are there: the inputs are let go. */
  complete(id: ValueId, facts: Facts): void {
    const value = this.#get(id);
    const job = value.job!;
    value.status = 'ready';
    value.facts = facts;
    value.job = null;
    for (const input of inputsOf(job)) this.release(input);
    if (value.count === 0) this.#forget(id, value);
  }

  /** A deep copy of everything. Call only while no computation is in progress. */
  save(): { nextId: ValueId; values: SavedValue[] } {
    const values = [...this.#values].map(([id, { count, job, facts, address, length }]) => ({
      id,
      count,
      job: structuredClone(job),
      facts: structuredClone(facts),
      // A structured clone of shared memory would share it.
      vector: address === null ? null : this.memory.at(address, length).slice(),
    }));
    return { nextId: this.#nextId, values };
  }

  /** Fills an empty store. */
  restore(saved: { nextId: ValueId; values: readonly SavedValue[] }): void {
    for (const { id, count, job, facts, vector } of saved.values) {
      const status = job === null ? 'ready' : 'described';
      const length = vector?.length ?? 0;
      const address = vector === null ? null : this.memory.allocate(length);
      if (address !== null && vector !== null) this.memory.at(address, length).set(vector);
      this.#values.set(id, { count, status, job, address, length, facts });
    }
    this.#nextId = saved.nextId;
  }

  #insert(value: Value): ValueId {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#values.set(id, value);
    return id;
  }

  #get(id: ValueId): Value {
    const value = this.#values.get(id);
    if (value === undefined) throw new Error(`value ${id} is not there any more`);
    return value;
  }

  #forget(id: ValueId, value: Value): void {
    this.#values.delete(id);
    if (value.address !== null) this.memory.free(value.address, value.length);
    if (value.status === 'described') {
      for (const input of inputsOf(value.job!)) this.release(input);
    }
  }
}

import type { Connection } from '../../../transport/connection.ts';
import { newNonce } from '../../../transport/nonce.ts';
import type { Silence } from '../../../transport/silence.ts';
import { type CoordinatorMessage, type Costs, say } from '../protocol/control-message.ts';
import type { Address, ProcessSlot } from '../protocol/placement.ts';
import type { LateType } from '../protocol/reported-event.ts';

/** A process that runs the nodes of a slot, from when it joins until it is lost. */
export interface ProcessHandle {
  readonly slot: ProcessSlot;
  /** Generation of the process in its slot, from 0. */
  readonly generation: number;
  readonly connection: Connection;
  readonly pid: number;
  /** The cloud's second one, for its model. */
  bulk: Connection | null;
  /** The nonce that the second connection has to show once; null afterwards, and where there is none. */
  nonce: string | null;
  readonly silence: Silence;
  /** Once it is ready. */
  address: Address | null;
  isLost: boolean;
  hasEnded: boolean;
  /** As it has said last; null before. */
  costs: Costs | null;
  /** The last change of the clock that it has taken note of. */
  heldAt: number;
  /** Its own reasons for which the clock is held. */
  holds: number;
  /** How often it has held the clock. */
  held: number;
  /** Batches that it has requested and not received. */
  batches: number;
  /** How often it has reported a bad message of another. */
  accusations: number;
  /** Recorded events whose facts are still missing, by its own numbers for them. */
  readonly late: Map<number, LateType>;
  /** The last numbers of gradients, of results and of updates that it has given. */
  readonly lastNumber: { 'gradient-started': number; aggregated: number; 'update-sent': number };
}

/** A slot and its process, for display. */
interface ProcessStatus {
  slot: number;
  role: ProcessSlot['role'];
  nodes: number;
  /** 0 where none has ever been. */
  pid: number;
  isLost: boolean;
  isReady: boolean;
}

/** The processes of a live run, and the nodes that each runs. */
export class ProcessTable {
  readonly slots: readonly ProcessSlot[];
  /** By slot: the processes lost so far. */
  readonly generations: number[];
  /** By slot: its last process. */
  readonly #processes: (ProcessHandle | null)[];
  readonly #slotOf: ReadonlyMap<string, number>;

  constructor(slots: readonly ProcessSlot[], generations: readonly number[] = slots.map(() => 0)) {
    this.slots = slots;
    this.generations = [...generations];
    this.#processes = slots.map(() => null);
    this.#slotOf = new Map(slots.flatMap(({ index, nodes }) => nodes.map((node) => [node, index])));
  }

  /** All processes that are not lost, ready or not. */
  get present(): readonly ProcessHandle[] {
    return this.#processes.filter((process): process is ProcessHandle => process?.isLost === false);
  }

  /** All slots, for display. */
  get status(): ProcessStatus[] {
    return this.slots.map(({ index: slot, role, nodes }) => {
      const { pid = 0, isLost = true } = this.#processes[slot] ?? {};
      return { slot, role, nodes: nodes.length, pid, isLost, isReady: this.isReady(slot) };
    });
  }

  /** By slot: the address of its process; null when it is not ready. */
  get addresses(): (Address | null)[] {
    return this.slots.map(({ index }) => this.at(index)?.address ?? null);
  }

  /** The process of a slot; null when it is lost. */
  at(slot: number): ProcessHandle | null {
    const process = this.#processes[slot] ?? null;
    return process?.isLost === false ? process : null;
  }

  isNode(node: string): boolean {
    return this.#slotOf.has(node);
  }

  slotOf(node: string): number {
    return this.#slotOf.get(node)!;
  }

  /** Whether its process is present and ready. */
  isReady(slot: number): boolean {
    return this.at(slot)?.address != null;
  }

  /** The process of a node; null when it is lost. */
  processOf(node: string): ProcessHandle | null {
    return this.at(this.slotOf(node));
  }

  /** Whether a node's process is present and ready. */
  isThere(node: string): boolean {
    return this.isReady(this.slotOf(node));
  }

  /** Whether a node is a server; the cloud is one. */
  isServer(node: string): boolean {
    return this.slots[this.slotOf(node)]!.role !== 'workers';
  }

  get areAllReady(): boolean {
    return this.slots.every(({ index }) => this.isReady(index));
  }

  join(slot: ProcessSlot, connection: Connection, pid: number, silence: Silence): ProcessHandle {
    const process: ProcessHandle = {
      slot,
      generation: this.generations[slot.index]!,
      connection,
      pid,
      bulk: null,
      nonce: slot.role === 'cloud' ? newNonce() : null,
      silence,
      address: null,
      isLost: false,
      hasEnded: false,
      costs: null,
      heldAt: Number.POSITIVE_INFINITY,
      holds: 0,
      held: 0,
      batches: 0,
      accusations: 0,
      late: new Map(),
      lastNumber: { 'gradient-started': -1, aggregated: -1, 'update-sent': -1 },
    };
    this.#processes[slot.index] = process;
    return process;
  }

  lose(process: ProcessHandle): void {
    this.drop(process);
    this.generations[process.slot.index]! += 1;
  }

  /** Removes a process that was never announced to others: the next one has the same generation. */
  drop(process: ProcessHandle): void {
    process.isLost = true;
    process.bulk?.destroy();
  }

  send(
    process: ProcessHandle | null,
    message: CoordinatorMessage,
    body: Uint8Array | Float32Array | null = null,
  ): void {
    if (process !== null && !process.isLost) say(process.connection, message, body);
  }

  broadcast(message: CoordinatorMessage): void {
    for (const process of this.present) this.send(process, message);
  }
}

import { BroadcastChannel } from 'node:worker_threads';
import { BLOCK, type BlockWork, onBlockOf, stepsOf } from './block-work.ts';
import { kernels } from './kernels.ts';
import { Arena } from './memory.ts';

/** Work of less is done before another thread has woken up: some 0.3 ms. */
const STEPS_SHARED = 2_000_000;

/** Places in the counters of a piece of work: the next block that is not taken, and how many are done. */
const [NEXT, DONE] = [0, 1];

/** The threads that compute blocks of each other's work: those of one pool, over one memory. */
export interface Sharers {
  /** Names the channel between them. */
  readonly channel: string;
  /** One number: how many of them have nothing to do. */
  readonly idle: SharedArrayBuffer;
}

interface Shared {
  work: BlockWork;
  /** Two numbers in shared memory, of this work alone: who comes late finds no block left. */
  counters: Int32Array;
}

let numberOfSharers = 0;

/** For the threads of a new pool. */
export function newSharers(): Sharers {
  numberOfSharers += 1;
  return { channel: `edgemlsim blocks ${numberOfSharers}`, idle: new SharedArrayBuffer(4) };
}

let joined: BlockSharing | undefined;

/** One thread's part in the sharing. It counts as busy until it says otherwise. */
export class BlockSharing {
  readonly #channel: BroadcastChannel;
  readonly #idle: Int32Array;
  readonly #arena = new Arena(kernels().memory);

  /** From now on this thread computes blocks for others while it is idle, and has them compute its own. */
  static join({ channel, idle }: Sharers): BlockSharing {
    joined = new BlockSharing(new BroadcastChannel(channel), new Int32Array(idle));
    return joined;
  }

  private constructor(channel: BroadcastChannel, idle: Int32Array) {
    this.#channel = channel;
    this.#idle = idle;
    channel.unref();
    channel.onmessage = (event) => this.#help((event as { data: Shared }).data);
  }

  becomeIdle(): void {
    Atomics.add(this.#idle, 0, 1);
  }

  becomeBusy(): void {
    Atomics.sub(this.#idle, 0, 1);
  }

  leave(): void {
    this.#channel.close();
    if (joined === this) joined = undefined;
  }

  get hasIdle(): boolean {
    return Atomics.load(this.#idle, 0) > 0;
  }

  /** Computes the work together with the threads that are idle. False: none is, and nothing was done. */
  share(work: BlockWork): boolean {
    if (!this.hasIdle) return false;
    const counters = new Int32Array(new SharedArrayBuffer(8));
    this.#channel.postMessage({ work, counters } satisfies Shared);
    this.#compute(work, counters);
    const blocks = blocksOf(work);
    for (let count = 0; count < blocks; count = Atomics.load(counters, DONE)) {
      Atomics.wait(counters, DONE, count);
    }
    return true;
  }

  #help({ work, counters }: Shared): void {
    this.becomeBusy();
    this.#compute(work, counters);
    this.becomeIdle();
  }

  /** Block after block, until all are taken. */
  #compute(work: BlockWork, counters: Int32Array): void {
    const blocks = blocksOf(work);
    if (Atomics.load(counters, NEXT) >= blocks) return;
    const onBlock = onBlockOf(work, kernels().run, this.#arena);
    for (;;) {
      const block = Atomics.add(counters, NEXT, 1);
      if (block >= blocks) break;
      const begin = block * BLOCK;
      onBlock(begin, Math.min(BLOCK, work.length - begin));
      Atomics.add(counters, DONE, 1);
    }
    Atomics.notify(counters, DONE);
    this.#arena.reset();
  }
}

function blocksOf({ length }: BlockWork): number {
  return Math.ceil(length / BLOCK);
}

/** Whether work would be shared now, if there is enough of it. */
export function hasIdleThread(): boolean {
  return joined?.hasIdle ?? false;
}

/** Has the work computed by this thread and idle ones. False: none is idle, or it is not worth it; nothing was done. */
export function shareBlocks(work: BlockWork): boolean {
  return joined !== undefined && stepsOf(work) >= STEPS_SHARED && joined.share(work);
}

/** The same by this thread alone where it is not shared. */
export function computeBlocks(work: BlockWork): void {
  if (shareBlocks(work)) return;
  const { arena, run } = kernels();
  const mark = arena.mark();
  onBlockOf(work, run, arena)(0, work.length);
  arena.release(mark);
}

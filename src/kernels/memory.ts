/** Bytes of a WebAssembly page. */
const PAGE_BYTES = 65_536;
const MAXIMUM_PAGES = 65_536;
const ALIGNMENT_BYTES = 64;

/** The memory that threads and kernels share: grows up to 4 GiB, offset 0 is never handed out. */
export function createKernelMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
}

/**
 * Takes whole new pages at the memory's end; returns their byte offset.
 * Growing is atomic, so each thread may own what it took without asking the others.
 * Throws RangeError when the 4 GiB are used up.
 */
export function takePages(
  memory: WebAssembly.Memory,
  bytes: number,
): { offset: number; bytes: number } {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return { offset: memory.grow(pages) * PAGE_BYTES, bytes: pages * PAGE_BYTES };
}

export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** A place in an arena. */
interface ArenaMark {
  readonly chunk: number;
  readonly used: number;
}

/**
 * Scratch space of one thread: allocate while a job runs, `reset` when it is done.
 * Takes a further chunk when full; chunks are kept, so a steady load makes no allocations.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #chunks: { offset: number; bytes: number }[] = [];
  #current = 0;
  #used = 0;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /** Byte offset of a fresh, 64-aligned block. Its content is undefined. */
  allocate(bytes: number): number {
    const need = aligned(bytes);
    for (; this.#current < this.#chunks.length; this.#current += 1) {
      const chunk = this.#chunks[this.#current]!;
      if (this.#used + need <= chunk.bytes) {
        this.#used += need;
        return chunk.offset + this.#used - need;
      }
      this.#used = 0;
    }
    this.#chunks.push(takePages(this.memory, Math.max(need, 1 << 20)));
    this.#used = need;
    return this.#chunks[this.#current]!.offset;
  }

  /** A float32 view of a fresh block, zeroed only if asked for. */
  vector(length: number): Float32Array {
    // Allocate first: growing replaces the memory's buffer object.
    const offset = this.allocate(length * 4);
    return new Float32Array(this.memory.buffer, offset, length);
  }

  /** Where the arena stands now, to give back what is allocated from here on. */
  mark(): ArenaMark {
    return { chunk: this.#current, used: this.#used };
  }

  /** Forgets the blocks allocated since that mark. */
  release(mark: ArenaMark): void {
    this.#current = mark.chunk;
    this.#used = mark.used;
  }

  /** Forgets all blocks. */
  reset(): void {
    this.#current = 0;
    this.#used = 0;
  }
}

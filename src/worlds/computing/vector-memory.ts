import { aligned, takePages } from '../../kernels/memory.ts';
import type { VectorAddress } from './task.ts';

const CHUNK_BYTES = 16 * 1024 * 1024;

/**
 * Places for vectors in the shared memory, of the model's length where no other is given. Freed places
 * are used again, for vectors of the same length.
 */
export class VectorMemory {
  readonly dimension: number;
  readonly #memory: WebAssembly.Memory;
  /** Freed places, by length. */
  readonly #free = new Map<number, VectorAddress[]>();
  /** Places of the newest chunk that were never taken, by length. */
  readonly #untaken = new Map<number, { next: VectorAddress; count: number }>();

  constructor(memory: WebAssembly.Memory, dimension: number) {
    this.#memory = memory;
    this.dimension = dimension;
  }

  allocate(length = this.dimension): VectorAddress {
    return this.#free.get(length)?.pop() ?? this.#take(length);
  }

  free(address: VectorAddress, length = this.dimension): void {
    const free = this.#free.get(length);
    if (free) free.push(address);
    else this.#free.set(length, [address]);
  }

  /** The vector at an address; invalid once that is freed. */
  at(address: VectorAddress, length = this.dimension): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  #take(length: number): VectorAddress {
    const stride = aligned(length * 4);
    let untaken = this.#untaken.get(length);
    if (!untaken?.count) {
      const { offset, bytes } = takePages(this.#memory, Math.max(CHUNK_BYTES, stride));
      untaken = { next: offset, count: Math.floor(bytes / stride) };
      this.#untaken.set(length, untaken);
    }
    const address = untaken.next;
    untaken.next += stride;
    untaken.count -= 1;
    return address;
  }
}

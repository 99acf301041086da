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
  /** By length. */
  readonly #free = new Map<number, VectorAddress[]>();

  constructor(memory: WebAssembly.Memory, dimension: number) {
    this.#memory = memory;
    this.dimension = dimension;
  }

  allocate(length = this.dimension): VectorAddress {
    return this.#free.get(length)?.pop() ?? this.#grow(length);
  }

  free(address: VectorAddress, length = this.dimension): void {
    this.#free.get(length)!.push(address);
  }

  /** The vector at an address; invalid once that is freed. */
  at(address: VectorAddress, length = this.dimension): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  #grow(length: number): VectorAddress {
    const stride = aligned(length * 4);
    const chunk = takePages(this.#memory, Math.max(CHUNK_BYTES, stride));
    const count = Math.floor(chunk.bytes / stride);
    const free = this.#free.get(length) ?? [];
    for (let index = count - 1; index > 0; index -= 1) free.push(chunk.offset + index * stride);
    this.#free.set(length, free);
    return chunk.offset;
  }
}

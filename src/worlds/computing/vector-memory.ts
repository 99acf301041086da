import { aligned, takePages } from '../../kernels/memory.ts';
import type { VectorAddress } from './task.ts';

const CHUNK_BYTES = 16 * 1024 * 1024;

/** Places for vectors of one length in the shared memory. Freed places are used again. */
export class VectorMemory {
  readonly dimension: number;
  readonly #memory: WebAssembly.Memory;
  readonly #free: VectorAddress[] = [];

  constructor(memory: WebAssembly.Memory, dimension: number) {
    this.#memory = memory;
    this.dimension = dimension;
  }

  allocate(): VectorAddress {
    if (this.#free.length === 0) this.#grow();
    return this.#free.pop()!;
  }

  free(address: VectorAddress): void {
    this.#free.push(address);
  }

  /** The vector at an address; invalid once that is freed. */
  at(address: VectorAddress): Float32Array {
    return new Float32Array(this.#memory.buffer, address, this.dimension);
  }

  #grow(): void {
    const stride = aligned(this.dimension * 4);
    const chunk = takePages(this.#memory, Math.max(CHUNK_BYTES, stride));
    const count = Math.floor(chunk.bytes / stride);
    for (let index = count - 1; index >= 0; index -= 1) {
      this.#free.push(chunk.offset + index * stride);
    }
  }
}

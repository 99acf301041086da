import type { BodyMemory } from '../../../transport/body-memory.ts';
import type { VectorAddress } from '../../computing/task.ts';
import type { VectorMemory } from '../../computing/vector-memory.ts';

/** Places in the memory of values into which vectors of other processes are read: they become values without a copy. */
export class ReceivedVectors implements BodyMemory {
  readonly #memory: VectorMemory;
  /** Of bodies that are being read, or that no value has. */
  readonly #open = new Set<VectorAddress>();

  constructor(memory: VectorMemory) {
    this.#memory = memory;
  }

  /** Places that belong to a connection. */
  get open(): number {
    return this.#open.size;
  }

  take(bytes: number): Uint8Array | null {
    const { dimension } = this.#memory;
    if (bytes !== dimension * Float32Array.BYTES_PER_ELEMENT) return null;
    const address = this.#memory.allocate();
    this.#open.add(address);
    return new Uint8Array(this.#memory.at(address).buffer, address, bytes);
  }

  giveBack(body: Float32Array | Uint8Array): boolean {
    if (!isShared(body)) return false;
    if (this.#open.delete(body.byteOffset)) this.#memory.free(body.byteOffset);
    return true;
  }

  /** The address of a body for a value to have; null for one that lies elsewhere. */
  keep(body: Float32Array): VectorAddress | null {
    return isShared(body) && this.#open.delete(body.byteOffset) ? body.byteOffset : null;
  }
}

/** Connections make bodies of their own in memory that is not. */
function isShared({ buffer }: Float32Array | Uint8Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}

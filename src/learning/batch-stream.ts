import { type RandomState, RandomStream } from '../simulation/random.ts';

/**
 * The endless stream of one owner's items: plain data, so that a checkpoint holds it as it is.
 * The stream owns `order`; `nextBatch` changes it in place.
 */
export interface BatchStream {
  /** The owner's items in the order of this pass. */
  order: Uint32Array;
  /** How many of them are used up. */
  position: number;
  /** The random stream of the next shuffle. */
  random: RandomState;
}

interface Batch {
  /** Indices into the train split: a copy. */
  items: Uint32Array;
  /** How often the items were reshuffled to fill this batch. */
  reshuffles: number;
}

/** A stream over a copy of the items, shuffled; `random` is a state used only here. */
export function openBatchStream(items: Uint32Array, random: RandomState): BatchStream {
  if (items.length === 0) throw new RangeError('A batch stream needs at least one item');
  const stream = { order: items.slice(), position: 0, random };
  shuffle(stream);
  return stream;
}

/**
 * The next `size` items.
 *
 * Every item is used once before any is used again: when the items run out inside a batch, they are
 * reshuffled and the batch continues with them. So a batch may hold an item twice across such a
 * seam, and one larger than the owner's items holds all of them at least floor(size / items) times.
 * A batch that ends exactly with the last item leaves the shuffle to the batch after it.
 */
export function nextBatch(stream: BatchStream, size: number): Batch {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`A batch needs at least one item. Got size=${size}`);
  }
  const items = new Uint32Array(size);
  let filled = 0;
  let reshuffles = 0;
  while (filled < size) {
    if (stream.position === stream.order.length) {
      shuffle(stream);
      stream.position = 0;
      reshuffles += 1;
    }
    const part = stream.order.subarray(stream.position, stream.position + size - filled);
    items.set(part, filled);
    filled += part.length;
    stream.position += part.length;
  }
  return { items, reshuffles };
}

function shuffle(stream: BatchStream): void {
  const random = new RandomStream(stream.random);
  random.shuffle(stream.order);
  stream.random = random.state;
}

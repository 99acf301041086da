import { type BatchStream, nextBatch, openBatchStream } from '../learning/batch-stream.ts';
import { streamState } from '../simulation/random.ts';
import type { WorldSettings } from './world-settings.ts';

/** The stream of items of each owner, at its beginning: plain data. */
export function openBatchStreams({
  shares,
  seed,
}: Pick<WorldSettings, 'shares' | 'seed'>): Map<string, BatchStream> {
  const streams = [...shares].map(
    ([owner, items]) =>
      [owner, openBatchStream(items, streamState(seed, `batches/${owner}`))] as const,
  );
  return new Map(streams);
}

/** Draws the batches of all owners. */
export class BatchSource {
  readonly #streams: Map<string, BatchStream>;
  readonly #size: number;

  /** `streams` are advanced in place. */
  constructor(
    { batchSize, worker }: Pick<WorldSettings, 'batchSize' | 'worker'>,
    streams: Map<string, BatchStream>,
  ) {
    this.#size = batchSize * worker.localSteps;
    this.#streams = streams;
  }

  /** Whether the owner's items are shuffled again for its next batch. */
  isUsedUp(owner: string): boolean {
    const { position, order } = this.#streams.get(owner)!;
    return position + this.#size > order.length;
  }

  /** The items of all steps of the owner's next gradient. */
  next(owner: string): { items: Uint32Array; reshuffles: number } {
    return nextBatch(this.#streams.get(owner)!, this.#size);
  }

  save(): Map<string, BatchStream> {
    return structuredClone(this.#streams);
  }
}

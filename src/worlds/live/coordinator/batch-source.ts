import { type BatchStream, nextBatch, openBatchStream } from '../../../learning/batch-stream.ts';
import { streamState } from '../../../simulation/random.ts';
import type { WorldSettings } from '../../world-settings.ts';

/** Deals out the data: every owner's stream of items. */
export class BatchSource {
  readonly #streams: Map<string, BatchStream>;
  readonly #size: number;

  constructor(
    { shares, seed, batchSize, worker }: WorldSettings,
    saved: ReadonlyMap<string, BatchStream> | null,
  ) {
    this.#size = batchSize * worker.localSteps;
    this.#streams =
      saved === null
        ? new Map(
            [...shares].map(([owner, items]) => [
              owner,
              openBatchStream(items, streamState(seed, `batches/${owner}`)),
            ]),
          )
        : (structuredClone(saved) as Map<string, BatchStream>);
  }

  /** Whether the owner's next batch needs its items shuffled anew. */
  isUsedUp(owner: string): boolean {
    const { position, order } = this.#streams.get(owner)!;
    return position + this.#size > order.length;
  }

  next(owner: string): { items: Uint32Array; reshuffles: number } {
    return nextBatch(this.#streams.get(owner)!, this.#size);
  }

  save(): Map<string, BatchStream> {
    return structuredClone(this.#streams);
  }
}

import type { SimulatedEvent } from '../journal/events.ts';
import { type BatchStream, nextBatch, openBatchStream } from '../learning/batch-stream.ts';
import type { Sampler, SamplingState } from '../learning/sampling/sampler.ts';
import { streamState } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { WorldSettings } from './world-settings.ts';

/** The stream of items of each owner, at its beginning: plain data. */
export function openBatchStreams({
  itemsByOwner,
  seed,
}: Pick<WorldSettings, 'itemsByOwner' | 'seed'>): Map<string, BatchStream> {
  const streams = [...itemsByOwner].map(
    ([owner, items]) =>
      [owner, openBatchStream(items, streamState(seed, `batches/${owner}`))] as const,
  );
  return new Map(streams);
}

/** Draws the batches of all owners. */
export class BatchSource {
  readonly #streams: Map<string, BatchStream>;
  readonly #sampler: Sampler | null;
  readonly #size: number;

  /** `streams` are advanced in place. `sampler`: of workers that collect what they learn from. */
  constructor(
    { batchSize, worker }: Pick<WorldSettings, 'batchSize' | 'worker'>,
    streams: Map<string, BatchStream>,
    sampler: Sampler | null,
  ) {
    this.#size = batchSize * worker.localSteps;
    this.#streams = streams;
    this.#sampler = sampler;
  }

  /** Whether the owner's items are shuffled again for its next batch. */
  isUsedUp(owner: string): boolean {
    if (this.#sampler !== null) return false;
    const { position, order } = this.#streams.get(owner)!;
    return position + this.#size > order.length;
  }

  /**
   * The items of all steps of the owner's next gradient, which begins at that time, and what is recorded
   * of them. None for an owner that has collected nothing.
   */
  next(owner: string, nowUs: TimeUs): { items: Uint32Array; events: SimulatedEvent[] } {
    if (this.#sampler !== null) {
      const items = this.#sampler.batch(owner, nowUs, this.#size);
      return { items, events: collectedBy(this.#sampler, [owner]) };
    }
    const { items, reshuffles } = nextBatch(this.#streams.get(owner)!, this.#size);
    const reshuffled = { type: 'data-reshuffled', owner, times: reshuffles } as const;
    return { items, events: reshuffles > 0 ? [reshuffled] : [] };
  }

  /** Whether the owner has an item to begin with at that time. */
  hasItems(owner: string, nowUs: TimeUs): boolean {
    return this.#sampler === null || this.#sampler.nextSampleUs(owner, nowUs) === null;
  }

  /** The run ends: what workers have collected since their last batches. */
  rest(nowUs: TimeUs): SimulatedEvent[] {
    return this.#sampler === null ? [] : collectedBy(this.#sampler, this.#sampler.finish(nowUs));
  }

  save(): { batches: Map<string, BatchStream>; sampling: Map<string, SamplingState> } {
    const sampling = this.#sampler?.save() ?? new Map<string, SamplingState>();
    return { batches: structuredClone(this.#streams), sampling };
  }
}

/** Samples that these workers have collected since they were last recorded. */
export function collectedBy(sampler: Sampler, workers: readonly string[]): SimulatedEvent[] {
  return workers.flatMap((worker) => {
    const collected = sampler.report(worker);
    return collected === null ? [] : [{ type: 'samples-collected', worker, ...collected }];
  });
}

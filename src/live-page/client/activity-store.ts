import type { ActivityPiece } from '../shared/activities.ts';

const MOST_PIECES = 24;
/** A piece of a run in progress is asked for again after that. */
const AGAIN_MS = 1000;

interface Kept {
  piece: ActivityPiece | null;
  askedMs: number;
  /** How far the journal was. */
  headUs: number;
}

/** Activities of nodes, fetched in pieces of equal length as the timeline comes near. */
export class ActivityStore {
  readonly #ask: (fromUs: number, toUs: number) => Promise<ActivityPiece>;
  readonly #pieces = new Map<number, Kept>();
  #lengthUs = 0;
  /** Rises when more is here. */
  count = 0;

  constructor(ask: (fromUs: number, toUs: number) => Promise<ActivityPiece>) {
    this.#ask = ask;
  }

  forget(): void {
    this.#pieces.clear();
    this.count += 1;
  }

  /** The pieces that are here of that stretch; the others are asked for. */
  between(fromUs: number, toUs: number, headUs: number, nowMs: number): ActivityPiece[] {
    // A power of two of seconds, so that a view has a few pieces.
    const lengthUs = 1e6 * 2 ** Math.ceil(Math.log2(Math.max(1, (toUs - fromUs) / 2e6)));
    if (lengthUs !== this.#lengthUs) {
      this.#lengthUs = lengthUs;
      this.#pieces.clear();
    }
    const pieces: ActivityPiece[] = [];
    const last = Math.floor(Math.min(toUs, headUs) / lengthUs);
    for (let index = Math.floor(Math.max(0, fromUs) / lengthUs); index <= last; index += 1) {
      const kept = this.#pieces.get(index);
      if (kept?.piece) pieces.push(kept.piece);
      const endUs = (index + 1) * lengthUs;
      const hasMore = kept !== undefined && kept.headUs < Math.min(endUs, headUs);
      if (kept === undefined || (hasMore && nowMs - kept.askedMs > AGAIN_MS)) {
        this.#want(index, endUs, headUs, nowMs);
      }
    }
    return pieces;
  }

  #want(index: number, endUs: number, headUs: number, nowMs: number): void {
    const before = this.#pieces.get(index)?.piece ?? null;
    const kept: Kept = { piece: before, askedMs: nowMs, headUs };
    this.#pieces.delete(index);
    this.#pieces.set(index, kept);
    for (const old of this.#pieces.keys()) {
      if (this.#pieces.size <= MOST_PIECES) break;
      this.#pieces.delete(old);
    }
    this.#ask(endUs - this.#lengthUs, endUs - 1).then(
      (piece) => {
        kept.piece = piece;
        this.count += 1;
      },
      () => this.#pieces.delete(index),
    );
  }
}

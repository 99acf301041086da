import type { JournalLine, SimulatedLine } from '../../journal/events.ts';
import type { RunSeries } from '../shared/messages.ts';

const MOST_BUCKETS = 1200;
const MOST_EVALUATIONS = 4000;
const FIRST_BUCKET_US = 1_000_000;

/** Sums over a stretch of simulation time. */
interface Bucket {
  vectors: number;
  byzantine: number;
  exceeded: number;
  aggregations: number;
  stalenessSum: number;
  aggregated: number;
  dropped: number;
  bytes: number;
  /** At its end. */
  associated: number;
}

interface EvaluationPoint {
  /** Number of the event. */
  n: number;
  timeUs: number;
  /** When its numbers were there; null until then. */
  wallS: number | null;
  update: number;
  accuracy: number | null;
  loss: number | null;
}

/** Gathers what charts show, in bounded memory: its stretches become longer with the run. */
export class SeriesTally {
  #bucketUs = FIRST_BUCKET_US;
  #buckets: Bucket[] = [];
  #evaluations: EvaluationPoint[] = [];
  /** By event whose line is still to come: an earlier one waits for its numbers, and holds it back. */
  readonly #early = new Map<number, number>();
  #next = 0;
  #associated = 0;
  #root: string | null = null;

  add(line: JournalLine): void {
    if (!('n' in line)) {
      if (line.type === 'evaluation-done') this.#measured(line.event, line.wallTimeS);
      return;
    }
    this.#next = line.n + 1;
    switch (line.type) {
      case 'run-started':
        this.#root = line.servers.find(({ parent }) => parent === null)?.id ?? null;
        break;
      case 'associate':
        this.#associated += Number(line.server !== null) - Number(line.previous !== null);
        this.#at(line.timeUs).associated = this.#associated;
        break;
      case 'gradient-ended':
      case 'update-ended': {
        const bucket = this.#at(line.timeUs);
        if (line.outcome === 'aggregated') bucket.aggregated += 1;
        if (line.outcome === 'dropped' || line.outcome === 'lost') bucket.dropped += 1;
        break;
      }
      case 'update-sent':
      case 'model-sent':
        this.#at(line.timeUs).bytes += line.bytes;
        break;
      case 'aggregated': {
        const bucket = this.#at(line.timeUs);
        bucket.aggregations += 1;
        bucket.vectors += line.vectors;
        bucket.byzantine += line.byzantine;
        bucket.stalenessSum += line.staleness.mean;
        if (line.exceeded) bucket.exceeded += 1;
        break;
      }
      case 'evaluated':
        if (line.server === this.#root) this.#evaluate(line);
        this.#early.delete(line.n);
        break;
    }
  }

  series(): RunSeries {
    const buckets = this.#buckets;
    const evaluations = this.#evaluations;
    const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
    return {
      evaluations: {
        timeUs: evaluations.map(({ timeUs }) => timeUs),
        update: evaluations.map(({ update }) => update),
        wallS: evaluations.map(({ wallS }) => wallS),
        accuracy: evaluations.map(({ accuracy }) => accuracy),
        loss: evaluations.map(({ loss }) => loss),
      },
      buckets: {
        timeUs: buckets.map((_, index) => (index + 0.5) * this.#bucketUs),
        byzantineShare: buckets.map(({ byzantine, vectors }) => share(byzantine, vectors)),
        exceeded: buckets.map(({ exceeded }) => exceeded),
        staleness: buckets.map((each) => share(each.stalenessSum, each.aggregations)),
        associated: buckets.map(({ associated }) => associated),
        aggregated: buckets.map(({ aggregated }) => aggregated),
        dropped: buckets.map(({ dropped }) => dropped),
        bytes: buckets.map(({ bytes }) => bytes),
      },
    };
  }

  /** The newest ones: numbers come soon after their event. */
  #measured(event: number, wallS: number): void {
    if (event >= this.#next) {
      this.#early.set(event, wallS);
      return;
    }
    const point = this.#evaluations.findLast(({ n }) => n <= event);
    if (point?.n === event) point.wallS = wallS;
  }

  #at(timeUs: number): Bucket {
    while (timeUs / this.#bucketUs >= MOST_BUCKETS) this.#widen();
    const index = Math.floor(timeUs / this.#bucketUs);
    while (this.#buckets.length <= index) this.#buckets.push(emptyBucket(this.#associated));
    return this.#buckets[index]!;
  }

  #widen(): void {
    this.#bucketUs *= 2;
    const merged: Bucket[] = [];
    for (let index = 0; index < this.#buckets.length; index += 2) {
      const first = this.#buckets[index]!;
      const second = this.#buckets[index + 1];
      merged.push(second === undefined ? first : sumOf(first, second));
    }
    this.#buckets = merged;
  }

  #evaluate(line: SimulatedLine & { type: 'evaluated' }): void {
    const { n, version: update, timeUs, accuracy = null, loss } = line;
    const finite = typeof loss === 'number' ? loss : null;
    const wallS = this.#early.get(n) ?? null;
    const point = { n, timeUs, wallS, update, accuracy, loss: finite };
    // One model may be measured on several data: the first counts.
    if (this.#evaluations.at(-1)?.update === update && this.#evaluations.at(-1)?.timeUs === timeUs)
      return;
    this.#evaluations.push(point);
    if (this.#evaluations.length > MOST_EVALUATIONS) {
      this.#evaluations = this.#evaluations.filter((_, index) => index % 2 === 0);
    }
  }
}

function emptyBucket(associated: number): Bucket {
  return {
    ...{ vectors: 0, byzantine: 0, exceeded: 0, aggregations: 0, stalenessSum: 0 },
    ...{ aggregated: 0, dropped: 0, bytes: 0, associated },
  };
}

function sumOf(first: Bucket, second: Bucket): Bucket {
  const sum = { ...first };
  for (const key of Object.keys(first) as (keyof Bucket)[]) sum[key] += second[key];
  return { ...sum, associated: second.associated };
}

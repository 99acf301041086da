import { type DurationModel, drawDurationUs } from '../simulation/duration.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';

/** A node that crashes, or a link that is cut: once at a time, or again and again at a rate. */
export interface Failure {
  kind: 'crash' | 'cut';
  /** The node that crashes; of a cut, the server whose link to its parent is cut. */
  node: string;
  begins: { timeUs: TimeUs } | { meanTimeToFailureS: number };
  /** From the failure to the recovery; null: never. */
  recoverAfter: DurationModel | null;
  /** Whether what a crashed node knew and held is there again when it recovers. */
  state: 'lost' | 'kept';
}

/** When a failure begins for the first time. Its stream is `crash/<node>` or `cut/<server>`. */
export function firstFailureUs(failure: Failure, random: () => RandomStream): TimeUs {
  const { begins } = failure;
  return 'timeUs' in begins ? begins.timeUs : nextFailureUs(failure, 0, random)!;
}

/**
 * When a node that works at `nowUs` fails the next time; null for what happens once. Times to
 * failure are exponential: they have no memory, so it does not matter since when it works.
 */
export function nextFailureUs(
  { begins }: Failure,
  nowUs: TimeUs,
  random: () => RandomStream,
): TimeUs | null {
  if ('timeUs' in begins) return null;
  const meanS = begins.meanTimeToFailureS;
  return nowUs + drawDurationUs({ distribution: 'exponential', meanS }, random);
}

/** When what fails at `nowUs` recovers; null: never. */
export function recoveryUs(
  { recoverAfter }: Failure,
  nowUs: TimeUs,
  random: () => RandomStream,
): TimeUs | null {
  return recoverAfter === null ? null : nowUs + drawDurationUs(recoverAfter, random);
}

import { type ActivityPiece, ActivityTally } from '../shared/activities.ts';
import type { JournalIndex } from './journal-index.ts';

/** Lines of one answer: about a tenth of a second. */
const MOST_LINES = 30_000;

/** Activities of nodes between two times, up to the end of the journal. */
export async function activitiesBetween(
  index: JournalIndex,
  fromUs: number,
  toUs: number,
  mostLines = MOST_LINES,
): Promise<ActivityPiece> {
  // The state may be the index's own.
  const state = structuredClone(await index.stateAt({ timeUs: fromUs }));
  const tally = new ActivityTally(state, fromUs);
  let lines = 0;
  await index.visit(state.next, toUs, (line) => {
    tally.add(line);
    lines += 1;
    return lines < mostLines;
  });
  const { piece } = tally;
  if (lines < mostLines) piece.toUs = Math.max(fromUs, Math.min(toUs, index.head.timeUs));
  return piece;
}

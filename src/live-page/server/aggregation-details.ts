import type { SimulatedLine } from '../../journal/events.ts';
import type { AggregationDetails } from '../shared/messages.ts';
import type { JournalIndex } from './journal-index.ts';

type Aggregated = SimulatedLine & { type: 'aggregated' };

/** An aggregation, by its number, with what came into it; null where there is none. */
export async function aggregationDetails(
  index: JournalIndex,
  result: number,
): Promise<AggregationDetails | null> {
  const isIt = (line: SimulatedLine): line is Aggregated =>
    line.type === 'aggregated' && line.result === result;
  let before: number | null = index.head.next;
  let line: SimulatedLine | undefined;
  while (before !== null && line === undefined) {
    const page = await index.linesBefore(before, 1, isIt, 'aggregation');
    [line] = page.lines;
    before = page.next;
  }
  if (line === undefined || !isIt(line)) return null;
  // In a live journal what came in may stand at some distance.
  const near = await index.around(line.n);
  return { line, arrivals: near.flatMap((each) => arrivalOf(each, result)) };
}

function arrivalOf(line: SimulatedLine, result: number): AggregationDetails['arrivals'] {
  const isEnd =
    line.type === 'gradient-ended' || line.type === 'result-ended' || line.type === 'update-ended';
  if (!isEnd || line.inResult !== result) return [];
  const { byzantine = false, staleness = null } = line;
  switch (line.type) {
    case 'gradient-ended':
      return [{ sender: line.worker, number: line.gradient, byzantine, staleness }];
    case 'result-ended':
      return [{ sender: line.server, number: line.result, byzantine, staleness }];
    case 'update-ended':
      return [{ sender: line.node, number: line.update, byzantine, staleness }];
  }
}

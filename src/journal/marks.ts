import type { JournalLine } from './events.ts';
import type { Quantity } from './quantity.ts';

/** Marks that a step of a run, or of its replay, may go on to. */
export const MARKS = [
  'round',
  'aggregation',
  'exceeded',
  'majority',
  'handover',
  'crash',
  'dropped',
  'evaluation',
  'divergence',
] as const;
export type StepMark = (typeof MARKS)[number];

export function isMark(line: JournalLine, mark: StepMark): boolean {
  return marksOf(line).includes(mark);
}

/** The marks that an event is. */
export function marksOf(line: JournalLine): readonly StepMark[] {
  const marks = ownMarks(line);
  return isDivergence(line) ? [...marks, 'divergence'] : marks;
}

/** The event shows numbers that have left the finite ones. */
function isDivergence(line: JournalLine): boolean {
  switch (line.type) {
    case 'aggregated':
      return (line.nonFinite ?? 0) > 0 || isNotFinite(line.norm) || isNotFinite(line.loss);
    case 'updated':
      return isNotFinite(line.thetaNorm);
    case 'window-trained':
      return isNotFinite(line.loss) || isNotFinite(line.thetaNorm);
    case 'evaluated':
      return isNotFinite(line.loss);
    default:
      return false;
  }
}

function isNotFinite(value: Quantity | undefined): boolean {
  return typeof value === 'string';
}

const NONE: readonly StepMark[] = [];

function ownMarks(line: JournalLine): readonly StepMark[] {
  switch (line.type) {
    case 'round-ended':
      return ['round'];
    case 'aggregated':
      return aggregationMarks(line);
    case 'associate':
      return line.handover ? ['handover'] : NONE;
    case 'crashed':
    case 'cut':
      return ['crash'];
    case 'gradient-ended':
      return line.outcome === 'dropped' || line.outcome === 'lost' ? ['dropped'] : NONE;
    case 'evaluated':
      return ['evaluation'];
    default:
      return NONE;
  }
}

/** With a majority of Byzantine vectors no rule has a guarantee: its result is theirs. */
function aggregationMarks({
  exceeded = false,
  seen = { honest: 0, byzantine: 0 },
}: JournalLine & { type: 'aggregated' }): readonly StepMark[] {
  const hasMajority = seen.byzantine > seen.honest;
  return [
    'aggregation',
    ...(exceeded ? (['exceeded'] as const) : []),
    ...(hasMajority ? (['majority'] as const) : []),
  ];
}

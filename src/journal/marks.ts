import type { JournalLine } from './events.ts';

/** What a step of a run, or of its replay, may go on to. */
export const MARKS = [
  'round',
  'aggregation',
  'exceeded',
  'handover',
  'crash',
  'dropped',
  'evaluation',
] as const;
export type StepMark = (typeof MARKS)[number];

export function isMark(line: JournalLine, mark: StepMark): boolean {
  return marksOf(line).includes(mark);
}

/** The marks that an event is. */
export function marksOf(line: JournalLine): StepMark[] {
  switch (line.type) {
    case 'round-ended':
      return ['round'];
    case 'aggregated':
      return line.exceeded ? ['aggregation', 'exceeded'] : ['aggregation'];
    case 'associate':
      return line.handover ? ['handover'] : [];
    case 'crashed':
    case 'cut':
      return ['crash'];
    case 'gradient-ended':
      return line.outcome === 'dropped' || line.outcome === 'lost' ? ['dropped'] : [];
    case 'evaluated':
      return ['evaluation'];
    default:
      return [];
  }
}

import { InputError } from '../../errors.ts';
import { JOURNAL_FORMAT, type JournalLine } from '../../journal/events.ts';

/** The line with that number, from 1, of a journal. Throws InputError where it is none. */
export function parsedLine(bytes: Buffer, file: string, number: number): JournalLine {
  let line: JournalLine;
  try {
    line = JSON.parse(bytes.toString()) as JournalLine;
  } catch {
    throw problemAt(file, number, 'not a JSON value: this journal has been damaged');
  }
  if (number > 1) return line;
  if (line.type === 'started' && line.format === JOURNAL_FORMAT) return line;
  const found =
    line.type === 'started'
      ? `a journal of format ${line.format}`
      : 'the first line is not the event started';
  throw problemAt(
    file,
    number,
    found,
    `expected format ${JOURNAL_FORMAT}`,
    'another version of edgemlsim has written it, or its first lines are missing',
  );
}

export function problemAt(
  file: string,
  line: number,
  found: string,
  ...advice: string[]
): InputError {
  return new InputError({ place: { file, line }, found, advice });
}

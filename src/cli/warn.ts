import type { WriteStream } from 'node:tty';
import { describeProblem, type Problem } from '../errors.ts';
import { wrapped } from '../report/format/wrapped.ts';
import { widthOf } from './terminal.ts';
import { note } from './verbosity.ts';

/** Control characters but the ends of lines and tabs. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;

/**
 * Lines that are longer than the stream's, folded between words and indented by two more characters. What a
 * terminal would obey is written out: a message may quote a file that is none of text.
 */
export function folded(text: string, stream: Pick<WriteStream, 'isTTY' | 'columns'>): string {
  const width = widthOf(stream);
  return writtenOut(text)
    .split('\n')
    .flatMap((line) => {
      if (line.length <= width) return [line];
      const indent = /^ */.exec(line)![0].length;
      const [first = '', ...rest] = wrapped(line.slice(indent), width - indent);
      const below = rest.length === 0 ? [] : wrapped(rest.join(' '), width - indent - 2);
      return [first, ...below.map((each) => `  ${each}`)].map((each) => ' '.repeat(indent) + each);
    })
    .join('\n');
}

/** What a terminal would obey is written out. */
export function writtenOut(text: string): string {
  return text.replaceAll(CONTROL, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** Something that may go wrong, on stderr. */
export function warn(problem: Problem | string): void {
  const text = typeof problem === 'string' ? problem : describeProblem(problem);
  note(folded(`warning: ${text}`, process.stderr));
}

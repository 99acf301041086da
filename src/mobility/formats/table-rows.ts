import Papa from 'papaparse';
import { InputError } from '../../errors.ts';
import { BrokenGzip, fileBytes } from '../fcd/bytes.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** Lines from which the delimiter is guessed. */
const FIRST_LINES = 20;

/** Papa Parse's own streams know but whole files: its parser takes them in pieces, too. */
type Parser = Omit<Papa.Parser, 'parse'> & {
  parse(
    text: string,
    baseIndex: number,
    ignoreLastRow: boolean,
  ): { data: string[][]; meta: { cursor: number } };
};

/** The cells of a line. */
export function cellsOf(line: string): string[] {
  return Papa.parse<string[]>(line, { delimitersToGuess: DELIMITERS }).data[0] ?? [];
}

/**
 * The rows of a table, plain or gzipped, in pieces, so that it may be larger than memory. `delimiter`: found
 * by itself when empty. Throws InputError.
 */
export async function* tableRows(file: string, delimiter: string): AsyncGenerator<string[][]> {
  const decoder = new TextDecoder();
  let text = '';
  let parser: Parser | undefined;
  try {
    for await (const bytes of fileBytes(file)) {
      text += decoder.decode(bytes, { stream: true });
      if (!text.includes('\n')) continue;
      parser ??= parserFor(text, delimiter);
      const { data, meta } = parser.parse(text, 0, true);
      text = text.slice(meta.cursor);
      if (data.length > 0) yield data;
    }
  } catch (error) {
    if (!(error instanceof BrokenGzip)) throw error;
    throw new InputError({ place: { file }, found: 'the gzip file is damaged or cut short' });
  }
  text += decoder.decode();
  yield (parser ?? parserFor(text, delimiter)).parse(text, 0, false).data;
}

function parserFor(text: string, delimiter: string): Parser {
  const { meta } = Papa.parse(text, {
    ...{ delimiter, delimitersToGuess: DELIMITERS, preview: FIRST_LINES },
  });
  const newline = meta.linebreak as '\n' | '\r' | '\r\n';
  return new Papa.Parser({ delimiter: meta.delimiter, newline });
}

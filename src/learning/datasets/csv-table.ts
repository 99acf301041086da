import Papa from 'papaparse';
import { InputError, type Place, type Problem } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { readUnpacked } from './unpacked-file.ts';

/** The wanted columns of a CSV file, each value in its place. */
export interface CsvTable {
  rows: number;
  /** Names of all columns of the file, in their order. */
  header: readonly string[];
  /** By wanted column: a value a row. */
  columns: ReadonlyMap<string, Float64Array>;
}

/** Turns a field's text into a number; undefined: it is none. */
export type FieldReader = (text: string) => number | undefined;

/** Which columns are read, given all that there are, and how. */
type ColumnChoice = (header: readonly string[]) => ReadonlyMap<string, FieldReader>;

/** Number of faults of a file that are reported at once. */
const MOST_PROBLEMS = 10;

/** A text cannot be longer than Node's strings. */
const MOST_BYTES = 2 ** 29 - 24;

/** A decimal number, also 1e-3 and .5; spaces around it do not matter. */
export const readNumber: FieldReader = (text) => {
  if (!/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(Math.fround(value)) ? value : undefined;
};

/**
 * Reads a CSV file whose first line names the columns (RFC 4180: commas, fields in double quotes;
 * LF or CRLF; a byte order mark is skipped, empty lines too), packed with gzip if it ends in `.gz`.
 *
 * `expected` says, for an error, what a field of the column should have been.
 * Throws InputError: no file or rows, a wanted column that is not there, a line with more or fewer
 * fields than the header, a field that its reader refuses; with line and column.
 */
export async function readCsv(
  path: string,
  choose: ColumnChoice,
  expected: (column: string) => string,
): Promise<CsvTable> {
  const bytes = await readUnpacked(path, () => ({
    bytes: MOST_BYTES,
    found: `holds more than ${MOST_BYTES / 2 ** 20} MiB`,
    advice: ['read it in a file of yours (dataset module)'],
  }));
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
  return new CsvReading(path, text, choose, expected).table();
}

class CsvReading {
  readonly #file: string;
  readonly #text: string;
  readonly #choose: ColumnChoice;
  readonly #expected: (column: string) => string;
  readonly #problems: Problem[] = [];
  #header: string[] | null = null;
  #wanted: { name: string; index: number; read: FieldReader; values: number[] }[] = [];
  /** Records before the one that is being read. */
  #records = 0;
  #rows = 0;

  constructor(
    file: string,
    text: string,
    choose: ColumnChoice,
    expected: (column: string) => string,
  ) {
    this.#file = file;
    this.#text = text;
    this.#choose = choose;
    this.#expected = expected;
  }

  table(): CsvTable {
    Papa.parse<string[]>(this.#text, {
      delimiter: ',',
      newline: '\n',
      skipEmptyLines: true,
      step: ({ data, errors }) => {
        if (errors.length > 0) this.#refuseQuotes(errors[0]!.message);
        this.#record(data);
      },
    });
    if (this.#problems.length === 0 && this.#rows === 0) {
      const found = this.#header === null ? 'the file is empty' : 'a header and no rows';
      this.#problems.push({
        place: { file: this.#file },
        found,
        advice: ['expected a line with the names of the columns, then a line an item'],
      });
    }
    this.#throwProblems();
    return {
      rows: this.#rows,
      header: this.#header!,
      columns: new Map(
        this.#wanted.map(({ name, values }) => [name, Float64Array.from(values)] as const),
      ),
    };
  }

  #record(record: string[]): void {
    if (this.#header === null) this.#readHeader(record);
    else this.#readRow(record, this.#header);
    this.#records += 1;
    if (this.#problems.length >= MOST_PROBLEMS) this.#throwProblems();
  }

  /** Ends the reading: fields after a wrong quote cannot be told apart. */
  #refuseQuotes(message: string): never {
    this.#refuse(0, message.toLowerCase(), ['expected quotes around a field, and doubled in it']);
    throw new InputError(this.#problems);
  }

  #readHeader(record: string[]): void {
    const header = record.map((name) => name.trim());
    this.#header = header;
    for (const [index, name] of header.entries()) {
      if (header.indexOf(name) === index) continue;
      this.#refuse(index, `a second column "${name}"`, ['expected names that differ']);
    }
    this.#wanted = [...this.#choose(header)].map(([name, read]) => {
      const index = header.indexOf(name);
      if (index < 0) {
        const advice = adviceOnName(name, header);
        if (header.length === 1) advice.push('fields are separated by commas');
        this.#refuse(0, `no column "${name}"`, advice);
      }
      return { name, index, read, values: [] };
    });
    this.#throwProblems();
  }

  #readRow(record: string[], header: readonly string[]): void {
    if (record.length !== header.length) {
      const fields = (count: number) => `${count} field${count === 1 ? '' : 's'}`;
      this.#refuse(
        Math.min(record.length, header.length) - 1,
        `${fields(record.length)} in a line`,
        [`the header has ${header.length}`],
      );
      return;
    }
    this.#rows += 1;
    for (const { name, index, read, values } of this.#wanted) {
      const text = record[index]!;
      const value = read(text);
      if (value === undefined) {
        const found = text.trim() === '' ? 'an empty field' : `"${text}"`;
        this.#refuse(index, `${found} in column ${name}`, [`expected ${this.#expected(name)}`]);
      } else {
        values.push(value);
      }
    }
  }

  #refuse(index: number, found: string, advice: string[]): void {
    this.#problems.push({ place: this.#placeOf(index), found, advice });
  }

  #throwProblems(): void {
    if (this.#problems.length > 0) throw new InputError(this.#problems);
  }

  /** Line and column of a field of the record that is being read. */
  #placeOf(index: number): Place {
    const text = this.#text;
    let [line, lineStart, record, field] = [1, 0, 0, 0];
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const isEmpty = text[at] === '\n' && at === lineStart;
      if (record === this.#records && field === index && !isEmpty) {
        return { file: this.#file, line, column: at - lineStart + 1 };
      }
      const character = text[at];
      if (character === '"') quoted = !quoted;
      else if (character === ',' && !quoted) field += 1;
      else if (character === '\n') {
        if (!quoted && !isEmpty) [record, field] = [record + 1, 0];
        line += 1;
        lineStart = at + 1;
      }
    }
    return { file: this.#file, line, column: text.length - lineStart + 1 };
  }
}

import { renameSync, rmSync } from 'node:fs';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Column } from '../../report/format/columns.ts';
import type { CsvValue } from '../../report/format/csv.ts';

/** Rows that are in memory before they are written. */
const GROUP_ROWS = 20_000;

/** Under which key of the file's metadata the columns are described, as JSON. */
const COLUMNS_KEY = 'edgemlsim.columns';

const TYPES = {
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  boolean: { type: 'BOOLEAN' },
} as const;

/**
 * A Parquet file that is written row after row, in constant memory. It gets its name when it is
 * complete; its metadata hold type, unit and meaning of each column.
 */
export class ParquetFile<Line> {
  readonly #path: string;
  readonly #columns: readonly Column<Line>[];
  readonly #writer: ParquetWriter;
  #values: unknown[][];

  constructor(path: string, columns: readonly Column<Line>[]) {
    this.#path = path;
    this.#columns = columns;
    this.#values = columns.map(() => []);
    const described = columns.map(({ name, type, unit, meaning }) => ({
      ...{ name, type, unit, meaning },
    }));
    this.#writer = new ParquetWriter({
      writer: fileWriter(this.#partial),
      schema: [
        { name: 'schema', num_children: columns.length },
        ...columns.map(({ name, type }) => {
          return { name, repetition_type: 'OPTIONAL' as const, ...TYPES[type] };
        }),
      ],
      kvMetadata: [{ key: COLUMNS_KEY, value: JSON.stringify(described) }],
      createdBy: 'edgemlsim',
    });
  }

  get #partial(): string {
    return `${this.#path}.partial`;
  }

  add(line: Line): void {
    for (const [index, { type, value }] of this.#columns.entries()) {
      this.#values[index]!.push(stored(value(line), type));
    }
    if (this.#values[0]!.length === GROUP_ROWS) this.#writeGroup();
  }

  finish(): void {
    this.#writeGroup();
    this.#named(() => this.#writer.finish());
    renameSync(this.#partial, this.#path);
  }

  /** Removes what was written. */
  abandon(): void {
    rmSync(this.#partial, { force: true });
  }

  /** What fails on an open file, as on a full disk, does not know its path. */
  #named(write: () => void): void {
    try {
      write();
    } catch (error) {
      (error as NodeJS.ErrnoException).path ??= this.#path;
      throw error;
    }
  }

  #writeGroup(): void {
    if (this.#values[0]!.length === 0) return;
    const columnData = this.#columns.map(({ name }, index) => {
      return { name, data: this.#values[index]! };
    });
    this.#named(() => this.#writer.write({ columnData, rowGroupSize: GROUP_ROWS }));
    this.#values = this.#columns.map(() => []);
  }
}

/** Numbers that are not finite are text in a line. */
function stored(value: CsvValue, type: Column<never>['type']): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'integer') return BigInt(value);
  return type === 'number' ? Number(value) : value;
}

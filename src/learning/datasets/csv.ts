import { resolve } from 'node:path';
import { square } from '../../elementary.ts';
import { InputError } from '../../errors.ts';
import { openStream } from '../../simulation/random.ts';
import type { Dataset, Split } from '../dataset.ts';
import { hashOf } from '../dataset-hash.ts';
import { type CsvTable, type FieldReader, readCsv, readNumber } from './csv-table.ts';

/** Data from CSV files with named columns: of a class each, or for a regression. */
export interface CsvSpec {
  name: 'csv';
  train: string;
  /** A file; or a share of the train items, drawn at random. */
  test: string | number;
  /** None when left out. */
  validation?: string | undefined;
  /** Columns; all but the targets when left out. */
  inputs?: readonly string[] | undefined;
  /** One column, or several for a regression with several outputs. */
  target: string | readonly string[];
  /** How many: labels are 0 to classes - 1; or their names. Left out: the targets are numbers. */
  classes?: number | readonly string[] | undefined;
  /** Subtract each input's mean over the train items, and divide by its deviation. Default true. */
  standardise?: boolean;
  /** Of the draw of test items, apart from the run's seed. Default 1. */
  seed?: number;
}

/**
 * The dataset of CSV files. Relative paths count from `baseFolder`. Standardised inputs use mean and
 * standard deviation (divided by n) of the train items, in float64; a column that is the same
 * in all of them becomes 0.
 * The hash covers the values, so neither packing nor quoting changes it.
 * Throws InputError as `readCsv` does, and for columns that make no dataset.
 */
export async function loadCsv(spec: CsvSpec, baseFolder: string): Promise<Dataset> {
  const targets = typeof spec.target === 'string' ? [spec.target] : spec.target;
  const { classes: named } = spec;
  const classes = named === undefined ? null : typeof named === 'number' ? named : named.length;
  const readTarget = targetReader(named);
  const expected = (column: string) =>
    targets.includes(column) ? readTarget.expected : 'a number';
  let inputs = spec.inputs;
  refuseRepeated(spec, targets, resolve(baseFolder, spec.train));
  const choose = (header: readonly string[]) => {
    // The columns of the train file are those of the others too.
    inputs ??= header.filter((name) => !targets.includes(name));
    return new Map<string, FieldReader>([
      ...inputs.map((name) => [name, readNumber] as const),
      ...targets.map((name) => [name, readTarget.read] as const),
    ]);
  };
  const read = (file: string) => readCsv(resolve(baseFolder, file), choose, expected);

  let train = await read(spec.train);
  let test: CsvTable;
  if (typeof spec.test === 'number') [train, test] = drawn(train, spec, baseFolder);
  else test = await read(spec.test);
  const validation =
    spec.validation === undefined ? rowsOf(train, []) : await read(spec.validation);
  if (inputs!.length === 0) {
    throw new InputError({
      place: { file: resolve(baseFolder, spec.train), line: 1 },
      found: 'no column is left as an input',
      advice: ['expected at least one besides the target'],
    });
  }
  const scales = inputs!.map((name) =>
    (spec.standardise ?? true) ? scaleOf(train.columns.get(name)!) : { mean: 0, deviation: 1 },
  );
  const split = (table: CsvTable): Split => ({
    items: table.rows,
    inputs: new Float32Array(
      interleaved(table, inputs!, (value, i) => (value - scales[i]!.mean) / scales[i]!.deviation),
    ),
    scale: 1,
    targets:
      classes === null
        ? new Float32Array(interleaved(table, targets))
        : new Uint8Array(interleaved(table, targets)),
  });
  const splits = { train: split(train), validation: split(validation), test: split(test) };
  return {
    name: 'csv',
    features: inputs!.length,
    classes,
    outputs: classes ?? targets.length,
    splits,
    sha256: hashOf(splits),
  };
}

/** A column that is asked for twice; as input and target it would be its own answer. */
function refuseRepeated({ inputs = [] }: CsvSpec, targets: readonly string[], file: string): void {
  const asked = [...inputs, ...targets];
  const repeated = asked.find((name, index) => asked.indexOf(name) !== index);
  if (repeated === undefined) return;
  const isBoth = inputs.includes(repeated) && targets.includes(repeated);
  throw new InputError({
    place: { file },
    found: `column "${repeated}" is ${isBoth ? 'an input and a target' : 'named twice'}`,
    advice: ['expected columns that differ'],
  });
}

function targetReader(classes: CsvSpec['classes']): { read: FieldReader; expected: string } {
  if (classes === undefined) return { read: readNumber, expected: 'a number' };
  if (typeof classes === 'number') {
    const read = (text: string) => {
      const label = readNumber(text);
      return Number.isInteger(label) && label! >= 0 && label! < classes ? label : undefined;
    };
    return { read, expected: `a class from 0 to ${classes - 1}` };
  }
  const labels = new Map(classes.map((name, label) => [name, label]));
  return { read: (text) => labels.get(text.trim()), expected: `one of: ${classes.join(', ')}` };
}

/** Train and test rows: a share of the table, at least one row each. Both keep the file's order. */
function drawn(table: CsvTable, spec: CsvSpec, baseFolder: string): [CsvTable, CsvTable] {
  if (table.rows < 2) {
    throw new InputError({
      place: { file: resolve(baseFolder, spec.train) },
      found: '1 row',
      advice: ['expected at least 2, to draw test items from them'],
    });
  }
  const order = openStream(spec.seed ?? 1, 'datasets/csv/test').shuffle(
    Uint32Array.from({ length: table.rows }, (_, row) => row),
  );
  const wanted = Math.round((spec.test as number) * table.rows);
  const tested = Math.min(Math.max(1, wanted), table.rows - 1);
  return [rowsOf(table, order.slice(tested).sort()), rowsOf(table, order.slice(0, tested).sort())];
}

function rowsOf(table: CsvTable, rows: ArrayLike<number>): CsvTable {
  const columns = [...table.columns].map(
    ([name, values]) => [name, Float64Array.from(rows, (row) => values[row]!)] as const,
  );
  return { ...table, rows: rows.length, columns: new Map(columns) };
}

/** Row after row, the values of these columns. */
function interleaved(
  { rows, columns }: CsvTable,
  names: readonly string[],
  change = (value: number, _column: number) => value,
): Float64Array {
  const out = new Float64Array(rows * names.length);
  for (const [column, name] of names.entries()) {
    const values = columns.get(name)!;
    for (let row = 0; row < rows; row += 1) {
      out[row * names.length + column] = change(values[row]!, column);
    }
  }
  return out;
}

function scaleOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + square(value - mean), 0);
  return { mean, deviation: Math.sqrt(squares / values.length) || 1 };
}

import type { JournalLine } from '../../journal/events.ts';
import { isSimulated } from '../../journal/reader.ts';
import type { Column } from '../../report/format/columns.ts';

type FieldType = 'integer' | 'number' | 'text' | 'boolean';

/** Fields with a column of their own: key in the journal, type, unit, meaning. */
const FIELDS: readonly (readonly [key: string, FieldType, unit: string | null, meaning: string])[] =
  [
    ['worker', 'text', null, 'worker that it is about'],
    ['server', 'text', null, 'server that it is about'],
    ['node', 'text', null, 'node that it is about, where it may be a worker or a server'],
    ['parent', 'text', null, 'server above it'],
    ['previous', 'text', null, 'server that the worker was with before'],
    ['layer', 'text', null, 'layer of the server'],
    ['from', 'text', null, 'sender'],
    ['to', 'text', null, 'receiver'],
    ['what', 'text', null, 'kind of message, or what is waited for'],
    ['round', 'integer', null, 'round of the server'],
    ['version', 'integer', null, 'version of the model'],
    ['gradient', 'integer', null, 'number of the gradient'],
    ['result', 'integer', null, 'number of the result'],
    ['update', 'integer', null, 'number of the update of a tree of models'],
    ['window', 'integer', null, 'number of the window of a tree of models'],
    ['outcome', 'text', null, 'how the gradient, result or update ended'],
    ['reason', 'text', null, 'why'],
    ['inResult', 'integer', null, 'number of the result that it is part of'],
    ['staleness', 'integer', 'versions', 'by which it was behind when it was aggregated'],
    ['byzantine', 'boolean', null, 'the vector is of a Byzantine sender'],
    ['handover', 'boolean', null, 'from one server to another without a gap'],
    ['vectors', 'integer', 'vectors', 'arrived at the aggregation'],
    ['items', 'integer', 'items', 'of the window'],
    ['bytes', 'integer', 'bytes', 'of the message, or of the checkpoint'],
    ['norm', 'number', null, 'Euclidean norm of the result'],
    ['thetaNorm', 'number', null, "Euclidean norm of the model's parameters"],
    ['learningRate', 'number', null, 'of the update'],
    ['accuracy', 'number', 'share', 'of the evaluation'],
    ['loss', 'number', null, 'mean loss per item, of training or of the evaluation'],
  ];

/** With columns of their own, or held by the first ones. */
const COLUMN_OF = new Map(FIELDS.map(([key, type]) => [key, type]));
const HEAD = new Set(['n', 'timeUs', 'host', 'wallTimeS', 'type']);

/** The columns of events.parquet, beside the run. */
export const eventColumns: readonly Column<JournalLine>[] = [
  {
    name: 'n',
    type: 'integer',
    unit: null,
    meaning: 'number of the event in the simulation; null for an event of the computer',
    value: (line) => (isSimulated(line) ? line.n : null),
  },
  {
    name: 'host',
    type: 'integer',
    unit: null,
    meaning: 'number of the event of the computer; null for one of the simulation',
    value: (line) => (isSimulated(line) ? null : line.host),
  },
  {
    name: 'sim_time_s',
    type: 'number',
    unit: 's',
    meaning: 'simulated time',
    value: (line) => (isSimulated(line) ? line.timeUs / 1e6 : null),
  },
  {
    name: 'wall_time_s',
    type: 'number',
    unit: 's',
    meaning: 'time since the run began, of an event of the computer',
    value: (line) => (isSimulated(line) ? null : line.wallTimeS),
  },
  {
    name: 'type',
    type: 'text',
    unit: null,
    meaning: 'type of the event, as [journal.md](journal.md) lists them',
    value: (line) => line.type,
  },
  ...FIELDS.map(
    ([key, type, unit, meaning]): Column<JournalLine> => ({
      name: key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      ...{ type, unit, meaning },
      value: (line) => {
        const value = (line as unknown as Record<string, unknown>)[key];
        return isOf(type, value) ? (value as string | number | boolean) : null;
      },
    }),
  ),
  {
    name: 'other',
    type: 'text',
    unit: null,
    meaning: 'all other fields of the event, as JSON',
    value: otherFields,
  },
];

/** The value of a field may be of another kind in another event: then it is among the other fields. */
function isOf(type: FieldType, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number') return typeof value === 'number' || isNotFinite(value);
  return typeof value === (type === 'text' ? 'string' : 'boolean');
}

function isNotFinite(value: unknown): boolean {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity';
}

function otherFields(line: JournalLine): string | null {
  const others: Record<string, unknown> = {};
  let isEmpty = true;
  for (const [key, value] of Object.entries(line)) {
    if (HEAD.has(key)) continue;
    const type = COLUMN_OF.get(key);
    if (value === null || (type !== undefined && isOf(type, value))) continue;
    others[key] = value;
    isEmpty = false;
  }
  return isEmpty ? null : JSON.stringify(others);
}

import { z } from 'zod';
import {
  FORMAT_NAMES,
  METRES_IN,
  SECONDS_IN,
  TRACE_COLUMNS,
  type TraceColumn,
} from '../../mobility/formats/format.ts';
import { otherwise } from './scalars.ts';

const path = z.string().min(1);
const files = z.union([path, z.array(path).min(1)]);
const file = files.describe('its file, or files that together are the trace');
const kind = otherwise(
  'as in the file, otherwise car',
  z.enum(['car', 'pedestrian', 'container']).optional().describe('kind of its entities'),
);
const unitsIn = <Unit extends string>(units: Readonly<Record<Unit, number>>) =>
  z.enum(Object.keys(units) as [Unit, ...Unit[]]);
const column = z.union([z.string().min(1), z.number().int().min(1)]);
const columnKeys = Object.fromEntries(
  TRACE_COLUMNS.map((name) => [name, column.optional()]),
) as Record<TraceColumn, z.ZodOptional<typeof column>>;

const ofTables = ['columns', 'delimiter', 'timeUnit', 'lengthUnit'] as const;

const mappingSchema = z
  .strictObject({
    format: otherwise(
      'the one that the start of the file shows',
      z.enum(FORMAT_NAMES).optional().describe('how it is written'),
    ),
    file,
    kind,
    columns: z
      .strictObject(columnKeys)
      .refine(
        (columns) => new Set(Object.values(columns).map((one) => typeof one)).size <= 1,
        'all columns by name, or all by number',
      )
      .optional()
      .describe('of csv: the names of columns, or their numbers, from 1, where it has no head'),
    delimiter: otherwise(
      'found by itself',
      z.string().length(1).optional().describe('of csv: between the cells of a row'),
    ),
    timeUnit: otherwise(
      's',
      unitsIn(SECONDS_IN).optional().describe('of csv: of times that are numbers, not dates'),
    ),
    lengthUnit: otherwise('m', unitsIn(METRES_IN).optional().describe('of csv: of x and y')),
  })
  .superRefine((trace, context) => {
    if (trace.format === 'csv') return;
    for (const key of ofTables) {
      if (trace[key] === undefined) continue;
      const message = 'with this key, format: csv';
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

const sumoSchema = z.strictObject({
  sumo: path.describe('a .sumocfg: an installed SUMO makes the trace of it, once'),
});

/** Where the trace is. */
export const traceSchema = z
  .union([path, z.array(path).min(1), mappingSchema, sumoSchema])
  .describe(
    'file of a trace (docs/traces.md), relative to this file; a list: files that together are one; or a mapping with facts that the file lacks, or with a scenario of SUMO',
  );

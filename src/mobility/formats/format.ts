import type { EntityKind } from '../fcd/fcd-sink.ts';
import type { TraceReading } from '../tracks.ts';

/** Properties that a file does not give itself. */
export interface FormatOptions {
  /** Of entities whose kind the file does not give; car by default. */
  kind?: EntityKind;
  /** Of a table: the names of its columns, or their numbers, from 1, where it has no head. */
  columns?: Readonly<{ [Column in TraceColumn]?: string | number | undefined }>;
  /** Of a table; found by itself by default. */
  delimiter?: string;
  /** Of a table's times that are numbers; s by default. */
  timeUnit?: keyof typeof SECONDS_IN;
  /** Of a table's x and y; m by default. */
  lengthUnit?: keyof typeof METRES_IN;
}

/** Contents of a column of a table. */
export type TraceColumn = (typeof TRACE_COLUMNS)[number];

export const TRACE_COLUMNS = ['time', 'id', 'x', 'y', 'lon', 'lat', 'type', 'kind'] as const;
export const SECONDS_IN = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 } as const;
export const METRES_IN = { mm: 1e-3, m: 1, km: 1000, ft: 0.3048 } as const;

/** Names of all formats, as a config gives them. */
export const FORMAT_NAMES = ['bonnmotion', 'csv', 'fcd', 'gpx', 'ns2'] as const;

/** A way of writing a trace. */
export interface TraceFormat {
  name: (typeof FORMAT_NAMES)[number];
  /** Whether a file that starts so is of this format. */
  fits(start: string): boolean;
  /** Throws InputError with the line. */
  read(file: string, options: FormatOptions): Promise<TraceReading>;
}

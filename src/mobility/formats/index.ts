import { stat } from 'node:fs/promises';
import { InputError } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { fileBytes } from '../fcd/bytes.ts';
import type { TraceReading } from '../tracks.ts';
import { bonnMotion } from './bonnmotion.ts';
import { csv } from './csv.ts';
import { fcd } from './fcd.ts';
import { FORMAT_NAMES, type FormatOptions, type TraceFormat } from './format.ts';
import { gpx } from './gpx.ts';
import { ns2 } from './ns2.ts';

/** Every format of traces; a file is of the first one that its start fits. */
const FORMATS: readonly TraceFormat[] = [ns2, csv, bonnMotion, gpx, fcd];

/** Enough for a head of a table, or some comments. */
const START_BYTES = 4096;

/** Reads a trace, in the format that its start shows where none is named. Throws InputError. */
export async function readTracks(
  file: string,
  { format: name, ...options }: FormatOptions & { format?: string } = {},
): Promise<TraceReading> {
  const named = FORMATS.find((format) => format.name === name);
  if (name !== undefined && named === undefined) {
    const advice = adviceOnName(name, FORMAT_NAMES);
    throw new InputError({ found: `unknown format of a trace "${name}"`, advice });
  }
  const format = named ?? formatOf(await startOf(file), file);
  return format.read(file, options);
}

/**
 * A pipe, which can be read but once, has an empty start: it is read as FCD, and so is what may be XML
 * of any encoding.
 */
function formatOf(start: string, file: string): TraceFormat {
  const format = FORMATS.find(({ fits }) => fits(start));
  if (format !== undefined) return format;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that no table begins with.
  if (start === '' || /^\s*<|[\0-\x08\ufffd]/.test(start)) return fcd;
  throw new InputError({
    place: { file, line: 1 },
    found: `the format is not known by its start: ${JSON.stringify(start.slice(0, 40))}`,
    advice: [
      `name it in a config: trace: { format, file }, one of ${FORMAT_NAMES.join(', ')}`,
      'a table needs a head with time and id, or trace.columns',
    ],
  });
}

/** '' for faults that FCD's reader reports better: no file, or a broken one. */
async function startOf(file: string): Promise<string> {
  try {
    if (!(await stat(file)).isFile()) return '';
    for await (const piece of fileBytes(file)) return piece.toString('utf8', 0, START_BYTES);
  } catch {}
  return '';
}

import { InputError } from '../errors.ts';
import { writeGivenFile } from '../write-given-file.ts';
import type { EntityKind } from './fcd/fcd-sink.ts';
import type { Trace } from './trace.ts';
import { traceSteps } from './trace-rows.ts';

const ELEMENTS: Record<EntityKind, string> = {
  car: 'vehicle',
  pedestrian: 'person',
  container: 'container',
};
const WRITERS = { '.xml': fcdText, '.csv': csvText } as const;

/** How a trace is written to a file of that name. Throws InputError for another ending. */
function writerFor(file: string): (typeof WRITERS)[keyof typeof WRITERS] {
  const ending = /\.(?:xml|csv)(?=(?:\.gz)?$)/.exec(file)?.[0] as keyof typeof WRITERS | undefined;
  if (ending !== undefined) return WRITERS[ending];
  const advice = ['expected .xml (FCD) or .csv, perhaps with .gz'];
  throw new InputError({ place: { file }, found: 'the name does not give the format', advice });
}

/**
 * Writes a trace as FCD or as a table, by the ending of the file's name, in metres. `periodUs`: all
 * entities every so often; null: each at its own samples. The input may be the same file, and a
 * table that is cut off could be taken for a whole one: the file is replaced when all is written.
 * Throws InputError for another ending.
 */
export async function writeTrace(
  file: string,
  trace: Trace,
  periodUs: number | null,
): Promise<void> {
  await writeGivenFile(file, writerFor(file)(trace, periodUs));
}

function* fcdText(trace: Trace, periodUs: number | null): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<fcd-export>\n';
  for (const { timeUs, rows } of traceSteps(trace, periodUs)) {
    const lines = rows.map(({ presence: { entity, kind, type }, x, y }) => {
      const typed = type === undefined ? '' : ` type="${escaped(type)}"`;
      return `<${ELEMENTS[kind]} id="${escaped(entity)}" x="${x}" y="${y}"${typed}/>\n`;
    });
    yield `<timestep time="${secondsOf(trace, timeUs)}">\n${lines.join('')}</timestep>\n`;
  }
  yield '</fcd-export>\n';
}

function* csvText(trace: Trace, periodUs: number | null): Generator<string> {
  yield 'time,id,x,y,kind,type\n';
  for (const { timeUs, rows } of traceSteps(trace, periodUs)) {
    const time = secondsOf(trace, timeUs);
    const lines = rows.map(({ presence: { entity, kind, type = '' }, x, y }) => {
      return `${[time, quoted(entity), x, y, kind, quoted(type)].join(',')}\n`;
    });
    yield lines.join('');
  }
}

function secondsOf({ beginUs }: Trace, timeUs: number): number {
  return (beginUs + timeUs) / 1e6;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

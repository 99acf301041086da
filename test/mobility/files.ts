import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '#src/errors.js';
import type { EntityKind } from '#src/mobility/fcd/fcd-sink.js';
import { readFcd } from '#src/mobility/fcd/reader.js';
import { temporaryFolder } from '../temporary-folder.ts';

let count = 0;

/** Writes a temporary file and gives back its path. */
export function file(content: string | Uint8Array, name = 'trace.fcd.xml'): string {
  const path = join(temporaryFolder('mobility'), `${count++}-${name}`);
  writeFileSync(path, content);
  return path;
}

export type ReadRow = ['step', number] | [EntityKind, string, number, number];

/** Everything a reader says about a file, in order. */
export async function readAll(
  path: string,
  reader: 'scanner' | 'document' = 'scanner',
): Promise<{ rows: ReadRow[]; summary: Awaited<ReturnType<typeof readFcd>> }> {
  const rows: ReadRow[] = [];
  const summary = await readFcd(
    path,
    {
      step: (timeUs) => rows.push(['step', timeUs]),
      row: (entity, x, y) => rows.push([entity.kind, entity.id, x, y]),
    },
    { reader },
  );
  return { rows, summary };
}

/** The first problem of the InputError that `work` must end in. */
export async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${error}`);
  return error.problems[0]!;
}

/** An FCD document around some timesteps. */
export function fcd(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<fcd-export>\n${body}\n</fcd-export>\n`;
}

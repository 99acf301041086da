import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors.ts';
import { systemRefusal } from '../../system-refusal.ts';
import type { StudyReportOptions, StudyRun } from './study-runs.ts';

const text = z.string();
const schema = z.looseObject({
  name: text,
  window: z.int().positive(),
  options: z
    .looseObject({
      window: z.int().positive(),
      reach: z.array(z.number()),
      metric: text.optional(),
      compare: text.nullable().optional(),
      baseline: text.optional(),
      breakdown: text.optional(),
    })
    .optional(),
  runs: z.array(
    z.looseObject({
      arm: text,
      levels: z.record(text, text),
      variant: text.nullable(),
      seed: z.int(),
      folder: text,
    }),
  ),
});

/** The runs that a study's folder lists in study.json, and how they are reported. */
export async function readStudyList(
  studyDir: string,
): Promise<{ name: string; runs: StudyRun[]; options: StudyReportOptions }> {
  const file = join(studyDir, 'study.json');
  const problem = (found: string) =>
    new InputError({
      ...{ place: { file }, found },
      advice: ['the study writes it at its end: give `edgemlsim study FILE` again'],
    });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw problem(`cannot be read: ${systemRefusal(error)}`);
  }
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw problem(`not the list of a study: ${z.prettifyError(error)}`);
  const { name, window, runs, options = { window, reach: [] } } = data;
  return { name, runs, options: options as StudyReportOptions };
}

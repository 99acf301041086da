import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { StudyReportOptions, StudyRun } from '../report/study/study-runs.ts';
import { readJsonFile } from '../run/json-file.ts';

/** A run that is exported, and where its journal is. */
export interface ExportedRun extends StudyRun {
  /** Its folder, from where the program was started. */
  dir: string;
}

/** Runs that are exported together. */
export interface ExportedRuns {
  /** Of the study, or of the run's folder. */
  name: string;
  isStudy: boolean;
  runs: ExportedRun[];
  /** Over how many evaluations final values are means, and up to which accuracies times are given. */
  options: Pick<StudyReportOptions, 'window' | 'reach'>;
}

/** Final values of a run without a study are those of its last evaluation. */
const OWN_WINDOW = 1;

const studySchema = z.looseObject({
  name: z.string(),
  window: z.int().positive(),
  runs: z.array(
    z.looseObject({
      arm: z.string(),
      levels: z.record(z.string(), z.string()),
      variant: z.string().nullable(),
      seed: z.int(),
      folder: z.string(),
      reached: z.array(z.looseObject({ accuracy: z.number() })),
    }),
  ),
});

/** The runs in a folder: one run, or those that the study.json of a study lists. */
export function exportedRuns(dir: string): ExportedRuns {
  if (existsSync(join(dir, 'study.json'))) return runsOfStudy(dir);
  if (existsSync(join(dir, 'journal.jsonl'))) {
    const name = basename(resolve(dir));
    const run = { arm: name, levels: {}, variant: null, seed: 0, folder: name, dir };
    return { name, isStudy: false, runs: [run], options: { window: OWN_WINDOW, reach: [] } };
  }
  throw new InputError({
    place: { file: dir },
    found: existsSync(dir) ? 'neither a run folder nor that of a study' : 'no such folder',
    advice: [
      'expected journal.jsonl of a run, or study.json, which a study writes when its runs have ended',
    ],
  });
}

function runsOfStudy(dir: string): ExportedRuns {
  const advice = ['give the command of the study again: it writes study.json from its journals'];
  const study = readJsonFile(join(dir, 'study.json'), studySchema, advice) as z.infer<
    typeof studySchema
  >;
  if (study.runs.length === 0) {
    const found = 'the study has no finished run';
    throw new InputError({ place: { file: join(dir, 'study.json') }, found, advice });
  }
  return {
    name: study.name,
    isStudy: true,
    runs: study.runs.map(({ arm, levels, variant, seed, folder }) => {
      return { arm, levels, variant, seed, folder, dir: join(dir, folder) };
    }),
    options: {
      window: study.window,
      reach: study.runs[0]!.reached.map(({ accuracy }) => accuracy),
    },
  };
}

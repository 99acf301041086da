import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { writeAtomically } from '../write-atomically.ts';
import type { StudyPlan } from './load-study.ts';
import { commandWords } from './study-commands.ts';
import type { RunPlace } from './study-state.ts';

const PLAN_FILE = 'plan.json';

/** A run as `plan.json` has it. */
export interface ListedRun extends RunPlace {
  arm: string;
  levels: Record<string, string>;
  variant: string | null;
  seed: number;
  /** Arguments after `edgemlsim` that repeat it, in the working directory of the study. */
  command: string[];
}

type ReportOptions = Omit<StudyPlan['report'], 'compare'> & Pick<StudyPlan, 'compare'>;

/**
 * The plan as listed in a study's folder: all that `study status` needs, without the study's file.
 */
interface ListedPlan {
  name: string;
  /** Arguments after `edgemlsim` that go on with the study. */
  command: string[];
  cwd: string;
  /** How its report is made; what earlier versions wrote has none. */
  report?: ReportOptions;
  runs: ListedRun[];
}

export function writePlan(plan: StudyPlan, studyDir: string, command: readonly string[]): void {
  const listed: ListedPlan = {
    name: plan.name,
    command: [...command],
    cwd: process.cwd(),
    report: reportOptions(plan),
    runs: plan.runs.map((run) => ({
      arm: run.arm,
      levels: run.levels,
      variant: run.variant,
      seed: run.seed,
      folder: run.folder,
      config: run.key,
      command: commandWords(run, join(studyDir, run.folder)),
    })),
  };
  writeAtomically(join(studyDir, PLAN_FILE), `${JSON.stringify(listed, null, 2)}\n`);
}

export function reportOptions({ report, compare }: StudyPlan): ReportOptions {
  return { ...report, compare };
}

/** Throws InputError where there is no study. */
export function readPlan(studyDir: string): ListedPlan {
  const file = join(studyDir, PLAN_FILE);
  if (!existsSync(file)) {
    throw new InputError({
      place: { file: studyDir },
      found: existsSync(studyDir) ? 'not the folder of a study: no plan.json' : 'no such folder',
      advice: ['expected the folder that `edgemlsim study` prints at its beginning'],
    });
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ListedPlan;
  } catch (error) {
    const found = `damaged: ${(error as Error).message}`;
    throw new InputError({ place: { file }, found, advice: ['give the `study` command again'] });
  }
}

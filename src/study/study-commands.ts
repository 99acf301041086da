import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import type { PlannedRun, StudyPlan } from './load-study.ts';
import { stateOf } from './study-state.ts';

/** One call of `edgemlsim` that brings a run to its end. Plain data: any scheduler can take it. */
export interface RunCommand {
  run: PlannedRun;
  runDir: string;
  /** What comes after `edgemlsim`. */
  args: string[];
}

/** The commands that are still needed; runs that are finished need none. */
export function commandsFor(
  plan: StudyPlan,
  studyDir: string,
  { threads }: { threads: number },
): RunCommand[] {
  const states = plan.runs.map((run) => ({ run, state: stateOf(run, studyDir) }));
  const foreign = states.flatMap(({ run, state }) =>
    state.kind === 'foreign' ? [{ dir: join(studyDir, run.folder), why: state.why }] : [],
  );
  if (foreign.length > 0) {
    throw new InputError(
      foreign.map(({ dir, why }, index) => ({
        place: { file: dir },
        found: why,
        advice:
          index < foreign.length - 1 ? [] : ['move it away, or choose another folder with --out'],
      })),
    );
  }
  return states.flatMap(({ run, state }) => {
    if (state.kind === 'finished') return [];
    const runDir = join(studyDir, run.folder);
    const common = ['--threads', `${threads}`, '--json'];
    if (state.kind === 'interrupted') {
      return [{ run, runDir, args: ['resume', runDir, ...common] }];
    }
    const what = [run.configFile, ...run.overrides, '--seed', `${run.seed}`, '--out', runDir];
    return [{ run, runDir, args: ['run', ...what, ...common] }];
  });
}

/** Takes away what a run left that was killed before its first event, or it could not start. */
export function clearRunDir({ args, runDir }: RunCommand): void {
  if (args[0] === 'run') rmSync(runDir, { recursive: true, force: true });
}

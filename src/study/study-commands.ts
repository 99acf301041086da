import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, type Problem } from '../errors.ts';
import type { FailureList } from './failure-list.ts';
import type { PlannedRun, StudyPlan } from './load-study.ts';
import { differencesText } from './run-differences.ts';
import { canGoOn, type RunState, stateOf } from './study-state.ts';

/** One call of `edgemlsim` that brings a run to its end. Plain data: any scheduler can take it. */
export interface RunCommand {
  run: Omit<PlannedRun, 'config' | 'levels'>;
  runDir: string;
  /** Arguments after `edgemlsim`. */
  args: string[];
  /** The command that the run's folder names, where it is not that. */
  recorded?: string[];
}

/** State of each run of a plan, in its order. */
export type RunStates = { run: PlannedRun; state: RunState }[];

/** Throws InputError where something else is in the place of a run. */
export async function statesOf(
  plan: StudyPlan,
  studyDir: string,
  failures: FailureList,
): Promise<RunStates> {
  const states: RunStates = [];
  for (const run of plan.runs) {
    const place = { folder: run.folder, config: run.key };
    states.push({ run, state: await stateOf(place, studyDir, failures) });
  }
  refuseForeign(states, studyDir);
  return states;
}

interface CommandOptions {
  /** Of each run. */
  threads: number;
  /** Whether runs that failed are tried again. */
  retriesFailed: boolean;
}

/** The commands that are still needed; runs that are completed need none. */
export function commandsFor(
  states: RunStates,
  studyDir: string,
  { threads, retriesFailed }: CommandOptions,
): RunCommand[] {
  return states.flatMap(({ run, state }): RunCommand[] => {
    if (state.kind === 'completed' || (state.kind === 'failed' && !retriesFailed)) return [];
    const runDir = join(studyDir, run.folder);
    // One at work is of a study that was killed: it writes a checkpoint and ends.
    const goesOn =
      ['interrupted', 'running'].includes(state.kind) ||
      (state.kind === 'failed' && canGoOn(runDir));
    const words = goesOn ? ['resume', runDir] : commandWords(run, runDir);
    return [{ run, runDir, args: [...words, '--threads', `${threads}`, '--json'] }];
  });
}

type RunSource = Pick<PlannedRun, 'configFile' | 'overrides' | 'seed'>;

/** Arguments after `edgemlsim` that repeat a run in a folder. */
export function commandWords(run: RunSource, runDir: string): string[] {
  return ['run', ...ownWords(run), '--out', runDir];
}

/** Arguments after `edgemlsim run`, the same in any folder. */
function ownWords({ configFile, overrides, seed }: RunSource): string[] {
  return [configFile, ...overrides, '--seed', `${seed}`];
}

/** Takes away what a run left that was killed before its first event, or it could not start. */
export function clearRunDir({ args, runDir }: RunCommand): void {
  if (args[0] === 'run') rmSync(runDir, { recursive: true, force: true });
}

/** Folders that a message names of each kind. */
const NAMED = 3;

/** Runs with the same fault are reported together. */
function refuseForeign(states: RunStates, studyDir: string): void {
  const byFault = new Map<string, string[]>();
  for (const { run, state } of states) {
    if (state.kind !== 'foreign') continue;
    const { config, why } = state;
    // Its name and seed are in its folder's name.
    const differences = config === undefined ? '' : differencesText(config, run.config);
    const fault = differences === '' ? why : `${why}: ${differences}`;
    byFault.set(fault, [...(byFault.get(fault) ?? []), join(studyDir, run.folder)]);
  }
  if (byFault.size === 0) return;
  const advice = [
    'the study does not mix them: choose another folder with --out, or move that one away',
  ];
  const problems = [...byFault].map(([found, [dir, ...others]], index): Problem => {
    const more = others.length - NAMED;
    const alike = [...others.slice(0, NAMED), ...(more > 0 ? [`and ${more} more`] : [])];
    return {
      place: { file: dir! },
      found,
      advice: [
        ...(alike.length === 0 ? [] : [`so does ${alike.join(', ')}`]),
        ...(index === byFault.size - 1 ? advice : []),
      ],
    };
  });
  throw new InputError(problems);
}

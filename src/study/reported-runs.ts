import { FailureList } from './failure-list.ts';
import type { ListedRun } from './plan-file.ts';
import { type RunState, stateOf } from './study-state.ts';

type Planned = Omit<ListedRun, 'command'>;

/** A planned run that has not come to its end. */
interface OpenRun extends Pick<Planned, 'arm' | 'seed' | 'folder'> {
  state: RunState['kind'];
  /** Why it failed, or is not this run; empty for others. */
  reason: string;
}

/** The planned runs of a study: those that have come to their end, and the others. */
export async function reportedRuns(
  planned: readonly Planned[],
  studyDir: string,
  failures = new FailureList(studyDir),
): Promise<{ runs: Omit<Planned, 'config'>[]; missing: OpenRun[] }> {
  const runs: Omit<Planned, 'config'>[] = [];
  const missing: OpenRun[] = [];
  for (const { arm, levels, variant, seed, folder, config } of planned) {
    const state = await stateOf({ folder, config }, studyDir, failures);
    if (state.kind === 'completed') runs.push({ arm, levels, variant, seed, folder });
    else {
      const reason = 'error' in state ? state.error : 'why' in state ? state.why : '';
      missing.push({ arm, seed, folder, state: state.kind, reason });
    }
  }
  return { runs, missing };
}

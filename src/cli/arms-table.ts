import type { RunState } from '../study/study-state.ts';
import { cut } from './fitted-line.ts';
import { percent } from './formats.ts';

/** Of `2 of 2 done, accuracy 80.00 %, best so far`, with the space before it. */
const COUNTS_WIDTH = 46;

/** A run as the table follows it. */
export interface FollowedRun {
  arm: string;
  folder: string;
  state: RunState['kind'];
  /** Its latest; null before it has one. */
  accuracy: number | null;
  /** How much of it is done while it goes on, from 0 to 1. */
  share: number;
}

/** Known states of a study's runs while they go on, arm by arm. */
export class ArmsTable {
  readonly #runs: Map<string, FollowedRun>;

  constructor(runs: readonly FollowedRun[]) {
    this.#runs = new Map(runs.map((run) => [run.folder, { ...run }]));
  }

  change(folder: string, change: Partial<Omit<FollowedRun, 'arm' | 'folder'>>): void {
    Object.assign(this.#runs.get(folder) ?? {}, change);
  }

  /** Runs that are over, and the shares done of those that go on. */
  get done(): number {
    return [...this.#runs.values()].reduce((sum, run) => sum + doneOf(run), 0);
  }

  count(state: RunState['kind']): number {
    return [...this.#runs.values()].filter((run) => run.state === state).length;
  }

  /** One line an arm, at most that many: the best so far, then those under way, then the others. */
  lines(most: number, width: number): string[] {
    const names = [...new Set([...this.#runs.values()].map(({ arm }) => arm))];
    if (names.length < 2) return [];
    const arms = names.map((arm) => summaryOf(arm, [...this.#runs.values()]));
    const best = Math.max(...arms.map(({ accuracy }) => accuracy ?? Number.NEGATIVE_INFINITY));
    const rank = ({ accuracy, running }: ArmSoFar) => (accuracy === best ? 0 : running > 0 ? 1 : 2);
    const longest = Math.max(...names.map(({ length }) => length));
    const nameWidth = Math.min(longest, Math.max(8, width - COUNTS_WIDTH));
    const shown = arms.sort((a, b) => rank(a) - rank(b)).slice(0, most);
    return shown.map((each) => {
      const { arm, completed, runs, running, failed, accuracy } = each;
      const parts = [
        `${cut(arm, nameWidth).padEnd(nameWidth)}  ${completed} of ${runs} done`,
        ...(running > 0 ? [`${running} running`] : []),
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(accuracy === null ? [] : [`accuracy ${percent(accuracy)}`]),
        ...(accuracy === best ? ['best so far'] : []),
      ];
      return cut(parts.join(', '), width);
    });
  }
}

interface ArmSoFar {
  arm: string;
  runs: number;
  completed: number;
  running: number;
  failed: number;
  /** Mean of the latest of its completed runs; of those under way before any is. */
  accuracy: number | null;
}

function summaryOf(arm: string, all: readonly FollowedRun[]): ArmSoFar {
  const runs = all.filter((run) => run.arm === arm);
  const inState = (state: FollowedRun['state']) => runs.filter((run) => run.state === state);
  const completed = inState('completed');
  const measured = completed.length > 0 ? completed : inState('running');
  const accuracies = measured.flatMap(({ accuracy }) => accuracy ?? []);
  const sum = accuracies.reduce((before, each) => before + each, 0);
  return {
    arm,
    runs: runs.length,
    completed: completed.length,
    running: inState('running').length,
    failed: inState('failed').length,
    accuracy: accuracies.length === 0 ? null : sum / accuracies.length,
  };
}

function doneOf({ state, share }: FollowedRun): number {
  if (state === 'running') return share;
  return state === 'completed' || state === 'failed' ? 1 : 0;
}

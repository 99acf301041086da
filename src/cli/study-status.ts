import { join } from 'node:path';
import { textTable } from '../report/format/text-table.ts';
import { shellWords } from '../shell-words.ts';
import { FailureList } from '../study/failure-list.ts';
import { type ListedRun, readPlan } from '../study/plan-file.ts';
import { type RunState, readStatus, stateOf } from '../study/study-state.ts';
import { coloursFor, widthOf } from './terminal.ts';

export interface StatusOptions {
  json?: boolean;
  /** Lists every run, not only those that did not come to their end. */
  runs?: boolean;
}

interface FoundRun extends ListedRun {
  runDir: string;
  state: RunState;
}

const STATES = ['completed', 'running', 'interrupted', 'failed', 'waiting', 'foreign'] as const;

/** Prints the state of each run of a study. */
export async function showStudyStatus(
  studyDir: string,
  { json, runs: all }: StatusOptions,
): Promise<void> {
  const plan = readPlan(studyDir);
  const failures = new FailureList(studyDir);
  const runs: FoundRun[] = [];
  for (const run of plan.runs) {
    const state = await stateOf(run, studyDir, failures);
    runs.push({ ...run, runDir: join(studyDir, run.folder), state });
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...plan, runs: runs.map(jsonRun) }, null, 2)}\n`);
    return;
  }
  console.log(stateTable(runs, widthOf(process.stdout)));
  for (const run of runs) if (all || isListed(run)) console.log(`${runLines(run).join('\n')}\n`);
  if (runs.some(({ state }) => state.kind !== 'completed')) {
    const retry = runs.some(({ state }) => state.kind === 'failed') ? ' --retry failed' : '';
    console.log(`to go on, in ${plan.cwd}:`);
    console.log(`  edgemlsim ${shellWords(plan.command)}${retry}`);
  }
}

function jsonRun({ state, runDir, ...run }: FoundRun): object {
  const { kind, ...more } = state;
  return { ...run, runDir, state: kind, ...('error' in more ? { error: more.error } : {}) };
}

/** Arms x states, with the accuracy of those that have one. */
function stateTable(runs: readonly FoundRun[], width: number): string {
  const states = STATES.filter((kind) => runs.some(({ state }) => state.kind === kind));
  const arms = [...new Set(runs.map(({ arm }) => arm))];
  const count = (some: readonly FoundRun[]) =>
    states.map((kind) => `${some.filter(({ state }) => state.kind === kind).length}`);
  const rows = arms.map((arm) => {
    const own = runs.filter((run) => run.arm === arm);
    return [arm, ...count(own), accuracyText(own)];
  });
  const sum = ['all', ...count(runs), ''];
  return textTable(['arm', ...states, 'last accuracy %'], [...rows, sum], { width });
}

function accuracyText(runs: readonly FoundRun[]): string {
  const finals = runs.flatMap(({ state, runDir }) =>
    state.kind === 'completed' ? (readStatus(runDir).summary?.accuracy.final ?? []) : [],
  );
  if (finals.length === 0) return '';
  return (finals.reduce((sum, each) => sum + 100 * each, 0) / finals.length).toFixed(1);
}

function isListed({ state }: FoundRun): boolean {
  return state.kind !== 'completed' && state.kind !== 'waiting';
}

function runLines({ runDir, state, command }: FoundRun): string[] {
  const { red } = coloursFor(process.stdout);
  const bad = state.kind === 'failed' || state.kind === 'foreign';
  const reason = 'error' in state ? state.error : 'why' in state ? state.why : '';
  return [
    `${runDir}: ${bad ? red(state.kind) : state.kind}`,
    ...(reason === '' ? [] : reason.split('\n').map((line) => `  ${line}`)),
    `  edgemlsim ${shellWords(command)}`,
  ];
}

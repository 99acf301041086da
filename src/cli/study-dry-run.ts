import { textTable } from '../report/format/text-table.ts';
import { wrapped } from '../report/format/wrapped.ts';
import { CommandPool, type PoolOptions } from '../study/command-pool.ts';
import type { StudyPlan } from '../study/load-study.ts';
import type { RunCommand, RunStates } from '../study/study-commands.ts';
import { readStatus } from '../study/study-state.ts';
import { clockTime } from './formats.ts';
import { widthOf } from './terminal.ts';

/** A run that takes longer is stopped with a checkpoint: its result until then is enough for the estimate. */
const PROBE_MS = 20_000;

interface DryRun {
  plan: StudyPlan;
  studyDir: string;
  states: RunStates;
  commands: readonly RunCommand[];
  pool: PoolOptions;
}

/** Prints the plan and how long the rest takes. Begins one run where none has ended yet. */
export async function dryRunStudy({
  plan,
  studyDir,
  states,
  commands,
  pool,
}: DryRun): Promise<void> {
  const width = widthOf(process.stdout);
  console.log(planTable(states, width));
  for (const { arm, because } of plan.leftOut) {
    console.log(wrapped(`left out: ${arm}: ${because}`, width).join('\n'));
  }
  const seeds = new Set(plan.runs.map(({ seed }) => seed)).size;
  const arms = new Set(plan.runs.map(({ arm }) => arm)).size;
  const size = `${plan.runs.length} runs: ${arms} arms, ${seeds} seeds`;
  const [first] = commands;
  if (first === undefined) {
    console.log(`${size}; nothing is left to run`);
    return;
  }
  console.log(`${size}; ${commands.length} left, ${pool.jobs} at a time`);
  const known = secondsOfCompleted(states, studyDir);
  const runS = known ?? (await probe(first, pool));
  if (runS === null) {
    console.log('no estimate: the first run did not come to a measure of its time');
    return;
  }
  const allS = Math.ceil((runS * commands.length) / pool.jobs);
  const basis =
    known === null
      ? `measured on the first one, which stays in ${first.runDir}`
      : 'the mean of those completed';
  const estimate = `about ${clockTime(allS)} in all: ${runS.toPrecision(2)} s a run, ${basis}`;
  console.log(wrapped(estimate, width).join('\n'));
}

function planTable(states: RunStates, width: number): string {
  const arms = [...new Set(states.map(({ run }) => run.arm))];
  const rows = arms.map((arm) => {
    const own = states.filter(({ run }) => run.arm === arm);
    const completed = own.filter(({ state }) => state.kind === 'completed').length;
    const failed = own.filter(({ state }) => state.kind === 'failed').length;
    return [arm, `${own.length}`, `${completed}`, `${failed}`];
  });
  return textTable(['arm', 'runs', 'completed', 'failed'], rows, { width });
}

/** Their mean; null without any. */
function secondsOfCompleted(states: RunStates, studyDir: string): number | null {
  const seconds = states.flatMap(({ run, state }) =>
    state.kind === 'completed'
      ? (readStatus(`${studyDir}/${run.folder}`).summary?.wallTimeS ?? [])
      : [],
  );
  if (seconds.length === 0) return null;
  return seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
}

/** Seconds that the run takes, or would take; null where it came to nothing. */
async function probe(command: RunCommand, options: PoolOptions): Promise<number | null> {
  const startMs = performance.now();
  const seconds = () => (performance.now() - startMs) / 1000;
  let estimateS: number | null = null;
  const pool = new CommandPool({
    ...options,
    jobs: 1,
    onNews: (_, { share }) => {
      if (share > 0) estimateS = seconds() / share;
    },
  });
  const timer = setTimeout(() => pool.stop('SIGTERM'), PROBE_MS);
  const [end] = await pool.run([command]);
  clearTimeout(timer);
  if (end?.outcome === 'failed') console.error(`${command.runDir} failed: ${end.error}`);
  return end?.outcome === 'completed' ? seconds() : estimateS;
}

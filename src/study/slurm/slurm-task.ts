import { basename } from 'node:path';
import { attemptDir, beginAttempt, isOvertaken, publish } from '../attempts.ts';
import { CommandPool, type PoolOptions } from '../command-pool.ts';
import { commandWords, type RunCommand } from '../study-commands.ts';
import { isCompleted } from '../study-state.ts';
import { JobArray } from './job-array.ts';

/** Brings the runs of one task of a job array to their end, one after the other. */
export async function performTask(
  batchDir: string,
  task: number,
  options: Omit<PoolOptions, 'jobs'>,
): Promise<void> {
  const batch = new JobArray(batchDir);
  const restart = Number(process.env.SLURM_RESTART_COUNT ?? 0);
  const number = { batch: batch.plan.number, restart };
  const indexOf = new Map<RunCommand, number>();
  const commands = (batch.plan.tasks[task] ?? []).flatMap((run, index): RunCommand[] => {
    // By an attempt before.
    if (isCompleted(run.runDir)) return [];
    const dir = attemptDir(run.runDir, number);
    const recorded = commandWords(run.run, run.runDir);
    const words = beginAttempt(run.runDir, number) ? ['resume', dir] : commandWords(run.run, dir);
    const args = [...words, '--threads', `${batch.plan.threads}`, '--json'];
    const command = { run: run.run, runDir: dir, args, recorded };
    indexOf.set(command, index);
    return [command];
  });
  const pool = new CommandPool({
    ...options,
    jobs: 1,
    onStart: ({ run }) => console.log(`${run.folder}: begins`),
    onEnd: ({ command, outcome, error = 'stopped' }) => {
      const index = indexOf.get(command)!;
      const { runDir } = batch.plan.tasks[task]![index]!;
      console.log(
        `${command.run.folder}: ${outcome}${outcome === 'completed' ? '' : `: ${error}`}`,
      );
      if (outcome === 'completed') publish(runDir, number);
      else if (!isOvertaken(runDir, number)) {
        batch.writeOutcome(task, index, { outcome, error, attempt: basename(command.runDir) });
      }
    },
  });
  // At the end of its time: the run under way writes a checkpoint.
  process.on('SIGTERM', () => pool.stop('SIGTERM'));
  await pool.run(commands);
}

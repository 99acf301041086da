import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../../errors.ts';
import { shellWords } from '../../shell-words.ts';
import type { JobArray } from './job-array.ts';

/** Request to Slurm for the tasks of an array. */
export interface SlurmRequest {
  /** Tasks at a time. */
  atOnce?: number;
  /** Runs of one task. */
  chunk: number;
  /** Cores of one task. */
  cpus: number;
  partition?: string;
  memory?: string;
  time?: string;
}

const call = promisify(execFile);

/** Writes the script of the batch and hands it to `sbatch`. */
export async function submit(
  batch: JobArray,
  request: SlurmRequest,
  program: readonly string[],
): Promise<void> {
  const script = join(batch.dir, 'array.sbatch');
  writeFileSync(script, arrayScript(batch, request, program));
  try {
    const { stdout } = await call('sbatch', ['--parsable', script]);
    batch.submitted(stdout.trim().split(';')[0]!);
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    batch.close();
    throw new InputError({
      place: { file: script },
      found: `sbatch refuses it: ${stderr.trim() || message}`,
      advice: ['expected sbatch of Slurm on the PATH, and a partition, time and memory it grants'],
    });
  }
}

/** State of each task that Slurm has not done with, by its number; null while Slurm does not answer. */
export async function tasksOf({ plan }: JobArray): Promise<Map<number, string> | null> {
  try {
    const options = ['--noheader', '--array', `--name=${plan.name}`, '--format=%K %T'];
    const { stdout } = await call('squeue', options);
    const lines = stdout.split('\n').filter((line) => line.trim() !== '');
    return new Map(lines.map((line) => line.trim().split(/\s+/)).map(([k, t]) => [Number(k), t!]));
  } catch {
    return null;
  }
}

/**
 * Ends what is left of the batch: tasks that wait are taken out of the queue, those at work get SIGTERM, on which
 * a run writes a checkpoint. False while Slurm does not answer.
 */
export async function cancel({ plan }: JobArray): Promise<boolean> {
  try {
    await call('scancel', [`--name=${plan.name}`]);
    return true;
  } catch {
    return false;
  }
}

function arrayScript(
  batch: JobArray,
  { atOnce, cpus, partition, memory, time }: SlurmRequest,
  program: readonly string[],
): string {
  const { name, tasks } = batch.plan;
  const options = [
    `--job-name=${name}`,
    `--array=0-${tasks.length - 1}${atOnce === undefined ? '' : `%${atOnce}`}`,
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    `--output=${batch.logFile('%a')}`,
    '--open-mode=append',
    // A task that starts again is another attempt, and cannot spoil what the first one wrote.
    '--requeue',
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(memory === undefined ? [] : [`--mem=${memory}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
  ];
  return `#!/bin/sh
${options.map((option) => `#SBATCH ${option}`).join('\n')}
cd ${shellWords([process.cwd()])} || exit 1
exec ${shellWords([...program, 'study', 'task', batch.dir])} "$SLURM_ARRAY_TASK_ID"
`;
}

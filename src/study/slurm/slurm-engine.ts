import { existsSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InputError } from '../../errors.ts';
import { attemptDir, attemptsAt, settleAttempts } from '../attempts.ts';
import type { RunEnd } from '../command-pool.ts';
import { clearRunDir, type RunCommand } from '../study-commands.ts';
import { isCompleted } from '../study-state.ts';
import { JobArray } from './job-array.ts';
import { cancel, type SlurmRequest, submit, tasksOf } from './slurm-jobs.ts';

const POLL_MS = 1000;
/** Slurm takes arrays of a thousand tasks as it is installed. */
const MOST_TASKS = 1000;
/** A shared file system may show a result some time after the task has left the queue. */
const POLLS_WITHOUT_TASK = 3;
const LOG_TAIL = 600;

interface EngineOptions {
  studyDir: string;
  study: string;
  program: readonly string[];
  request: SlurmRequest;
  /** Whether the first run that fails cancels the others. */
  failsFast?: boolean;
  onStart?: (command: RunCommand) => void;
  onEnd?: (end: RunEnd) => void;
}

/** Runs of a batch that are not accounted for yet. */
interface Pending {
  batch: JobArray;
  task: number;
  index: number;
  run: RunCommand;
  isStarted: boolean;
  pollsWithoutTask: number;
}

/**
 * Runs commands as job arrays of Slurm. Once they are submitted they need this process no more: the
 * next one with the same folder finds them, waits for them, and submits only what is not among them.
 */
export class SlurmEngine {
  readonly #options: EngineOptions;
  #isStopping = false;
  readonly #cancelled = new Set<JobArray>();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Goes away; the jobs go on. */
  stop(): void {
    this.#isStopping = true;
  }

  async run(commands: readonly RunCommand[]): Promise<RunEnd[]> {
    const { studyDir, study, program, request } = this.#options;
    const open = JobArray.open(studyDir);
    const under = new Set(open.flatMap((batch) => batch.plan.tasks.flat().map(folderOf)));
    const fresh = commands.filter((command) => !under.has(folderOf(command)));
    if (fresh.length > 0) {
      const chunk = Math.max(request.chunk, Math.ceil(fresh.length / MOST_TASKS));
      const tasks = Array.from({ length: Math.ceil(fresh.length / chunk) }, (_, task) =>
        fresh.slice(task * chunk, (task + 1) * chunk).map(batchRun),
      );
      const batch = JobArray.create(studyDir, { threads: request.cpus, tasks }, study);
      for (const command of fresh) makeRoom(command);
      await submit(batch, request, program);
      open.push(batch);
    }
    const wanted = new Set(commands.map(folderOf));
    return this.#follow(open, wanted);
  }

  async #follow(batches: readonly JobArray[], wanted: ReadonlySet<string>): Promise<RunEnd[]> {
    const ends: RunEnd[] = [];
    const { studyDir } = this.#options;
    let pending = batches.flatMap((batch) => pendingOf(batch, studyDir));
    while (!this.#isStopping && pending.length > 0) {
      const left: Pending[] = [];
      for (const batch of batches) {
        const own = pending.filter((each) => each.batch === batch);
        const tasks = own.length === 0 ? null : await tasksOf(batch);
        for (const each of own) {
          const end = tasks === null ? null : this.#endOf(each, tasks);
          if (end === null) {
            left.push(each);
            continue;
          }
          // Not where it was completed while no study looked on, nor where it was cancelled before it began.
          if (end === 'not begun' || !wanted.has(folderOf(each.run))) continue;
          ends.push(end);
          this.#options.onEnd?.(end);
        }
      }
      pending = left;
      if (this.#options.failsFast && (ends.some(isFailed) || left.some(hasFailed))) {
        await this.#cancel(left);
      }
      for (const batch of batches) {
        if (!left.some((each) => each.batch === batch)) batch.close();
      }
      if (pending.length > 0 && !this.#isStopping) await pause(POLL_MS);
    }
    return ends;
  }

  /** Those that Slurm does not answer about are tried again at the next poll. */
  async #cancel(left: readonly Pending[]): Promise<void> {
    for (const batch of new Set(left.map((each) => each.batch))) {
      if (!this.#cancelled.has(batch) && (await cancel(batch))) this.#cancelled.add(batch);
    }
  }

  /** Null for a run that is not over. */
  #endOf(pending: Pending, tasks: ReadonlyMap<number, string>): RunEnd | 'not begun' | null {
    const { batch, task, index, run: command } = pending;
    const { runDir } = command;
    const state = tasks.get(task);
    const settled = (end: Omit<RunEnd, 'command'>): RunEnd => {
      settleAttempts(runDir);
      return { command, ...end };
    };
    if (isCompleted(runDir)) return settled({ outcome: 'completed' });
    if (!pending.isStarted && state === 'RUNNING' && attemptsAt(runDir).length > 0) {
      pending.isStarted = true;
      this.#options.onStart?.(command);
    }
    if (state !== undefined) {
      pending.pollsWithoutTask = 0;
      return null;
    }
    pending.pollsWithoutTask += 1;
    if (pending.pollsWithoutTask < POLLS_WITHOUT_TASK) return null;
    const ended = batch.outcomeOf(task, index);
    const [newest] = attemptsAt(runDir);
    if (newest === undefined && this.#cancelled.has(batch)) return 'not begun';
    const log = `log of its task: ${batch.logFile(task)}`;
    if (ended !== null && newest !== undefined && ended.attempt === basename(newest)) {
      return settled({ outcome: ended.outcome, error: `${ended.error}\n${log}` });
    }
    const error = `its task left Slurm without a result\n${log}\n${logTail(batch, task)}`.trim();
    return settled({ outcome: 'interrupted', error });
  }
}

/** Throws InputError where jobs of Slurm are at work on the study, which only they may be. */
export async function refuseOpenBatches(studyDir: string): Promise<void> {
  for (const batch of JobArray.open(studyDir)) {
    const tasks = await tasksOf(batch);
    if (tasks !== null && tasks.size === 0) {
      for (const { run } of pendingOf(batch, studyDir)) settleAttempts(run.runDir);
      batch.close();
      continue;
    }
    throw new InputError({
      place: { file: batch.dir },
      found: tasks === null ? 'a job array of which squeue says nothing' : 'its job array goes on',
      advice: [
        'give the command with --engine slurm to wait for it',
        `or end it first: scancel --name=${batch.plan.name}`,
      ],
    });
  }
}

function isFailed({ outcome }: RunEnd): boolean {
  return outcome === 'failed';
}

/** Its task may go on with other runs for long. */
function hasFailed({ batch, task, index }: Pending): boolean {
  return batch.outcomeOf(task, index)?.outcome === 'failed';
}

/** The study's folder may be named from another place than when the batch was made. */
function pendingOf(batch: JobArray, studyDir: string): Pending[] {
  return batch.plan.tasks.flatMap((runs, task) =>
    runs.map((each, index) => {
      const run = { ...each, runDir: join(studyDir, each.run.folder) };
      return { batch, task, index, run, isStarted: false, pollsWithoutTask: 0 };
    }),
  );
}

/** Without the config, which is long. */
function batchRun({ run, runDir, args }: RunCommand): RunCommand {
  const { arm, variant, seed, folder, key, configFile, overrides } = run;
  const own = { arm, variant, seed, folder, key, configFile, overrides };
  return { run: own, runDir, args };
}

/** Files that there are of a run become its first attempt. */
function makeRoom(command: RunCommand): void {
  const { runDir } = command;
  clearRunDir(command);
  if (existsSync(runDir)) renameSync(runDir, attemptDir(runDir, { batch: 0, restart: 0 }));
}

function folderOf({ run }: RunCommand): string {
  return run.folder;
}

function logTail(batch: JobArray, task: number): string {
  const file = batch.logFile(task);
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-LOG_TAIL) : '';
}

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../../write-atomically.ts';
import type { RunCommand } from '../study-commands.ts';

/** Origin of a batch: `batch.json`. */
interface BatchPlan {
  /** Of its job: no other one has it. */
  name: string;
  /** From 1, in the order of submission. */
  number: number;
  threads: number;
  /** The runs of each task of the array. */
  tasks: RunCommand[][];
}

/** How an attempt at a run ended that did not complete it. */
interface TaskOutcome {
  outcome: 'failed' | 'interrupted';
  error: string;
  /** Name of the attempt's folder. */
  attempt: string;
}

/** One job array of a study, in a folder `slurm/batch-N` of the study's. */
export class JobArray {
  readonly dir: string;
  readonly plan: BatchPlan;

  constructor(dir: string) {
    this.dir = dir;
    this.plan = JSON.parse(readFileSync(join(dir, 'batch.json'), 'utf8')) as BatchPlan;
  }

  /** A folder with everything that its tasks need; its script is written where it is submitted. */
  static create(
    studyDir: string,
    plan: Omit<BatchPlan, 'name' | 'number'>,
    study: string,
  ): JobArray {
    const number = Math.max(0, ...numbersIn(studyDir)) + 1;
    const dir = batchDir(studyDir, number);
    for (const folder of ['logs', 'outcomes']) mkdirSync(join(dir, folder), { recursive: true });
    const name = `edgemlsim-${study}-${randomUUID().slice(0, 8)}`;
    writeAtomically(join(dir, 'batch.json'), JSON.stringify({ name, number, ...plan }, null, 2));
    return new JobArray(dir);
  }

  /** Those whose runs are not all accounted for. */
  static open(studyDir: string): JobArray[] {
    return numbersIn(studyDir)
      .map((number) => batchDir(studyDir, number))
      .filter((dir) => existsSync(join(dir, 'batch.json')) && !existsSync(join(dir, 'closed')))
      .map((dir) => new JobArray(dir));
  }

  get isSubmitted(): boolean {
    return existsSync(join(this.dir, 'job'));
  }

  submitted(job: string): void {
    writeAtomically(join(this.dir, 'job'), `${job}\n`);
  }

  close(): void {
    writeFileSync(join(this.dir, 'closed'), '');
  }

  logFile(task: number | '%a'): string {
    return resolve(this.dir, 'logs', `task-${task}.log`);
  }

  outcomeOf(task: number, index: number): TaskOutcome | null {
    const file = this.#outcomeFile(task, index);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TaskOutcome) : null;
  }

  writeOutcome(task: number, index: number, outcome: TaskOutcome): void {
    writeAtomically(this.#outcomeFile(task, index), JSON.stringify(outcome, null, 2));
  }

  #outcomeFile(task: number, index: number): string {
    return join(this.dir, 'outcomes', `${task}-${index}.json`);
  }
}

function batchDir(studyDir: string, number: number): string {
  return join(studyDir, 'slurm', `batch-${number}`);
}

function numbersIn(studyDir: string): number[] {
  const folder = join(studyDir, 'slurm');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => /^batch-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

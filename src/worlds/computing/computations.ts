import type { ValueId } from '../../nodes/messages.ts';
import type { ComputationSettings } from './computation-settings.ts';
import { type EvaluationPart, evaluationFacts } from './evaluation-facts.ts';
import { inputsOf, type Job } from './job.ts';
import { jobFacts } from './job-facts.ts';
import { priorityOf } from './priority.ts';
import type { Task, TaskResult, VectorAddress } from './task.ts';
import { taskOf } from './task-of.ts';
import type { TaskPool } from './thread-pool.ts';
import type { Facts, ValueStore } from './value-store.ts';

/** Items of one evaluation task. Fixed, so that the order of sums never depends on the threads. */
const EVALUATION_ITEMS = 500;
/** Tasks that go before a part of an evaluation at most: the journal waits for its numbers. */
const PASSED_OVER = 256;

/** A task that could start, and what to do with its result. */
interface ReadyTask {
  task: () => Task;
  done: (result: TaskResult) => void;
}

/** Turns admitted jobs into tasks once their inputs are there, and results into facts. */
export class Computations {
  readonly #values: ValueStore;
  readonly #pool: TaskPool;
  readonly #settings: ComputationSettings;
  readonly #onComplete: (id: ValueId, facts: Facts) => void;
  /** By missing input: the jobs that wait for it. */
  readonly #waiting = new Map<ValueId, ValueId[]>();
  readonly #missing = new Map<ValueId, number>();
  readonly #ready: [ReadyTask[], ReadyTask[], ReadyTask[]] = [[], [], []];
  /** Where the state of a worker's optimiser is written, by its training. */
  readonly #optimiserStates = new Map<ValueId, VectorAddress>();
  /** Tasks that were started while a part of an evaluation could have been. */
  #passedOver = 0;
  #unfinished = 0;

  constructor(
    values: ValueStore,
    pool: TaskPool,
    settings: ComputationSettings,
    onComplete: (id: ValueId, facts: Facts) => void,
  ) {
    this.#values = values;
    this.#pool = pool;
    this.#settings = settings;
    this.#onComplete = onComplete;
  }

  /** Jobs that are admitted and not yet computed. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** The value's numbers are wanted. */
  queue(id: ValueId): void {
    const values = this.#values;
    if (values.status(id) !== 'described') return;
    values.markQueued(id);
    this.#unfinished += 1;
    const inputs = new Set(inputsOf(values.job(id)));
    let missing = 0;
    for (const input of inputs) {
      if (values.status(input) === 'ready') continue;
      this.queue(input);
      missing += 1;
      const others = this.#waiting.get(input);
      if (others) others.push(id);
      else this.#waiting.set(input, [id]);
    }
    if (missing === 0) this.#makeReady(id);
    else this.#missing.set(id, missing);
    this.#fillPool();
  }

  /** Resolves when some job's numbers may have come in. Rejects when a computation failed. */
  nextCompletion(): Promise<void> {
    return this.#pool.nextCompletion();
  }

  /** Resolves when no computation is in progress. */
  async drain(): Promise<void> {
    while (this.#unfinished > 0) await this.#pool.nextCompletion();
  }

  #fillPool(): void {
    while (this.#pool.hasRoom) {
      const next = this.#takeReady();
      if (next === undefined) return;
      this.#pool.run(next.task(), (result) => {
        next.done(result);
        this.#fillPool();
      });
    }
  }

  #takeReady(): ReadyTask | undefined {
    const [, , evaluations] = this.#ready;
    const isDue = evaluations.length > 0 && this.#passedOver >= PASSED_OVER;
    const tasks = isDue ? evaluations : this.#ready.find((ready) => ready.length > 0);
    this.#passedOver = tasks === evaluations || evaluations.length === 0 ? 0 : this.#passedOver + 1;
    return tasks?.shift();
  }

  #makeReady(id: ValueId): void {
    const job = this.#values.job(id);
    if (job.kind === 'evaluate') {
      this.#makeEvaluationReady(id, job);
      return;
    }
    if (job.kind === 'window-optimiser-state') {
      this.#values.adopt(
        id,
        this.#optimiserStates.get(job.window)!,
        this.#settings.workerOptimiserLength,
      );
      this.#optimiserStates.delete(job.window);
      this.#complete(id, { present: true, journal: {} });
      return;
    }
    if (job.kind === 'add-scaled' && !this.#values.facts(job.a).present) {
      // The result of a merge that has none.
      this.#complete(id, { present: false, journal: {} });
      return;
    }
    let change: ValueId | null = null;
    this.#ready[priorityOf(job.kind)].push({
      task: () => {
        if (job.kind === 'window') change = this.#takeChange(id);
        return taskOf({ id, job, change }, this.#values, this.#settings, this.#optimiserStates);
      },
      done: (result) => {
        this.#complete(id, jobFacts(job, result, this.#values));
        if (change === null || result.kind !== 'window') return;
        this.#complete(change, jobFacts(this.#values.job(change), result.change!, this.#values));
      },
    });
  }

  /**
   * The change of a training that waits for nothing else by now: one task makes both, while the trained
   * parameters are in the cache.
   */
  #takeChange(training: ValueId): ValueId | null {
    const waiting = this.#waiting.get(training) ?? [];
    const place = waiting.findIndex((id) => {
      const job = this.#values.job(id);
      if (job.kind !== 'add-scaled' || job.a === training) return false;
      return this.#missing.get(id) === 1 && this.#values.facts(job.a).present;
    });
    if (place < 0) return null;
    const [change] = waiting.splice(place, 1) as [ValueId];
    this.#missing.delete(change);
    return change;
  }

  #makeEvaluationReady(id: ValueId, { theta, split }: Job & { kind: 'evaluate' }): void {
    const { splitItems, spread } = this.#settings;
    const evaluationItems =
      split === undefined ? this.#settings.evaluationItems : splitItems[split];
    const parts: EvaluationPart[] = [];
    const count = Math.ceil(evaluationItems / EVALUATION_ITEMS);
    let missing = count;
    for (let part = 0; part < count; part += 1) {
      const from = part * EVALUATION_ITEMS;
      const to = Math.min(from + EVALUATION_ITEMS, evaluationItems);
      const address = this.#values.address(theta)!;
      this.#ready[2].push({
        task: () => ({
          ...{ kind: 'evaluate', theta: address, thetaId: theta, from, to },
          ...(split !== undefined && { split }),
        }),
        done: (result) => {
          parts[part] = result as TaskResult & { kind: 'evaluate' };
          missing -= 1;
          if (missing === 0)
            this.#complete(id, evaluationFacts(parts, { evaluationItems, spread }));
        },
      });
    }
  }

  #complete(id: ValueId, facts: Facts): void {
    // The observer is called first: a value without an owner is dropped on completion.
    this.#onComplete(id, facts);
    this.#values.complete(id, facts);
    this.#unfinished -= 1;
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const other of waiting) {
      const missing = this.#missing.get(other)! - 1;
      if (missing > 0) {
        this.#missing.set(other, missing);
      } else {
        this.#missing.delete(other);
        this.#makeReady(other);
      }
    }
  }
}

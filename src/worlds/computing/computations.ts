import { type Quantity, quantity } from '../../journal/events.ts';
import type { SplitName } from '../../learning/dataset.ts';
import type { ValueId } from '../../nodes/messages.ts';
import { type EvaluationPart, evaluationFacts } from './evaluation-facts.ts';
import { inputsOf, type Job } from './job.ts';
import type { Task, TaskResult, VectorAddress } from './task.ts';
import type { TaskPool } from './thread-pool.ts';
import type { Facts, ValueStore } from './value-store.ts';

/** Items of one evaluation task. Fixed, so that the order of sums never depends on the threads. */
const EVALUATION_ITEMS = 500;
/** Tasks that go before a part of an evaluation at most: the journal waits for its numbers. */
const PASSED_OVER = 256;

export interface ComputationSettings {
  /** Factor on the sum over a batch: 1, or 1 / batch size for the mean. */
  gradientFactor: number;
  batchSize: number;
  combine: 'sum' | 'mean';
  /** Items of the split that evaluations measure on. */
  evaluationItems: number;
  /** Items of each split, for evaluations that name one. */
  splitItems: Readonly<Record<SplitName, number>>;
  /** By output: the sum of their targets' squared distances to the mean; null for classes. */
  spread: readonly number[] | null;
  /** Whether the optimisers of workers with models of their own remember anything. */
  workersRemember: boolean;
}

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
  /** Aggregates and updates before gradients before evaluations: others wait for them. */
  readonly #ready: [ReadyTask[], ReadyTask[], ReadyTask[]] = [[], [], []];
  /** Where what a worker's optimiser remembers is written, by its training. */
  readonly #memories = new Map<ValueId, VectorAddress>();
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
    if (job.kind === 'window-memory') {
      this.#values.adopt(id, this.#memories.get(job.window)!);
      this.#memories.delete(job.window);
      this.#complete(id, { present: true, journal: {} });
      return;
    }
    if (job.kind === 'add-scaled' && !this.#values.facts(job.a).present) {
      // The result of a merge that has none.
      this.#complete(id, { present: false, journal: {} });
      return;
    }
    const priority = job.kind === 'gradient' || job.kind === 'window' ? 1 : 0;
    let task: Task;
    this.#ready[priority].push({
      task: () => {
        task = this.#taskOf(id, job);
        return task;
      },
      done: (result) => {
        if (task.kind === 'gradient' || task.kind === 'window') this.#freeScratch(task);
        this.#complete(id, this.#factsOf(job, result));
      },
    });
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

  #taskOf(id: ValueId, job: Exclude<Job, { kind: 'evaluate' | 'window-memory' }>): Task {
    const values = this.#values;
    switch (job.kind) {
      case 'gradient': {
        const theta = values.address(job.theta)!;
        const { gradientFactor, batchSize } = this.#settings;
        const { items, poisoned, streams, steps, learningRate } = job;
        // A server's own gradient is as long as a worker's, of however many items.
        const factor = gradientFactor * (batchSize / (items.length / steps));
        const { memory } = values;
        const scratch = steps > 1 ? ([memory.allocate(), memory.allocate()] as const) : null;
        const out = values.place(id);
        const how = { poisoned, streams, factor, steps, learningRate, scratch };
        return { kind: 'gradient', theta, thetaId: job.theta, items, ...how, out };
      }
      case 'window': {
        const { items, streams, poisoned, learningRate } = job;
        const { memory } = values;
        const memoryOut = this.#settings.workersRemember ? memory.allocate() : null;
        if (memoryOut !== null) this.#memories.set(id, memoryOut);
        return {
          ...{ kind: 'window', items, streams, poisoned, learningRate, memoryOut },
          theta: values.address(job.theta)!,
          memory: job.memory === null ? null : values.address(job.memory),
          scratch: [memory.allocate(), memory.allocate()],
          out: values.place(id),
        };
      }
      case 'encode': {
        const { spec, t } = job;
        const change = values.address(job.change)!;
        const theta = values.address(job.theta)!;
        return { kind: 'encode', spec, t, change, theta, out: values.place(id) };
      }
      case 'without-sent':
        return {
          kind: 'without-sent',
          base: values.address(job.base)!,
          theta: values.address(job.theta)!,
          sent: values.address(job.sent)!,
          out: values.place(id),
        };
      case 'measure': {
        const { layer, push, pull, globalChange } = job;
        return {
          ...{ kind: 'measure', layer, push, pull, accuracy: this.#accuraciesOf(job) },
          theta: values.address(job.theta)!,
          change: values.address(job.change)!,
          globalChange: globalChange === null ? null : values.address(globalChange),
        };
      }
      case 'add-scaled': {
        const a = values.address(job.a)!;
        const b = values.facts(job.b).present ? values.address(job.b) : null;
        return { kind: 'add-scaled', a, b, scale: job.scale, out: values.place(id) };
      }
      case 'worker-momentum': {
        const gradient = values.address(job.gradient)!;
        const memory = job.memory === null ? null : values.address(job.memory);
        return { kind: 'worker-momentum', gradient, memory, out: values.place(id) };
      }
      case 'aggregate': {
        const { previous, ...aggregation } = job;
        const { reference } = job;
        const contributions = job.contributions.flatMap((each) => {
          const { present, finite = true } = values.facts(each.vector);
          return present ? [{ ...each, vector: values.address(each.vector)!, finite }] : [];
        });
        const isTrusted = reference !== null && values.facts(reference).finite === true;
        return {
          ...aggregation,
          contributions,
          reference: isTrusted ? values.address(reference) : null,
          state: previous === null ? null : (values.facts(previous).state ?? null),
          out: values.place(id),
        };
      }
      case 'optimiser-memory':
      case 'update': {
        const { present, used = 0 } = values.facts(job.aggregate);
        const step = {
          theta: values.address(job.theta)!,
          aggregate: present ? values.address(job.aggregate) : null,
          scale: this.#settings.combine === 'sum' ? used : 1,
          memory: job.memory === null ? null : values.address(job.memory),
          out: values.place(id),
        };
        return job.kind === 'update'
          ? { kind: job.kind, learningRate: job.learningRate, ...step }
          : { kind: job.kind, ...step };
      }
    }
  }

  #freeScratch({ scratch }: Task & { kind: 'gradient' | 'window' }): void {
    for (const address of scratch ?? []) this.#values.memory.free(address);
  }

  #factsOf(job: Job, result: TaskResult): Facts {
    switch (result.kind) {
      case 'gradient':
        return { present: true, finite: result.finite, journal: {}, loss: result.loss };
      case 'window': {
        const { loss, norm } = result;
        return { present: true, journal: { loss: quantity(loss), thetaNorm: quantity(norm) } };
      }
      case 'add-scaled':
        return { present: true, finite: result.finite, journal: {} };
      case 'worker-momentum': {
        const { gradient } = job as Job & { kind: 'worker-momentum' };
        const { loss } = this.#values.facts(gradient);
        const facts = { present: true, finite: result.finite, journal: {} };
        return loss === undefined ? facts : { ...facts, loss };
      }
      case 'aggregate': {
        const { present, norm, nonFinite, honestCount, byzantineCount, exceeded, state } = result;
        const { taken, takenByzantine, clipped, iterations, honestMean, policy } = result;
        const { contributions } = job as Job & { kind: 'aggregate' };
        const facts = contributions.map(({ vector }) => this.#values.facts(vector));
        const losses = facts.map(({ loss }) => loss);
        // The rule saw only the inputs that are there; the journal counts all that arrived.
        const there = facts.flatMap((each, index) => (each.present ? [index] : []));
        const loss = losses.reduce<number>((sum, each) => sum + (each ?? Number.NaN), 0);
        const journal = {
          nonFinite,
          empty: contributions.length - there.length,
          seen: { honest: honestCount, byzantine: byzantineCount },
          exceeded,
          skipped: !present,
          ...(norm !== null && { norm: quantity(norm) }),
          ...(losses[0] !== undefined && { loss: quantity(loss / losses.length) }),
          ...(taken !== null && { taken: taken.map((index) => there[index]!), takenByzantine }),
          ...(clipped !== null && { clipped }),
          ...(iterations !== null && { iterations }),
          ...(honestMean !== undefined && { honestMean: honestMean && quantities(honestMean) }),
          ...(policy !== null && { policy }),
        };
        return { present, journal, used: honestCount + byzantineCount, state };
      }
      case 'optimiser-memory':
        return { present: true, journal: {} };
      case 'update': {
        const { aggregate } = job as Job & { kind: 'update' };
        const applied = this.#values.facts(aggregate).present;
        return { present: true, journal: { applied, thetaNorm: quantity(result.norm) } };
      }
      case 'encode': {
        const { count, finite } = result;
        return { present: true, finite, journal: {}, count };
      }
      case 'without-sent':
        return { present: true, journal: {} };
      case 'measure': {
        const { push, pull } = result;
        const accuracy = this.#accuraciesOf(job as Job & { kind: 'measure' });
        return { present: true, journal: {}, decision: { push, pull, accuracy } };
      }
      case 'evaluate':
        throw new Error('an evaluation is put together from its parts');
    }
  }

  /** By split; of data with numbers for targets none. */
  #accuraciesOf({ evaluations }: Job & { kind: 'measure' }): Record<string, number> {
    const known = evaluations.flatMap(({ split, evaluation }) => {
      const { accuracy } = this.#values.facts(evaluation).journal;
      return typeof accuracy === 'number' ? [[split, accuracy]] : [];
    });
    return Object.fromEntries(known);
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

/** The same with numbers as the journal writes them. */
function quantities<Key extends string>(
  values: Record<Key, number | null>,
): Record<Key, Quantity | null> {
  const entries = Object.entries<number | null>(values);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value === null ? null : quantity(value)]),
  ) as Record<Key, Quantity | null>;
}

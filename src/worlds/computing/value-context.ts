import type { LearningRate } from '../../learning/learning-rate.ts';
import type {
  EncodeRequest,
  ExchangeDecision,
  MeasureRequest,
  TrainingRequest,
} from '../../nodes/context.ts';
import type { ValueId } from '../../nodes/messages.ts';
import type { AggregationInput } from '../../rules/running/contribution.ts';
import { type TimeUs, usToSeconds } from '../../simulation/time.ts';
import type { Computations } from './computations.ts';
import type { Job } from './job.ts';
import type { ValueStore } from './value-store.ts';

interface ValueParts {
  settings: {
    servers: readonly { id: string }[];
    workers: readonly string[];
    /** By server that trusts a gradient of its own: the train items that it has. */
    references: ReadonlyMap<string, Uint32Array>;
    /** Null without a tree of models. */
    hierarchy: {
      training: {
        learningRate: LearningRate;
        optimiserStateLength: number;
        sends: 'change' | 'gradient';
      };
    } | null;
    /** Whether workers have momentum. */
    workersHaveMomentum: boolean;
    /** Numbers that an update leaves for the next one besides theta. */
    optimiserStateLength: number;
  };
  values: ValueStore;
  computations: Computations;
}

/** The part of a node's context that describes values and has them computed: alike in both worlds. */
export abstract class ValueContext {
  readonly #parts: ValueParts;
  /** By server: its last aggregate, which holds the state of its rule. */
  readonly lastAggregates: Map<string, ValueId>;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(parts: ValueParts, lastAggregates: Map<string, ValueId>) {
    this.#parts = parts;
    this.lastAggregates = lastAggregates;
    const { workers, servers } = parts.settings;
    this.#numbers = new Map([
      ...servers.map(({ id }, number) => [id, number] as const),
      ...workers.map((id, number) => [id, number] as const),
    ]);
  }

  numberOf(node: string): number {
    return this.#numbers.get(node)!;
  }

  keep(value: ValueId): void {
    this.#parts.values.keep(value);
  }

  release(value: ValueId): void {
    this.#parts.values.release(value);
  }

  abstract admit(gradient: ValueId): void;

  advanceMomentum(gradient: ValueId, previous: ValueId | null): ValueId | null {
    if (!this.#parts.settings.workersHaveMomentum) return null;
    this.admit(gradient);
    return this.#compute({ kind: 'worker-momentum', gradient, previous });
  }

  train({ gradient, worker, round, theta, optimiserState, items }: TrainingRequest): {
    value: ValueId;
    optimiserState: ValueId | null;
  } {
    const { learningRate, optimiserStateLength, sends } = this.#parts.settings.hierarchy!.training;
    if (sends === 'gradient') {
      const how = { poisoned: this.isPoisoned(worker), steps: 1, learningRate: 0 };
      const streamPrefix = `gradient/${gradient}`;
      const value = this.#compute({ kind: 'gradient', theta, items, streamPrefix, ...how });
      return { value, optimiserState: null };
    }
    const time = usToSeconds(this.nowUs);
    const value = this.#compute({
      ...{ kind: 'window', theta, optimiserState, items },
      streamPrefix: `window/${gradient}`,
      poisoned: this.isPoisoned(worker),
      learningRate: learningRate({ round, epoch: 0, time }),
    });
    const hasState = optimiserStateLength > 0;
    const state = hasState
      ? this.#compute({ kind: 'window-optimiser-state', window: value })
      : null;
    return { value, optimiserState: state };
  }

  abstract isPoisoned(worker: string): boolean;

  abstract readonly nowUs: TimeUs;

  addScaled(a: ValueId, b: ValueId, scale: number): ValueId {
    return this.#compute({ kind: 'add-scaled', a, b, scale });
  }

  describeReference(server: string, aggregation: number, theta: ValueId): ValueId {
    const { settings, values } = this.#parts;
    const items = settings.references.get(server)!;
    const streamPrefix = `reference/${server}/${aggregation}`;
    const how = { poisoned: false, streamPrefix, steps: 1, learningRate: 0 };
    return values.describe({ kind: 'gradient', theta, items, ...how });
  }

  aggregate(input: AggregationInput<ValueId>): ValueId {
    const previous = this.lastAggregates.get(input.server) ?? null;
    return this.#compute({ kind: 'aggregate', ...input, previous });
  }

  commitAggregate(server: string, aggregate: ValueId): void {
    this.keep(aggregate);
    this.dropAggregatorState(server);
    this.lastAggregates.set(server, aggregate);
  }

  dropAggregatorState(server: string): void {
    const last = this.lastAggregates.get(server);
    if (last !== undefined) this.release(last);
    this.lastAggregates.delete(server);
  }

  hasNoResult(aggregate: ValueId): boolean {
    return !this.#parts.values.facts(aggregate).present;
  }

  advanceOptimiser(
    theta: ValueId,
    aggregate: ValueId,
    optimiserState: ValueId | null,
  ): ValueId | null {
    if (this.#parts.settings.optimiserStateLength === 0) return null;
    return this.#compute({ kind: 'optimiser-state', theta, aggregate, optimiserState });
  }

  update(
    theta: ValueId,
    aggregate: ValueId,
    optimiserState: ValueId | null,
    learningRate: number,
  ): ValueId {
    return this.#compute({ kind: 'update', theta, aggregate, optimiserState, learningRate });
  }

  evaluate(theta: ValueId): ValueId {
    return this.#compute({ kind: 'evaluate', theta });
  }

  measure({ splits, ...request }: MeasureRequest): ValueId {
    const { theta } = request;
    const evaluations = splits.map((split) => ({
      split,
      evaluation: this.#compute({ kind: 'evaluate', theta, split }),
    }));
    const measured = this.#compute({ kind: 'measure', evaluations, ...request });
    for (const { evaluation } of evaluations) this.release(evaluation);
    return measured;
  }

  decision(measured: ValueId): ExchangeDecision {
    return this.#parts.values.facts(measured).decision!;
  }

  encode(request: EncodeRequest): ValueId {
    return this.#compute({ kind: 'encode', ...request });
  }

  encodedCount(encoded: ValueId): number {
    return this.#parts.values.facts(encoded).count!;
  }

  withoutSent(base: ValueId, theta: ValueId, sent: ValueId): ValueId {
    return this.#compute({ kind: 'without-sent', base, theta, sent });
  }

  #compute(job: Job): ValueId {
    const value = this.#parts.values.describe(job);
    this.#parts.computations.queue(value);
    return value;
  }
}

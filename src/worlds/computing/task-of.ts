import type { ValueId } from '../../nodes/messages.ts';
import type { ComputationSettings } from './computation-settings.ts';
import type { Job } from './job.ts';
import { accuraciesOf } from './job-facts.ts';
import type { Task, VectorAddress } from './task.ts';
import type { ValueStore } from './value-store.ts';

/** A job whose inputs are there. */
interface Computable {
  id: ValueId;
  job: Exclude<Job, { kind: 'evaluate' | 'window-optimiser-state' }>;
  /** Of a training: the change to its parameters that its task makes, too. */
  change: ValueId | null;
}

/**
 * The task that computes a job. Takes the memory of its result;
 * `optimiserStates` gets where a training writes the state of the worker's optimiser, by its value.
 */
export function taskOf(
  { id, job, change }: Computable,
  values: ValueStore,
  settings: ComputationSettings,
  optimiserStates: Map<ValueId, VectorAddress>,
): Task {
  switch (job.kind) {
    case 'gradient': {
      const theta = values.address(job.theta)!;
      const { gradientFactor, batchSize } = settings;
      const { items, poisoned, streamPrefix, steps, learningRate } = job;
      // A server's own gradient is as long as a worker's, of however many items.
      const factor = gradientFactor * (batchSize / (items.length / steps));
      const out = values.place(id);
      const how = { poisoned, streamPrefix, factor, steps, learningRate };
      return { kind: 'gradient', theta, thetaId: job.theta, items, ...how, out };
    }
    case 'window': {
      const { items, streamPrefix, poisoned, learningRate } = job;
      const { memory } = values;
      const { workerOptimiserLength } = settings;
      const optimiserStateOut =
        workerOptimiserLength === 0 ? null : memory.allocate(workerOptimiserLength);
      if (optimiserStateOut !== null) optimiserStates.set(id, optimiserStateOut);
      return {
        ...{ kind: 'window', items, streamPrefix, poisoned, learningRate, optimiserStateOut },
        theta: values.address(job.theta)!,
        optimiserState: job.optimiserState === null ? null : values.address(job.optimiserState),
        // With one owner it is wanted for the change alone.
        out: change !== null && values.owners(id) === 1 ? null : values.place(id),
        change: change === null ? null : changeTask(change, values),
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
        ...{ kind: 'measure', layer, push, pull, accuracy: accuraciesOf(job, values) },
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
      const previous = job.previous === null ? null : values.address(job.previous);
      return { kind: 'worker-momentum', gradient, previous, out: values.place(id) };
    }
    case 'aggregate': {
      const { previous, ...aggregation } = job;
      const { reference } = job;
      const contributions = job.contributions.flatMap((each) => {
        const { present, finite = true } = values.facts(each.vector);
        return present ? [{ finite, ...each, vector: values.address(each.vector)! }] : [];
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
    case 'optimiser-state':
    case 'update': {
      const { present, used = 0 } = values.facts(job.aggregate);
      const step = {
        theta: values.address(job.theta)!,
        aggregate: present ? values.address(job.aggregate) : null,
        scale: settings.combine === 'sum' ? used : 1,
        optimiserState: job.optimiserState === null ? null : values.address(job.optimiserState),
      };
      if (job.kind === 'optimiser-state') {
        return { kind: job.kind, ...step, out: values.place(id, settings.optimiserStateLength) };
      }
      const { kind, learningRate } = job;
      return { kind, learningRate, ...step, out: values.place(id) };
    }
  }
}

/** Of a change to parameters that its own task computes. */
function changeTask(change: ValueId, values: ValueStore): (Task & { kind: 'window' })['change'] {
  const { a, scale } = values.job(change) as Job & { kind: 'add-scaled' };
  return { a: values.address(a)!, scale, out: values.place(change) };
}

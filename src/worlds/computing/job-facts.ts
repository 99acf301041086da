import { type Quantity, quantity } from '../../journal/quantity.ts';
import { measureKey } from '../../rules/running/triggering.ts';
import type { Job } from './job.ts';
import type { TaskResult } from './task.ts';
import type { Facts, ValueStore } from './value-store.ts';

/** Facts of a job's result beside its numbers, for the journal and for the jobs that use it. */
export function jobFacts(job: Job, result: TaskResult, values: ValueStore): Facts {
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
      const { loss } = values.facts(gradient);
      const facts = { present: true, finite: result.finite, journal: {} };
      return loss === undefined ? facts : { ...facts, loss };
    }
    case 'aggregate': {
      const { present, norm, nonFinite, honestCount, byzantineCount, exceeded, state } = result;
      const { selected, selectedByzantine, clipped, iterations, honestMean, geometry, policy } =
        result;
      const { contributions } = job as Job & { kind: 'aggregate' };
      const facts = contributions.map(({ vector }) => values.facts(vector));
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
        ...(selected !== null && {
          selected: selected.map((index) => there[index]!),
          selectedByzantine,
        }),
        ...(clipped !== null && { clipped }),
        ...(iterations !== null && { iterations }),
        ...(honestMean !== undefined && { honestMean: honestMean && quantities(honestMean) }),
        ...(geometry && {
          geometry: { ...geometry, vectors: geometry.vectors.map((index) => there[index]!) },
        }),
        ...(policy !== null && { policy }),
      };
      return { present, journal, used: honestCount + byzantineCount, state };
    }
    case 'optimiser-state':
      return { present: true, journal: {} };
    case 'update': {
      const { changed, norm } = result;
      return { present: true, journal: { applied: changed, thetaNorm: quantity(norm) } };
    }
    case 'encode': {
      const { count, finite } = result;
      return { present: true, finite, journal: {}, count };
    }
    case 'without-sent':
      return { present: true, journal: {} };
    case 'measure': {
      const { push, pull } = result;
      const accuracy = accuraciesOf(job as Job & { kind: 'measure' }, values);
      return { present: true, journal: {}, decision: { push, pull, accuracy } };
    }
    case 'evaluate':
      throw new Error('an evaluation is put together from its parts');
  }
}

const MEASURES = ['loss', 'rmse', 'mae', 'r2'];

/** By split, of data with numbers for targets none; and what else is measured there, by its key. */
export function accuraciesOf(
  { evaluations }: Job & { kind: 'measure' },
  values: ValueStore,
): Record<string, number> {
  const known = evaluations.flatMap(({ split, evaluation }) => {
    const { accuracy, metrics = {}, ...others } = values.facts(evaluation).journal;
    const measures = [
      ...MEASURES.flatMap((name) => (name in others ? [[name, others[name]] as const] : [])),
      ...Object.entries(metrics as Record<string, unknown>),
    ].map(([name, value]) => [measureKey(split, name), Number(value)] as const);
    return typeof accuracy === 'number' ? [[split, accuracy] as const, ...measures] : measures;
  });
  return Object.fromEntries(known);
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

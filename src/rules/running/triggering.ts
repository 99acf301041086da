import { RunError } from '../../errors.ts';
import type { Moment, MomentNumbers, TransferTrigger, TriggerSplit } from '../contract/trigger.ts';
import { calling } from './calling.ts';
import type { Chosen } from './chosen.ts';
import { named } from './chosen.ts';
import { loadTrigger, type RuleReference } from './load.ts';
import { leavingUnchanged } from './unchanged.ts';

/** One trigger, or several of which any or all are to be due. */
export interface Triggers<Each> {
  of: 'any' | 'all';
  list: readonly Each[];
}

/** Those of a layer's nodes, for sending and for asking for a model. */
export interface ExchangeTriggers<Each> {
  push: Triggers<Each>;
  pull: Triggers<Each>;
}

async function loadTriggers({
  of,
  list,
}: Triggers<RuleReference>): Promise<Triggers<Chosen<TransferTrigger>>> {
  return { of, list: await Promise.all(list.map(loadTrigger)) };
}

export async function loadExchangeTriggers({
  push,
  pull,
}: ExchangeTriggers<RuleReference>): Promise<ExchangeTriggers<Chosen<TransferTrigger>>> {
  return { push: await loadTriggers(push), pull: await loadTriggers(pull) };
}

export function needsNumbers({ list }: Triggers<Chosen<TransferTrigger>>): boolean {
  return list.some(({ rule }) => rule.needsNumbers === true);
}

/** The splits that the triggers measure on, each once. Throws RunError for a split that there is not. */
export function splitsOf({ list }: Triggers<Chosen<TransferTrigger>>): TriggerSplit[] {
  return [...new Set(list.map(splitOf).filter((split) => split !== null))];
}

/** The split on which a trigger measures; null: none. Throws RunError for one that there is not. */
export function splitOf(chosen: Chosen<TransferTrigger>): TriggerSplit | null {
  const { rule, options, timeLimitS } = chosen;
  if (rule.split === undefined) return null;
  const who = named('trigger', chosen);
  const split = calling(who, () => rule.split!(options), timeLimitS);
  if (['train', 'validation', 'test'].includes(split)) return split;
  throw new RunError(`${who} names a split that there is not: ${String(split)}`);
}

/** The measure of a trigger in place of the accuracy; null: none. Throws RunError for what is no text. */
export function metricOf(chosen: Chosen<TransferTrigger>): string | null {
  const { rule, options, timeLimitS } = chosen;
  if (rule.metric === undefined) return null;
  const who = named('trigger', chosen);
  const metric = calling(who, () => rule.metric!(options), timeLimitS) ?? null;
  if (metric === null || typeof metric === 'string') return metric;
  throw new RunError(`${who} names a metric that is no text: ${String(metric)}`);
}

/** Names a measure on a split; `metric`: null for the accuracy. */
export function measureKey(split: string, metric: string | null): string {
  return metric === null ? split : `${split}/${metric}`;
}

/** The numbers of a decision on several triggers; accuracies and other measures by their keys. */
interface SharedNumbers extends Pick<MomentNumbers, 'model' | 'change' | 'globalChange'> {
  accuracy: Readonly<Record<string, number>>;
  lastAccuracy: Readonly<Record<string, number>>;
}

/**
 * Whether the triggers are due. `numbers`: null where none of them needs any. Throws RunError when one
 * fails.
 */
function areDue(
  { of, list }: Triggers<Chosen<TransferTrigger>>,
  moment: Moment,
  numbers: SharedNumbers | null,
): boolean {
  const isChosenDue = (chosen: Chosen<TransferTrigger>): boolean => {
    const { rule, options, timeLimitS } = chosen;
    const who = named('trigger', chosen);
    const split = splitOf(chosen);
    const metric = metricOf(chosen);
    const key = split === null ? null : measureKey(split, metric);
    if (numbers !== null && key !== null && metric !== null && !(key in numbers.accuracy)) {
      throw new RunError(
        `${who} names a metric that there is not: ${metric}; ${knownMetrics(numbers.accuracy, split!)}`,
      );
    }
    const own = numbers && {
      ...numbers,
      accuracy: key === null ? null : (numbers.accuracy[key] ?? null),
      lastAccuracy: key === null ? null : (numbers.lastAccuracy[key] ?? null),
    };
    const isDue = () => calling(who, () => rule.isDue(moment, own, options), timeLimitS);
    // The numbers are those of the run itself, not copies.
    const due = leavingUnchanged(who, chosen.file === undefined ? [] : givenTo(own), isDue);
    if (typeof due === 'boolean') return due;
    throw new RunError(`${who} did not return true or false`);
  };
  return of === 'any' ? list.some(isChosenDue) : list.every(isChosenDue);
}

/** The vectors that a trigger looks at, with what each is. */
function givenTo(numbers: MomentNumbers | null): { name: string; values: Float32Array }[] {
  if (numbers === null) return [];
  return (['model', 'change', 'globalChange'] as const).flatMap((name) => {
    const values = numbers[name];
    return values === null ? [] : [{ name, values }];
  });
}

/** What of an exchange is due: whether a node asks may depend on whether it sends. Throws as `areDue`. */
export function exchangeDue<Seen extends Moment>(
  triggers: ExchangeTriggers<Chosen<TransferTrigger>>,
  moments: { push: Seen; pull: Seen },
  numbersOf: (seen: Seen) => SharedNumbers | null,
): { push: boolean; pull: boolean } {
  const push = areDue(triggers.push, moments.push, numbersOf(moments.push));
  const seen = { ...moments.pull, sends: push };
  return { push, pull: areDue(triggers.pull, seen, numbersOf(moments.pull)) };
}

function knownMetrics(measures: Readonly<Record<string, number>>, split: string): string {
  const start = measureKey(split, '');
  const names = Object.keys(measures).filter((key) => key.startsWith(start));
  return `expected one of: ${names.map((key) => key.slice(start.length)).join(', ')}`;
}

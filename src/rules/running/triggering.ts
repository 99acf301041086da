import { RunError } from '../../errors.ts';
import type { Moment, MomentNumbers, TransferTrigger, TriggerSplit } from '../contract/trigger.ts';
import { calling } from './calling.ts';
import type { Chosen } from './chosen.ts';
import { named } from './chosen.ts';
import { loadTrigger, type RuleReference } from './load.ts';

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

function splitOf(chosen: Chosen<TransferTrigger>): TriggerSplit | null {
  const { rule, options, timeLimitS } = chosen;
  if (rule.split === undefined) return null;
  const who = named('trigger', chosen);
  const split = calling(who, () => rule.split!(options), timeLimitS);
  if (['train', 'validation', 'test'].includes(split)) return split;
  throw new RunError(`${who} names a split that there is not: ${String(split)}`);
}

/** The numbers of a decision on several triggers; accuracies by split. */
interface SharedNumbers extends Pick<MomentNumbers, 'model' | 'change' | 'globalChange'> {
  accuracy: Readonly<Record<string, number>>;
  lastAccuracy: Readonly<Record<string, number>>;
}

/**
 * Whether the triggers are due. `numbers`: null where none of them needs any. Throws RunError when one
 * fails.
 */
export function areDue(
  { of, list }: Triggers<Chosen<TransferTrigger>>,
  moment: Moment,
  numbers: SharedNumbers | null,
): boolean {
  const isDue = (chosen: Chosen<TransferTrigger>): boolean => {
    const { rule, options, timeLimitS } = chosen;
    const split = splitOf(chosen);
    const own = numbers && {
      ...numbers,
      accuracy: split === null ? null : (numbers.accuracy[split] ?? null),
      lastAccuracy: split === null ? null : (numbers.lastAccuracy[split] ?? null),
    };
    const who = named('trigger', chosen);
    const due = calling(who, () => rule.isDue(moment, own, options), timeLimitS);
    if (typeof due === 'boolean') return due;
    throw new RunError(`${who} did not return true or false`);
  };
  return of === 'any' ? list.some(isDue) : list.every(isDue);
}

import type { WorkerLayer } from './config-schema.ts';

type TriggerConfig = WorkerLayer['push'];
type OneTrigger = Exclude<TriggerConfig, { any: unknown } | { all: unknown }>;

/** A trigger as a rule, and where the config names it, below the layer's key. */
export interface TriggerChoice {
  rule: string;
  options: Record<string, unknown>;
  path: (string | number)[];
}

/** The triggers of a push or a pull, short forms written out, and how they are combined. */
export function triggerChoices(trigger: TriggerConfig): {
  of: 'any' | 'all';
  list: TriggerChoice[];
} {
  if (typeof trigger === 'object' && 'any' in trigger) return listed('any', trigger.any);
  if (typeof trigger === 'object' && 'all' in trigger) return listed('all', trigger.all);
  return { of: 'all', list: [{ ...choiceOf(trigger), path: [] }] };
}

/** The same trigger with what `change` makes of each of its rules. */
export function mapTriggers(
  trigger: TriggerConfig,
  change: (one: OneTrigger) => OneTrigger,
): TriggerConfig {
  if (typeof trigger === 'object' && 'any' in trigger) return { any: trigger.any.map(change) };
  if (typeof trigger === 'object' && 'all' in trigger) return { all: trigger.all.map(change) };
  return change(trigger);
}

function listed(
  of: 'any' | 'all',
  triggers: readonly OneTrigger[],
): ReturnType<typeof triggerChoices> {
  const list = triggers.map((one, index) => ({ ...choiceOf(one), path: [of, index] }));
  return { of, list };
}

function choiceOf(trigger: OneTrigger): Omit<TriggerChoice, 'path'> {
  if (typeof trigger === 'string') return { rule: trigger, options: {} };
  if ('rule' in trigger) return trigger;
  if ('changes' in trigger) return { rule: 'changes', options: { count: trigger.changes } };
  return { rule: 'interval', options: { everyS: trigger.everyS } };
}

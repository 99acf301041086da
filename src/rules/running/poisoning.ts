import { RunError } from '../../errors.ts';
import type {
  DataAttack,
  PoisoningContext,
  SampleShape,
  Samples,
} from '../contract/data-attack.ts';
import { calling } from './calling.ts';
import type { Chosen } from './chosen.ts';
import { named } from './chosen.ts';
import { leavingUnchanged } from './unchanged.ts';

/**
 * The samples of a batch after a data attack; those given stay as they are.
 * Throws RunError when the attack fails, or gives samples that no engine could compute with.
 */
export function poisoned(
  attack: Chosen<DataAttack>,
  samples: Samples,
  context: PoisoningContext,
): Samples {
  const { rule, options, timeLimitS } = attack;
  const who = named('attack', attack);
  const poison = () => calling(who, () => rule.poison(samples, context, options), timeLimitS);
  const given = [
    { name: 'the inputs', values: samples.inputs },
    { name: 'the labels', values: samples.labels },
  ];
  // An attack that writes into its batch could hand it back as unchanged; to compare a batch takes
  // little time.
  const { inputs, labels } = leavingUnchanged(who, given, poison) ?? {};
  checkRows(who, inputs, samples.inputs);
  if (!(labels instanceof Uint8Array) || labels.length !== samples.labels.length) {
    throw new RunError(`${who} did not return a Uint8Array of one label an item`);
  }
  const wrong = labels.find((label) => label >= context.classes);
  if (wrong !== undefined) {
    throw new RunError(`${who} gave the label ${wrong}, but there are ${context.classes} classes`);
  }
  return { inputs, labels };
}

/** The rows of a batch with the attack's trigger in each; null for attacks without one. */
export function stamped(
  attack: Chosen<DataAttack>,
  inputs: Float32Array,
  shape: SampleShape,
): { inputs: Float32Array; target: number } | null {
  const { rule, options, timeLimitS } = attack;
  const { trigger } = rule;
  if (trigger === undefined) return null;
  const who = named('attack', attack);
  const rows = calling(who, () => trigger.stamp(inputs, shape, options), timeLimitS);
  checkRows(who, rows, inputs);
  return { inputs: rows, target: calling(who, () => trigger.target(options), timeLimitS) };
}

function checkRows(who: string, rows: unknown, given: Float32Array): void {
  if (rows instanceof Float32Array && rows.length === given.length) return;
  throw new RunError(`${who} did not return a Float32Array of as many inputs as it was given`);
}

import type { Kernels } from '../../kernels/kernels.ts';
import { inputRowsOf, labelsOf, type Substitute } from '../../learning/batch-samples.ts';
import type { SplitName } from '../../learning/dataset.ts';
import type { ClassEvaluation } from '../../learning/engine.ts';
import type { PlacedDataset } from '../../learning/placed-dataset.ts';
import type { DataAttack, SampleShape } from '../../rules/contract/data-attack.ts';
import type { RandomSource } from '../../rules/contract/plain-data.ts';
import type { Chosen } from '../../rules/running/chosen.ts';
import { poisoned, stamped } from '../../rules/running/poisoning.ts';

/** How often a trigger fooled the model: counts, which add up over parts of a split. */
export interface TriggerTally {
  /** Items of other classes than the target. */
  tried: number;
  /** Those of them that the model classified as the target once they had the trigger. */
  fooled: number;
}

interface Parts {
  kernels: Kernels;
  data: PlacedDataset;
  attack: Chosen<DataAttack>;
}

/**
 * The samples on which a Byzantine worker computes its gradient, in place of these items of the
 * train split.
 */
export function poisonedBatch(
  { kernels, data, attack }: Parts,
  items: Uint32Array,
  random: RandomSource,
): Substitute {
  const { train } = data.splits;
  const inputs = inputRowsOf(kernels, data, train, items);
  const samples = { inputs, labels: labelsOf(kernels, train, items) };
  const changed = poisoned(attack, samples, { ...shapeOf(data), random });
  // Rules make their vectors in scratch memory; an engine's process needs them for longer.
  return {
    inputs: changed.inputs === inputs ? null : changed.inputs.slice(),
    labels: changed.labels,
  };
}

/** Rows of items [from, to) of a split that wear the attack's trigger; null for attacks without one. */
export function triggeredRows(
  { kernels, data, attack }: Parts,
  split: SplitName,
  from: number,
  to: number,
): { inputs: Float32Array; target: number } | null {
  if (attack.rule.trigger === undefined) return null;
  const items = Uint32Array.from({ length: to - from }, (_, index) => from + index);
  const inputs = inputRowsOf(kernels, data, data.splits[split], items);
  const stampedRows = stamped(attack, inputs, shapeOf(data));
  return stampedRows && { ...stampedRows, inputs: stampedRows.inputs.slice() };
}

/** The success of the trigger on evaluated rows. */
export function triggerTally({ confusion }: ClassEvaluation, target: number): TriggerTally {
  const classes = Math.sqrt(confusion.length);
  let tried = 0;
  let fooled = 0;
  for (const [index, count] of confusion.entries()) {
    if (Math.floor(index / classes) === target) continue;
    tried += count;
    if (index % classes === target) fooled += count;
  }
  return { tried, fooled };
}

function shapeOf({ features, classes }: PlacedDataset): SampleShape {
  // A data attack on numbers is refused before the run.
  return { features, classes: classes! };
}

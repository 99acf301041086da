import type { LossName } from '../layer-spec.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Loss } from './loss.ts';
import { squared } from './squared.ts';
import { squaredNumbers } from './squared-numbers.ts';

const ofLabels: Record<LossName, Loss> = { 'cross-entropy': crossEntropy, squared };
const ofNumbers: Partial<Record<LossName, Loss>> = { squared: squaredNumbers };

/**
 * The loss for targets of `classes` classes, null for numbers; undefined where it makes no sense.
 */
export function lossFor(name: LossName, classes: number | null): Loss | undefined {
  return classes === null ? ofNumbers[name] : ofLabels[name];
}

import { textTable } from '../format/text-table.ts';
import { accuracyText } from '../run/reached.ts';
import { intervalText } from './interval-text.ts';
import type { ArmReached } from './study-summary.ts';

/** An arm, and what it took to reach the accuracy. */
interface ReachedRow {
  name: string;
  /** Of the arm, whether they reached it or not. */
  runs: number;
  reached: ArmReached;
}

/** Columns that a small terminal does without, the first one first. */
const LEAVE_OUT = ['updates', 'MB', 'J'];

/**
 * Costs of each arm to reach one accuracy. Means stand only where every run reached it: over those
 * that did they would flatter an arm in which some did not.
 */
export function reachedTable(rows: readonly ReachedRow[], width: number): string {
  const accuracy = rows[0]!.reached.accuracy;
  const hasEnergy = rows.some(({ reached }) => reached.energyJ !== null);
  const header = [
    `to reach ${accuracyText(accuracy)}`,
    ...['runs', 'simulated s', 'updates', 'MB', ...(hasEnergy ? ['J'] : [])],
  ];
  const cells = rows.map(({ name, runs, reached }) => [
    name,
    `${reached.runs} of ${runs}`,
    intervalText(reached.simTimeS, 0),
    intervalText(reached.updates, 0),
    intervalText(reached.bytes, 2, 1e-6),
    ...(hasEnergy ? [intervalText(reached.energyJ, 1)] : []),
  ]);
  return textTable(header, cells, { width, leaveOut: LEAVE_OUT });
}

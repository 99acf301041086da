import { textTable } from '../format/text-table.ts';
import { accuracyText, type Reached } from './reached.ts';

/** A run, and what it took to reach the accuracies that are asked for. */
interface ReachingRun {
  run: string;
  simTimeS: number;
  reached: readonly Reached[];
}

/** Columns that a small terminal does without, the first one first. */
const LEAVE_OUT = ['updates', 'MB', 'J'];

/**
 * A table for each accuracy that any of the runs reached, a row a run. A run that did not is censored: `> 3600.0`
 * says that it had not by the end of its 3 600 simulated seconds. Empty where none reached any.
 */
export function runsReachedText(runs: readonly ReachingRun[], width: number): string {
  const accuracies = runs[0]?.reached.map(({ accuracy }) => accuracy) ?? [];
  return accuracies
    .flatMap((accuracy, index) =>
      runs.some(({ reached }) => reached[index]!.at !== null)
        ? reachedTable(accuracy, index, runs, width)
        : [],
    )
    .join('\n');
}

function reachedTable(
  accuracy: number,
  index: number,
  runs: readonly ReachingRun[],
  width: number,
): string {
  const hasEnergy = runs.some(({ reached }) => typeof reached[index]!.at?.energyJ === 'number');
  const header = [
    `to reach ${accuracyText(accuracy)}`,
    ...['simulated s', 'updates', 'MB', ...(hasEnergy ? ['J'] : [])],
  ];
  const rows = runs.map(({ run, simTimeS, reached }) => {
    const { at } = reached[index]!;
    if (at === null) return [run, `> ${simTimeS.toFixed(1)}`];
    const energy = at.energyJ === null ? '-' : at.energyJ.toFixed(1);
    return [
      ...[run, at.simTimeS.toFixed(1), `${at.updates}`, (at.bytes / 1e6).toFixed(2)],
      ...(hasEnergy ? [energy] : []),
    ];
  });
  return textTable(header, rows, { width, leaveOut: LEAVE_OUT });
}

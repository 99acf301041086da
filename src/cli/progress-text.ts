import type { Progress } from '../run/run-summary.ts';
import type { LinePart } from './fitted-line.ts';
import { clockTime, percent } from './formats.ts';

/** Parts of a line of progress about a run, the important ones with the higher ranks. */
export function progressParts(progress: Progress, remainingS: number | null): LinePart[] {
  const { round, simTimeS, inRange } = progress;
  const time = clockTime(simTimeS);
  return [
    { forms: [`${Math.floor(shareOf(progress) * 100)} %`], rank: 6 },
    { forms: [`round ${round}`, ''], rank: 3 },
    { forms: [`${time} simulated`, time, ''], rank: 2 },
    { forms: [`${inRange} in range`, ''], rank: 0 },
    { forms: [measured(progress), ''], rank: 4 },
    { forms: [remainingText(remainingS), ''], rank: 5 },
  ];
}

/** How much of a run is done, from 0 to 1. */
export function shareOf({ gradients, gradientsAtEnd }: Progress): number {
  return gradientsAtEnd === 0 ? 0 : Math.min(1, gradients / gradientsAtEnd);
}

/** Empty without an estimate. */
export function remainingText(remainingS: number | null): string {
  return remainingS === null ? '' : `${clockTime(Math.ceil(remainingS))} left`;
}

/** A regression has no accuracy. */
function measured({ accuracy, loss }: Progress): string {
  if (accuracy === null && loss !== null) {
    return `loss ${typeof loss === 'number' ? loss.toPrecision(3) : loss}`;
  }
  return accuracy === null ? '' : `accuracy ${percent(accuracy)}`;
}

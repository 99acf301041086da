import { log } from '../../../elementary.ts';
import { RandomStream, streamState } from '../../../simulation/random.ts';
import { secondsToUs } from '../../../simulation/time.ts';
import { drawLabel } from '../../sampling/label-mix.ts';
import type { Arrivals, SensorSettings, SensorSource, SensorState } from '../sensor.ts';

/**
 * Sensors that draw their items at random from the train split.
 *
 * `byLabel`: the items of each class; in the first place all of them where a sensor has no labels.
 */
export function builtInSource(seed: number, byLabel: readonly Uint32Array[]): SensorSource {
  return {
    open({ id, arrivals }: SensorSettings): SensorState {
      const state = { items: 0, nextUs: 0, random: streamState(seed, `sensor/${id}`) };
      scheduleNext(arrivals, state);
      return state;
    },

    // With replacement from the items of a class that is drawn first.
    take({ arrivals, labels }: SensorSettings, state: SensorState): number {
      const random = new RandomStream(state.random!);
      const pool = labels === null ? byLabel[0]! : byLabel[drawLabel(labels, random.float())]!;
      const item = pool[random.integer(pool.length)]!;
      state.random = random.state;
      state.items += 1;
      scheduleNext(arrivals, state);
      return item;
    },
  };
}

/**
 * The first item of a fixed rate comes after one period. Its times are exact multiples of the period,
 * so that no rounding adds up.
 */
function scheduleNext(arrivals: Arrivals, state: SensorState): void {
  const { items } = state;
  switch (arrivals.process) {
    case 'fixed':
      state.nextUs = Math.round(((items + 1) * 1e6) / arrivals.itemsPerS);
      return;
    case 'poisson': {
      const random = new RandomStream(state.random!);
      const waitUs = (-log(1 - random.float()) * 1e6) / arrivals.itemsPerS;
      state.random = random.state;
      state.nextUs += Math.max(1, Math.round(waitUs));
      return;
    }
    case 'times': {
      const timeS = arrivals.timesS[items];
      state.nextUs = timeS === undefined ? Number.POSITIVE_INFINITY : secondsToUs(timeS);
    }
  }
}

import { exp, log } from '../elementary.ts';
import type { RandomStream } from './random.ts';
import { secondsToUs, type TimeUs } from './time.ts';

/** How long something takes, a gradient on a device for instance: always the same, or a named distribution. */
export type DurationModel =
  | number
  | { distribution: 'uniform'; fromS: number; toS: number }
  | { distribution: 'normal'; meanS: number; deviationS: number; minimumS: number }
  | { distribution: 'exponential'; meanS: number }
  | { distribution: 'lognormal'; medianS: number; sigma: number };

/** Draws one duration, at least a microsecond. A constant makes no draw. */
export function drawDurationUs(model: DurationModel, random: () => RandomStream): TimeUs {
  return Math.max(1, secondsToUs(drawSeconds(model, random)));
}

function drawSeconds(model: DurationModel, random: () => RandomStream): number {
  if (typeof model === 'number') return model;
  switch (model.distribution) {
    case 'uniform':
      return model.fromS + (model.toS - model.fromS) * random().float();
    case 'normal':
      return Math.max(model.minimumS, model.meanS + model.deviationS * random().normal());
    case 'exponential':
      return -model.meanS * log(1 - random().float());
    case 'lognormal':
      return model.medianS * exp(model.sigma * random().normal());
  }
}

import type { CloudSettings } from './settings.ts';

type Counting = Pick<CloudSettings, 'counted' | 'gradientsPerEpoch'>;
/** Gradients in the results that the cloud has aggregated, and those that workers have started. */
interface GradientCounts {
  readonly gradients: number;
  readonly started: number;
}

/** Gradients that epochs, evaluations and the end of the run count. */
export function countedGradients(
  { counted }: Counting,
  { gradients, started }: GradientCounts,
): number {
  return counted === 'started' ? started : gradients;
}

/** The cloud's epoch, from 0: whole epochs of the gradients that it counts. */
export function epochAt(counting: Counting, counts: GradientCounts): number {
  return Math.floor(countedGradients(counting, counts) / counting.gradientsPerEpoch);
}

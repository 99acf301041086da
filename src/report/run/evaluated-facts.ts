import type { SimulatedLine } from '../../journal/events.ts';
import type { MetricsRow } from './metrics.ts';

/** Facts of one evaluation, of any server, from the journal. */
export function evaluatedFacts(line: Extract<SimulatedLine, { type: 'evaluated' }>) {
  return {
    event: line.n,
    round: line.round,
    simTimeS: line.timeUs / 1e6,
    version: line.version,
    epoch: line.epoch,
    gradients: line.gradients,
    split: line.split,
    accuracy: line.accuracy ?? null,
    loss: line.loss ?? null,
    rmse: line.rmse ?? null,
    mae: line.mae ?? null,
    r2: line.r2 ?? null,
    macro: line.macro ?? null,
    micro: line.micro ?? null,
    attackSuccess: line.attackSuccess ?? null,
    metrics: line.metrics ?? null,
  } satisfies Partial<MetricsRow>;
}

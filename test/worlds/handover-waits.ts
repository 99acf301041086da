import type { SimulatedLine } from '#src/journal/events.js';
import { tinyConfig, tinyInput } from './tiny-config.ts';

/** Servers whose ranges overlap, and workers that begin as soon as they have a model. */
export const handoverConfig = (delayS: number, changes = {}) =>
  tinyConfig({
    mobility: {
      ...{ ...tinyInput.mobility, handover: { delayS } },
      workers: { mode: 'one-per-entity' },
    },
    servers: tinyInput.servers!.map((server) => ({ ...server, rangeM: 70 })),
    rounds: { mode: 'asynchronous' },
    layers: {
      edge: { collect: { count: 3 }, deadlineS: 4 },
      worker: { gradientS: 0.05, departure: 'drop' },
    },
    ...changes,
    training: { maximumTimeS: 60, learningRate: 0.01 },
  });

/** Of each handover: how long until the worker begins with the model of the new server. */
export function waitsOf(lines: readonly SimulatedLine[]): number[] {
  return lines.flatMap((line, at) => {
    if (line.type !== 'associate' || !line.handover) return [];
    const next = lines.slice(at).find(
      (one) =>
        // A process of a live run may hear of the handover a little later.
        ((one.type === 'gradient-started' && one.server === line.server) ||
          one.type === 'associate') &&
        one.worker === line.worker &&
        one !== line,
    )!;
    return next?.type === 'gradient-started' ? [next.timeUs - line.timeUs] : [];
  });
}

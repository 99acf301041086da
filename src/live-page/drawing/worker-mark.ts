import { activityOf, type WorkerView } from '../shared/node-views.ts';
import type { ShownState } from '../shared/run-state.ts';
import type { Colouring } from './choices.ts';
import type { Palette } from './palettes.ts';

/** How a worker is drawn. */
export interface WorkerMark {
  shape: 'circle' | 'triangle' | 'square';
  fill: string;
  /** Around the mark: of Byzantine workers, and of those whose last vector was forged. */
  ring: string | null;
  isCrossed: boolean;
}

/** Basis of the colours of all workers of a picture. */
interface ColourScale {
  /** In the order which gives them their colours. */
  servers: readonly string[];
  /** Of the workers that are shown; null without any. */
  losses: { least: number; most: number } | null;
}

export function colourScale({ servers, workers }: ShownState): ColourScale {
  let losses: ColourScale['losses'] = null;
  for (const { loss } of Object.values(workers)) {
    if (typeof loss !== 'number') continue;
    losses ??= { least: loss, most: loss };
    losses.least = Math.min(losses.least, loss);
    losses.most = Math.max(losses.most, loss);
  }
  return { servers: Object.keys(servers), losses };
}

export function workerMark(
  worker: WorkerView,
  colouring: Colouring,
  scale: ColourScale,
  palette: Palette,
): WorkerMark {
  const { kind, byzantine, forged, crashed } = worker;
  return {
    shape: kind === 'pedestrian' ? 'triangle' : kind === 'container' ? 'square' : 'circle',
    fill: fillOf(worker, colouring, scale, palette),
    ring: byzantine || forged ? palette.byzantine : null,
    isCrossed: crashed,
  };
}

function fillOf(
  worker: WorkerView,
  colouring: Colouring,
  { servers, losses }: ColourScale,
  palette: Palette,
): string {
  if (colouring === 'served-by') return serverColour(worker.server, servers, palette);
  if (colouring === 'loss') return lossColour(worker.loss, losses, palette);
  if (colouring === 'state') return palette.activities[activityOf(worker)];
  const staleness = worker.last?.staleness ?? null;
  return staleness === null ? palette.faint : stalenessColour(staleness, palette);
}

export function serverColour(
  server: string | null,
  servers: readonly string[],
  { series, faint }: Palette,
): string {
  const index = server === null ? -1 : servers.indexOf(server);
  return index < 0 ? faint : series[index % series.length]!;
}

/** One of the colours from little to much; of one that is not finite the colour of warnings. */
function lossColour(
  loss: WorkerView['loss'],
  losses: ColourScale['losses'],
  { ramp, faint, warning }: Palette,
): string {
  if (typeof loss === 'string') return warning;
  if (loss === null || losses === null) return faint;
  const spread = losses.most - losses.least;
  const share = spread === 0 ? 0 : (loss - losses.least) / spread;
  return ramp[Math.min(ramp.length - 1, Math.floor(share * ramp.length))]!;
}

/** None, one, two or three, and more versions behind. */
function stalenessColour(versions: number, { activities, series, byzantine }: Palette): string {
  if (versions === 0) return activities.computing;
  if (versions === 1) return series[2]!;
  return versions <= 3 ? series[4]! : byzantine;
}

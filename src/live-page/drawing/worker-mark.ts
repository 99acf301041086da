import { activityOf, type WorkerView } from '../shared/node-views.ts';
import type { Colouring } from './choices.ts';
import type { Palette } from './palettes.ts';

/** How a worker is drawn. */
interface WorkerMark {
  shape: 'circle' | 'triangle' | 'square';
  fill: string;
  /** Around the mark: of Byzantine workers, and of those whose last vector was forged. */
  ring: string | null;
  isCrossed: boolean;
}

/** `servers`: their order, which gives them their colours. */
export function workerMark(
  worker: WorkerView,
  colouring: Colouring,
  servers: readonly string[],
  palette: Palette,
): WorkerMark {
  const { kind, byzantine, forged, crashed } = worker;
  return {
    shape: kind === 'pedestrian' ? 'triangle' : kind === 'container' ? 'square' : 'circle',
    fill: fillOf(worker, colouring, servers, palette),
    ring: byzantine || forged ? palette.byzantine : null,
    isCrossed: crashed,
  };
}

function fillOf(
  worker: WorkerView,
  colouring: Colouring,
  servers: readonly string[],
  palette: Palette,
): string {
  if (colouring === 'served-by') return serverColour(worker.server, servers, palette);
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

/** None, one, two or three, and more versions behind. */
function stalenessColour(versions: number, { activities, series, byzantine }: Palette): string {
  if (versions === 0) return activities.computing;
  if (versions === 1) return series[2]!;
  return versions <= 3 ? series[4]! : byzantine;
}

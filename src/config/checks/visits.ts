import type { Problem } from '../../errors.ts';
import type { Bounds } from '../../mobility/bounds.ts';
import type { Site } from '../../mobility/contacts.ts';
import type { SiteStatistics } from '../../mobility/inspect.ts';
import type { Network } from '../../mobility/network.ts';
import type { Trace } from '../../mobility/trace.ts';
import type { ConfigSource } from '../config-source.ts';
import type { Path } from '../yaml-document.ts';

type Point = ConfigSource['problem'];

/** A circle on the map, and which part of the config says so. */
export interface PlacedCircle {
  path: Path;
  site: Site;
}

function notMet(path: Path, carriedBy: string, nearestM: number, problem: Point): Problem {
  const near = Number.isFinite(nearestM)
    ? `the nearest came to ${nearestM.toFixed(1)} m`
    : 'none is on the map together with it';
  return problem([...path, 'site'], `no worker is ever in range of ${carriedBy}: ${near}`, [
    'raise rangeM, or let another entity carry it',
  ]);
}

/** Places that no worker ever reaches. */
export function visitProblems(
  trace: Trace,
  network: Network | undefined,
  placed: readonly PlacedCircle[],
  statistics: readonly SiteStatistics[],
  problem: Point,
): Problem[] {
  const bounds = around(trace.bounds, network?.bounds);
  return statistics.flatMap(({ contacts, nearestM, xM, yM, rangeM, carriedBy }, at): Problem[] => {
    if (contacts > 0) return [];
    const { path } = placed[at]!;
    if (carriedBy !== undefined) return [notMet(path, carriedBy, nearestM!, problem)];
    const nearest = `the nearest came to ${nearestM!.toFixed(1)} m`;
    const outside =
      xM < bounds.minXM - rangeM ||
      xM > bounds.maxXM + rangeM ||
      yM < bounds.minYM - rangeM ||
      yM > bounds.maxYM + rangeM;
    if (outside) {
      const place = `x ${xM.toFixed(1)}, y ${yM.toFixed(1)}`;
      return [
        problem([...path, 'site'], `outside the map: ${place} (${nearest})`, [inText(bounds)]),
      ];
    }
    return [
      problem([...path, 'site'], `no worker is ever in range: ${rangeM} m, ${nearest}`, [
        'move the site or raise rangeM; `edgemlsim scenario inspect TRACE --sites 3` names good ones',
      ]),
    ];
  });
}

function around(a: Bounds, b: Bounds = a): Bounds {
  return {
    minXM: Math.min(a.minXM, b.minXM),
    minYM: Math.min(a.minYM, b.minYM),
    maxXM: Math.max(a.maxXM, b.maxXM),
    maxYM: Math.max(a.maxYM, b.maxYM),
  };
}

function inText({ minXM, minYM, maxXM, maxYM }: Bounds): string {
  const [x0, x1, y0, y1] = [minXM, maxXM, minYM, maxYM].map((value) => value.toFixed(1));
  return `the map reaches from x ${x0} to ${x1} and from y ${y0} to ${y1} (metres)`;
}

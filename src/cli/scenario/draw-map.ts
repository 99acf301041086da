import type { regionCells } from '../../config/region-cells.ts';
import { InputError } from '../../errors.ts';
import type { Bounds } from '../../mobility/bounds.ts';
import type { Network } from '../../mobility/network.ts';
import type { PackedPresence, Presence } from '../../mobility/presence.ts';
import type { Site } from '../../mobility/site.ts';
import type { Trace } from '../../mobility/trace.ts';
import { writeGivenFile } from '../../write-given-file.ts';

/** Cells of the heat map are larger on a map that is wider than `MOST_CELLS` of these. */
const CELL_M = 6;
const MOST_CELLS = 400;
/** Ways that are drawn, of each kind. */
const TRAILS_A_KIND = 6;
const NO_REGIONS = { cellM: 1, columns: 1, inRegion: [], names: [] };

/** Contents of a map; the network's file has the streets. */
interface MapParts {
  title: string;
  trace: Trace;
  network: Network | undefined;
  networkFile: string | undefined;
  sites: readonly Site[];
  /** Of a config, within some bounds. */
  regions: ((bounds: Bounds) => ReturnType<typeof regionCells>) | undefined;
  trails?: number;
}

/** Draws a map into an SVG file. Throws InputError for another ending. */
export async function drawMap(file: string, parts: MapParts): Promise<void> {
  if (!/\.svg$/i.test(file)) {
    const name = file.replace(/\.[^./]*$/, '');
    throw new InputError({
      place: { file },
      found: 'a map is drawn as SVG, which this name does not end in',
      advice: [`expected ${name}.svg; browsers and Inkscape turn it into other formats`],
    });
  }
  await writeGivenFile(file, await drawnMap(parts));
}

/** A map as SVG. Throws InputError. */
export async function drawnMap({
  title,
  trace,
  network,
  networkFile,
  sites,
  regions,
  trails = TRAILS_A_KIND,
}: MapParts): Promise<string> {
  const { presenceHeat } = await import('../../mobility/presence-heat.ts');
  const { readStreets } = await import('../../mobility/streets.ts');
  const { mapSvg } = await import('../../report/map/map-svg.ts');
  const streets = networkFile === undefined ? [] : await readStreets(networkFile);
  const bounds = network?.bounds ?? trace.bounds;
  const { minXM, maxXM, minYM, maxYM } = trace.bounds;
  const cellM = Math.max(CELL_M, Math.max(maxXM - minXM, maxYM - minYM) / MOST_CELLS);
  return mapSvg({
    title,
    subtitle: subtitleOf(trace, sites.length),
    bounds,
    regions: regions?.(bounds) ?? NO_REGIONS,
    streets,
    heat: presenceHeat(trace, cellM),
    trails: examples(trace.presences, trails),
    // One that an entity carries has no place of its own.
    sites: sites.filter(({ carriedBy }) => carriedBy === undefined),
  });
}

/** Of each kind some of the presences that move over a large area: every few of the larger half. */
function examples(presences: readonly PackedPresence[], count: number): Presence[] {
  const kinds = [...new Set(presences.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const sorted = presences
      .filter((presence) => presence.kind === kind)
      .map((presence) => ({ presence, extentM: extentM(presence.unpacked()) }))
      .sort((a, b) => b.extentM - a.extentM)
      .map(({ presence }) => presence);
    const step = Math.max(1, Math.floor(sorted.length / 2 / Math.max(1, count)));
    const chosen = sorted.filter((_, index) => index % step === 0).slice(0, count);
    return chosen.map((presence) => presence.unpacked());
  });
}

function extentM({ x, y }: Presence): number {
  return spread(x) + spread(y);
}

function spread(values: Float64Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least;
}

function subtitleOf({ presences, spanUs }: Trace, servers: number): string {
  const kinds = [...new Set(presences.map(({ kind }) => kind))].map((kind) => {
    const entities = new Set(
      presences.filter((each) => each.kind === kind).map((each) => each.entity),
    );
    return `${entities.size} ${kind}${entities.size === 1 ? '' : 's'}`;
  });
  const minutes = Number((spanUs / 6e7).toPrecision(2));
  return `${kinds.join(' and ')} in ${minutes} min; ${servers} server${servers === 1 ? '' : 's'} with their ranges`;
}

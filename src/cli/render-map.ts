import { writeFile } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import type { Presence, Trace } from '../mobility/trace.ts';

const CELL_M = 6;
/** Ways that are drawn, of each kind. */
const TRAILS_A_KIND = 6;

/** Draws where a config's run takes place, into an SVG file. Throws InputError. */
export async function renderMap(
  configFile: string,
  overrides: string[] | undefined,
  { out, trails = TRAILS_A_KIND }: { out: string; trails?: number },
): Promise<void> {
  const { loadConfig } = await import('../config/load-config.ts');
  const { scenarioOf } = await import('../config/scenario.ts');
  const { presenceHeat } = await import('../mobility/presence-heat.ts');
  const { readStreets } = await import('../mobility/streets.ts');
  const { mapSvg } = await import('../report/map/map-svg.ts');
  const { config } = await loadConfig(configFile, { overrides: overrides ?? [] });
  if (config.mobility.model === 'static') {
    throw new InputError({
      place: { file: configFile },
      found: 'mobility.model: static, so there is no map',
      advice: ['expected a config with mobility.trace'],
    });
  }
  const { regionCells } = await import('../config/region-cells.ts');
  const scenario = await scenarioOf(config);
  const { trace, network, sites } = scenario;
  const bounds = network?.bounds ?? trace.bounds;
  const { network: streetsFile } = config.mobility;
  const streets = streetsFile === undefined ? [] : await readStreets(streetsFile);
  const heat = presenceHeat(trace, CELL_M);
  const svg = mapSvg({
    title: config.name,
    subtitle: subtitleOf(trace, sites.length),
    bounds,
    regions: regionCells(config, scenario, bounds),
    streets,
    heat,
    trails: examples(trace.presences, trails),
    sites,
  });
  await writeFile(out, svg);
}

/** Of each kind some of the presences that move over a large area: every few of the larger half. */
function examples(presences: readonly Presence[], count: number): Presence[] {
  const kinds = [...new Set(presences.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const sorted = presences
      .filter((presence) => presence.kind === kind)
      .map((presence) => ({ presence, extentM: spread(presence.x) + spread(presence.y) }))
      .sort((a, b) => b.extentM - a.extentM)
      .map(({ presence }) => presence);
    const step = Math.max(1, Math.floor(sorted.length / 2 / Math.max(1, count)));
    return sorted.filter((_, index) => index % step === 0).slice(0, count);
  });
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

import { averagingKeys } from '../config/complete-averaging.ts';
import type { Config } from '../config/config-schema.ts';
import { defaultSampling } from '../config/default-sampling.ts';
import { regionStays } from '../config/region-stays.ts';
import { scenarioOf } from '../config/scenario.ts';
import { siteStatistics, takingPart } from '../config/site-statistics.ts';
import { inspectTrace } from '../mobility/inspect.ts';
import { roundUpProduct } from '../nodes/round-up.ts';
import { type CapacityForecast, forecastCapacity } from './capacity-forecast.ts';

/** Facts of the run that a config describes, as `validate` prints them. */
export interface Preview {
  name: string;
  seed: number;
  /** Null where workers stay at their servers. */
  trace: {
    file: string;
    durationS: number;
    entities: number;
    presences: number;
    /** Presences that ended at a gap or a jump, with the entity coming back. */
    cuts: { gaps: number; jumps: number };
    atOnce: { mean: number; max: number };
  } | null;
  workers: { mode: Config['mobility']['workers']['mode'] | 'static'; count: number };
  servers: ServerPreview[];
  /** Of workers that collect samples in regions of the map. */
  samples?: SamplesPreview;
  /** Ends of the run, whichever comes first; of a tree of models only its windows count. */
  end: { windows: number } | { gradients: number; rounds: number | null; timeS: number | null };
  /** Channels that messages share, if any. */
  capacity?: CapacityForecast[];
  /** Settings that `rounds.averaging` stands for, as `path=value`. */
  averaging?: string[];
}

/** Over one pass of the trace, on average; of regions only what lies in none listed before it. */
interface SamplesPreview {
  /** Of all workers together. */
  perS: number;
  regions: { id: string; workers: number; meanInside: number; samplesPerS: number }[];
  /** Workers that never enter a region. */
  without: string[];
}

interface ServerPreview {
  id: string;
  parent: string;
  layer: string;
  aggregate: string;
  f: number;
  /** Of servers with a site. */
  site?: {
    /** Of one that an entity carries, instead of a place. */
    entity?: string;
    xM?: number;
    yM?: number;
    latitude?: number;
    longitude?: number;
    rangeM: number;
    contacts: number;
    meanInRange: number;
  };
}

/** Counts are of the entities that take part. `dimension`: of a vector; without it nothing of capacity. */
export async function previewOf(config: Config, dimension?: number): Promise<Preview> {
  const scenario = await scenarioOf(config);
  const { trace, network, sites, radio } = scenario;
  const isStatic = config.mobility.model === 'static';
  const projection = network && (await import('../mobility/projection.ts'));
  const { durationS, entities, presences, cuts, atOnce } = inspectTrace(takingPart(config, trace));
  const ofSites = siteStatistics(config, trace, { sites, radio });
  const statistics = new Map(ofSites.map((site) => [site.server, site]));
  const capacity = dimension === undefined ? [] : forecastCapacity(config, dimension, ofSites);
  const { mode, count } = config.mobility.workers;
  const averaging = averagingKeys(config).map(
    ({ path, value }) => `${path.join('.')}=${JSON.stringify(value)}`,
  );
  return {
    name: config.name,
    seed: config.seed,
    trace: isStatic ? null : { file: trace.file, durationS, entities, presences, cuts, atOnce },
    workers: { mode: isStatic ? 'static' : mode, count: mode === 'leased' ? count : entities },
    servers: config.servers.map(({ id, parent, layer }): ServerPreview => {
      const { rule, f } = config.layers[layer]!.aggregate;
      const server = { id, parent, layer, aggregate: rule, f };
      const site = statistics.get(id);
      if (!site) return server;
      const { xM, yM, rangeM, contacts, meanInRange, carriedBy } = site;
      const seen = { rangeM, contacts, meanInRange };
      if (carriedBy !== undefined) return { ...server, site: { entity: carriedBy, ...seen } };
      const degrees = projection?.degreesOnNetwork(network!, site);
      return { ...server, site: { xM, yM, ...degrees, ...seen } };
    }),
    ...(config.data.regions !== undefined && { samples: samplesPreview(config, scenario) }),
    ...(capacity.length > 0 && { capacity }),
    end: endOf(config),
    ...(averaging.length > 0 && { averaging }),
  };
}

function samplesPreview(
  config: Config,
  scenario: Awaited<ReturnType<typeof scenarioOf>>,
): SamplesPreview {
  const { regions = [], sampling } = config.data;
  const { samplesPerS: rate } = sampling ?? defaultSampling;
  const stays = regionStays(config, scenario);
  const spanUs = config.mobility.model === 'static' ? 1 : scenario.trace.spanUs;
  const forecasts = regions.map(({ id }, index) => {
    let [workers, insideUs] = [0, 0];
    for (const own of stays.values()) {
      const visits = own.flatMap((stay) => stay.visits.filter(({ region }) => region === index));
      if (visits.length > 0) workers += 1;
      // Workers that stay are inside for good.
      for (const { fromUs, toUs } of visits) insideUs += Math.min(toUs, fromUs + spanUs) - fromUs;
    }
    const meanInside = insideUs / spanUs;
    return { id, workers, meanInside, samplesPerS: meanInside * rate };
  });
  const without = [...stays].filter(([, own]) => own.every(({ visits }) => visits.length === 0));
  return {
    perS: forecasts.reduce((sum, { samplesPerS }) => sum + samplesPerS, 0),
    regions: forecasts,
    without: without.map(([worker]) => worker),
  };
}

function endOf({ rounds, windows, training }: Config): Preview['end'] {
  if (rounds.mode === 'hierarchical' && windows !== undefined) return { windows: windows.count };
  const { epochs, gradientsPerEpoch, maximumRounds = null, maximumTimeS = null } = training;
  const gradients = roundUpProduct(epochs, gradientsPerEpoch);
  return { gradients, rounds: maximumRounds, timeS: maximumTimeS };
}

import { averagingKeys } from '../config/complete-averaging.ts';
import type { Config } from '../config/config-schema.ts';
import { scenarioOf } from '../config/scenario.ts';
import { siteStatistics, takingPart } from '../config/site-statistics.ts';
import { inspectTrace } from '../mobility/inspect.ts';
import { degreesOnNetwork } from '../mobility/network.ts';
import { roundUpProduct } from '../nodes/round-up.ts';

/** What a config would run, as `validate` prints it. */
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
  /** What ends the run by itself, whichever comes first; of a tree of models only its windows count. */
  end: { windows: number } | { gradients: number; rounds: number | null; timeS: number | null };
  /** What `rounds.averaging` stands for, as `path=value`. */
  averaging?: string[];
}

interface ServerPreview {
  id: string;
  parent: string;
  layer: string;
  aggregate: string;
  f: number;
  /** Of servers with a site. */
  site?: {
    xM: number;
    yM: number;
    latitude?: number;
    longitude?: number;
    rangeM: number;
    contacts: number;
    meanInRange: number;
  };
}

/** Counts are of the entities that take part. */
export async function previewOf(config: Config): Promise<Preview> {
  const { trace, network, sites, radio } = await scenarioOf(config);
  const isStatic = config.mobility.model === 'static';
  const { durationS, entities, presences, cuts, atOnce } = inspectTrace(takingPart(config, trace));
  const ofSites = siteStatistics(config, trace, { sites, radio });
  const statistics = new Map(ofSites.map((site) => [site.server, site]));
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
      const { xM, yM, rangeM, contacts, meanInRange } = site;
      const degrees = network && degreesOnNetwork(network, site);
      return { ...server, site: { xM, yM, ...degrees, rangeM, contacts, meanInRange } };
    }),
    end: endOf(config),
    ...(averaging.length > 0 && { averaging }),
  };
}

function endOf({ rounds, windows, training }: Config): Preview['end'] {
  if (rounds.mode === 'hierarchical' && windows !== undefined) return { windows: windows.count };
  const { epochs, gradientsPerEpoch, maximumRounds = null, maximumTimeS = null } = training;
  const gradients = roundUpProduct(epochs, gradientsPerEpoch);
  return { gradients, rounds: maximumRounds, timeS: maximumTimeS };
}

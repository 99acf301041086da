import type { Config } from '../config/config-schema.ts';
import { scenarioOf } from '../config/scenario.ts';
import { inspectSites, inspectTrace } from '../mobility/inspect.ts';
import { degreesOnNetwork } from '../mobility/network.ts';
import { roundUpProduct } from '../nodes/round-up.ts';

/** What a config would run, as `validate` prints it. */
export interface Preview {
  name: string;
  seed: number;
  trace: {
    file: string;
    durationS: number;
    entities: number;
    atOnce: { mean: number; max: number };
  };
  workers: { mode: Config['mobility']['workers']['mode']; count: number };
  servers: ServerPreview[];
  /** Gradients that the run aggregates before it ends by itself. */
  gradientsAtEnd: number;
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

/** Counts are of all entities of the chosen kinds, independent of the participation. */
export async function previewOf(config: Config): Promise<Preview> {
  const { trace, network, sites, radio } = await scenarioOf(config);
  const { durationS, entities, atOnce } = inspectTrace(trace);
  const statistics = new Map(inspectSites(trace, sites, radio).map((site) => [site.server, site]));
  const { mode, count } = config.mobility.workers;
  const { epochs, gradientsPerEpoch } = config.training;
  return {
    name: config.name,
    seed: config.seed,
    trace: { file: trace.file, durationS, entities, atOnce },
    workers: { mode, count: mode === 'leased' ? count : entities },
    servers: config.servers.map(({ id, parent, layer }): ServerPreview => {
      const { rule, f } = config.layers[layer]!.aggregate;
      const server = { id, parent, layer, aggregate: rule, f };
      const site = statistics.get(id);
      if (!site) return server;
      const { xM, yM, rangeM, contacts, meanInRange } = site;
      const degrees = network && degreesOnNetwork(network, site);
      return { ...server, site: { xM, yM, ...degrees, rangeM, contacts, meanInRange } };
    }),
    gradientsAtEnd: roundUpProduct(epochs, gradientsPerEpoch),
  };
}

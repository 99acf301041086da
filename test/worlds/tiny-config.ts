import { fileURLToPath } from 'node:url';
import { completeLayers } from '#src/config/complete-layers.js';
import { type Config, type ConfigInput, configSchema } from '#src/config/config-schema.js';

/** The trace that sumo-scenarios/crossing/README.md works out by hand. */
export const crossingTrace = fileURLToPath(
  new URL('../../sumo-scenarios/crossing/trace.fcd.xml', import.meta.url),
);

/** As the user writes it; the schema's own type is too narrow for layers of any name. */
export type TinyInput = Omit<ConfigInput, 'layers'> & { layers: Record<string, object> };

/** Two servers, six entities, 25 s of trace played again and again, a net of 75 parameters. */
export const tinyInput: TinyInput = {
  name: 'tiny',
  mobility: { trace: crossingTrace, workers: { count: 6 } },
  servers: [
    { id: 'left', site: { xM: 200, yM: 100 } },
    { id: 'right', site: { xM: 280, yM: 100 } },
  ],
  layers: {
    edge: { collect: { count: 3 }, deadlineS: 4 },
    worker: { gradientS: 0.7 },
  },
  data: {
    dataset: { name: 'synthetic', features: 8, classes: 3, trainItems: 120, testItems: 60 },
    batchSize: 10,
  },
  model: { layers: [8, 6, 3] },
  training: { maximumRounds: 25, learningRate: 0.01 },
  evaluation: { everyGradients: 20 },
};

/** A complete config: the tiny one with whole sections of it replaced. */
export function tinyConfig(changes: Partial<TinyInput> = {}): Config {
  return completeLayers(configSchema.parse({ ...tinyInput, ...changes }));
}

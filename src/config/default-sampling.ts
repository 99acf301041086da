import { samplingSchema } from './schema/map-regions.ts';

/** How workers collect where a config has regions of the map and says nothing of it. */
export const defaultSampling = samplingSchema.unwrap().parse({});

import { InputError, type Problem } from '../../errors.ts';
import type { Config } from '../config-schema.ts';
import { regionStays } from '../region-stays.ts';
import { scenarioOf } from '../scenario.ts';
import type { Check } from './check.ts';

/** Some worker enters some region of the map. */
export const checkRegionVisits: Check = async (config, problem) => {
  const entered = await enteredRegions(config);
  if (entered === null || entered.size > 0) return [];
  const advice = ['their coordinates are metres in the frame of the trace, not degrees'];
  return [problem(['data', 'regions'], 'no worker ever enters one of them', advice, 'key')];
};

/** Regions that no worker enters, or that lie within others that are listed before. */
export const unvisitedRegions: Check = async (config, problem) => {
  const entered = await enteredRegions(config);
  return (config.data.regions ?? []).flatMap(({ id }, index): Problem[] => {
    if (entered === null || entered.has(index)) return [];
    const found = `no worker ever enters region "${id}"`;
    const advice = ['off their ways, or inside of a region that is listed before it'];
    return [problem(['data', 'regions', index], found, advice)];
  });
};

/** Their indices; null for none, or for places that have problems of their own. */
async function enteredRegions(config: Config): Promise<Set<number> | null> {
  if (config.data.regions === undefined) return null;
  try {
    const stays = regionStays(config, await scenarioOf(config));
    const visits = [...stays.values()].flatMap((own) => own.flatMap((stay) => stay.visits));
    return new Set(visits.map(({ region }) => region));
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

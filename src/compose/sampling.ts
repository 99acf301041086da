import type { Config } from '../config/config-schema.ts';
import { defaultSampling } from '../config/default-sampling.ts';
import { regionStays } from '../config/region-stays.ts';
import type { scenarioOf } from '../config/scenario.ts';
import type { Dataset } from '../learning/dataset.ts';
import { itemsOfLabels } from '../learning/items-of-labels.ts';
import type {
  SampledRegion,
  SamplingSettings,
  TimedMix,
} from '../learning/sampling/sampling-settings.ts';
import { secondsToUs } from '../simulation/time.ts';

type MapRegion = NonNullable<Config['data']['regions']>[number];

/** Settings of the samples that workers collect where they are; null without regions of the map. */
export function samplingOf(
  config: Config,
  scenario: Awaited<ReturnType<typeof scenarioOf>>,
  dataset: Dataset,
  itemsByOwner: ReadonlyMap<string, Uint32Array>,
): SamplingSettings | null {
  const { data, mobility, seed } = config;
  const { regions, sampling } = data;
  if (regions === undefined) return null;
  const { process, samplesPerS, buffer } = sampling ?? defaultSampling;
  const isStatic = mobility.model === 'static';
  const byLabel = itemsOfLabels(dataset);
  return {
    ...{ seed, process, samplesPerS, buffer },
    regions: regions.map((region) => sampledRegion(region, byLabel, itemsByOwner)),
    stays: regionStays(config, scenario),
    repeatUs: isStatic || mobility.end === 'stop' ? null : scenario.trace.spanUs,
    targets: dataset.splits.train.targets,
    classes: dataset.classes,
  };
}

function sampledRegion(
  { id, labels, drift }: MapRegion,
  byLabel: readonly Uint32Array[],
  itemsByOwner: ReadonlyMap<string, Uint32Array>,
): SampledRegion {
  if (labels === undefined) {
    return { id, pools: [itemsByOwner.get(id)!], mixes: null, change: 'step' };
  }
  const mixOf = (timeS: number, weights: Record<string, number>): TimedMix => {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    const shares = byLabel.map((_, label) => (weights[label] ?? 0) / total);
    return { fromUs: secondsToUs(timeS), shares };
  };
  const later = drift?.mixes.map(({ atS, labels }) => mixOf(atS, labels)) ?? [];
  const mixes = [mixOf(0, labels), ...later];
  return { id, pools: byLabel, mixes, change: drift?.change ?? 'step' };
}

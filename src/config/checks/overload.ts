import type { Problem } from '../../errors.ts';
import { planModel } from '../../learning/model.ts';
import type { SiteStatistics } from '../../mobility/inspect.ts';
import { serverLayer } from '../complete-layers.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { modelSpec } from '../model-spec.ts';

/**
 * Servers whose workers compute more gradients than their shared radio can carry. `gradientS`: the mean time of
 * one. Only where the rate is constant and nothing holds a worker back.
 */
export function overloadWarnings(
  config: Config,
  sites: readonly SiteStatistics[],
  gradientS: number,
  problem: ConfigSource['problem'],
): Problem[] {
  const { model, mobility, rounds, servers, layers } = config;
  const isKnown = model.kind !== 'module' && mobility.radio.rate === undefined && gradientS > 0;
  if (!isKnown || rounds.mode === 'hierarchical') return [];
  const parameters = planModel(modelSpec(model)).layers.flatMap((layer) => layer.parameters);
  const megabits = (parameters.reduce((sum, { length }) => sum + length, 0) * 32) / 1e6;
  const { bandwidthMbps } = layers.worker.link;
  const warned = new Set<string>();
  return sites.flatMap(({ server, meanInRange }): Problem[] => {
    const { layer } = servers.find(({ id }) => id === server)!;
    const { capacity, collect } = serverLayer(config, layer);
    const isHeldBack = typeof collect === 'object' && collect.maxPerWorker !== undefined;
    const offeredMbps = (meanInRange * megabits) / gradientS;
    if (capacity.sharing === 'none' || isHeldBack || warned.has(layer)) return [];
    if (offeredMbps <= bandwidthMbps) return [];
    warned.add(layer);
    const found = `the workers of ${server} compute ${inMbps(offeredMbps)} Mbit/s of gradients on average, and its radio carries ${inMbps(bandwidthMbps)}: messages pile up`;
    const advice = [
      `raise layers.worker.link.bandwidthMbps or gradientS, or set layers.${layer}.collect.maxPerWorker`,
    ];
    return [problem(['layers', layer, 'capacity', 'sharing'], found, advice)];
  });
}

function inMbps(mbps: number): string {
  return `${Number(mbps.toPrecision(3))}`;
}

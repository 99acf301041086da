import { metricsOfConfig } from '../compose/metric-names.ts';
import type { Config } from '../config/config-schema.ts';
import type { ConfigSource } from '../config/config-source.ts';
import type { Problem } from '../errors.ts';
import { adviceOnName } from '../nearest-name.ts';
import type { Study } from './study-schema.ts';

/** A metric in `report` that the model of the first arm does not have. */
export async function checkReportMetric(
  { report: { metric } }: Study,
  config: Config,
  source: ConfigSource,
): Promise<Problem[]> {
  if (metric === undefined) return [];
  const known = await metricsOfConfig(config);
  if (known.includes(metric)) return [];
  const found = `the model has no metric "${metric}"`;
  return [source.problem(['report', 'metric'], found, adviceOnName(metric, known))];
}

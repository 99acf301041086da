import type { Config } from '../config/config-schema.ts';
import { triggerChoices } from '../config/trigger-choices.ts';
import { InputError, type Problem } from '../errors.ts';
import type { OwnMetricFacts } from '../learning/own-metric.ts';
import { adviceOnName } from '../nearest-name.ts';
import type { HierarchySettings } from '../nodes/hierarchy/settings.ts';
import { metricOf, splitOf } from '../rules/running/triggering.ts';
import { metricNames } from './metric-names.ts';

/**
 * Throws InputError for each trigger that names a metric which no evaluation of this model has: at its
 * first decision it would fail.
 */
export function checkTriggerMetrics(
  config: Config,
  exchange: HierarchySettings['exchange'],
  own: readonly OwnMetricFacts[],
  hasClasses: boolean,
): void {
  const known = metricNames(hasClasses, own);
  const problems: Problem[] = [];
  for (const [layer, triggers] of exchange) {
    for (const direction of ['push', 'pull'] as const) {
      const choices = triggerChoices(config.layers[layer]![direction]).list;
      for (const [index, chosen] of triggers[direction].list.entries()) {
        const metric = splitOf(chosen) === null ? null : metricOf(chosen);
        if (metric === null || known.includes(metric)) continue;
        problems.push({
          path: ['layers', layer, direction, ...choices[index]!.path, 'options', 'metric'],
          found: `the model has no metric "${metric}"`,
          advice: adviceOnName(metric, known),
        });
      }
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

import type { Problem } from '../errors.ts';
import { checkBackhauls } from './checks/backhauls.ts';
import { checkByzantine } from './checks/byzantine.ts';
import { checkCapacity } from './checks/capacity.ts';
import type { Check } from './checks/check.ts';
import { checkDeliveryAttacks } from './checks/delivery-attacks.ts';
import { checkFailures } from './checks/failures.ts';
import { checkHierarchy } from './checks/hierarchy.ts';
import { idleSettings } from './checks/idle-settings.ts';
import { checkLayers } from './checks/layers.ts';
import { checkLearning } from './checks/learning.ts';
import { checkMemory } from './checks/memory.ts';
import { checkModelAttacks } from './checks/model-attacks.ts';
import { checkPool } from './checks/pool.ts';
import { checkRegionVisits, unvisitedRegions } from './checks/region-visits.ts';
import { checkRules } from './checks/rules.ts';
import { checkScenario } from './checks/scenario.ts';
import { recordingWarnings } from './checks/sensors.ts';
import { timingWarnings } from './checks/timing.ts';
import { checkTree } from './checks/tree.ts';
import type { Config } from './config-schema.ts';
import { type ConfigSource, inOrder } from './config-source.ts';
import { UnknownValue } from './parse-parts.ts';
import { scenarioOf } from './scenario.ts';
import { siteStatistics } from './site-statistics.ts';

const independent: readonly Check[] = [
  checkHierarchy,
  checkPool,
  checkRules,
  checkLearning,
  checkMemory,
  checkScenario,
  checkRegionVisits,
];
/** These take the tree and its layers for granted: what they found otherwise would mislead. */
const ofTheTree: readonly Check[] = [
  checkLayers,
  checkByzantine,
  checkCapacity,
  checkBackhauls,
  checkDeliveryAttacks,
  checkModelAttacks,
  checkFailures,
];

/**
 * Every problem of what the config means: what it names and how it fits together. A check that needs a
 * value that is not known finds nothing.
 */
export async function checkConfig(config: Config, source: ConfigSource): Promise<Problem[]> {
  const run = (check: Check) => problemsOf(check, config, source);
  const tree = await run(checkTree);
  const checks = tree?.length === 0 ? [...ofTheTree, ...independent] : independent;
  const found = await Promise.all(checks.map(run));
  return [tree, ...found].flatMap((problems) => problems ?? []);
}

/** Null for a check that needs a value that is not known. */
async function problemsOf(
  check: Check,
  config: Config,
  source: ConfigSource,
): Promise<Problem[] | null> {
  try {
    return await check(config, source.problem);
  } catch (error) {
    if (error instanceof UnknownValue) return null;
    throw error;
  }
}

/** Warnings about likely faults of a config that is valid. */
export async function warningsOf(config: Config, source: ConfigSource): Promise<Problem[]> {
  const ofSensors = [
    ...(await recordingWarnings(config, source.problem)),
    ...(await unvisitedRegions(config, source.problem)),
  ];
  if (config.mobility.model === 'static') {
    return inOrder([...ofSensors, ...idleSettings(config, null, source)]);
  }
  const { trace, sites, radio } = await scenarioOf(config);
  const timing = timingWarnings(
    config,
    siteStatistics(config, trace, { sites, radio }),
    source.problem,
  );
  const ofTrace = trace.remarks.map((remark) => source.problem(['mobility', 'trace'], remark));
  return inOrder([...ofSensors, ...ofTrace, ...timing, ...idleSettings(config, trace, source)]);
}

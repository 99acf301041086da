import type { Config } from '../config/config-schema.ts';
import type { scenarioOf } from '../config/scenario.ts';
import { workersOf } from '../config/workers.ts';
import { type MobilityPlan, planMobility } from '../mobility/contacts.ts';
import { isRuleFile } from '../rules/running/load.ts';

type Scenario = Awaited<ReturnType<typeof scenarioOf>>;

/** The plan that was made last: the next run of a study often has the same. */
let kept: { of: Pick<Scenario, 'trace' | 'network'>; key: string; plan: MobilityPlan } | undefined;

/**
 * The effects of movement on the workers of a config, of which `scenario` is made. The plan must
 * not be changed.
 */
export function movementPlan(config: Config, scenario: Scenario): MobilityPlan {
  const plan = () => planMobility(scenario.trace, scenario, workersOf(config));
  const { trace, network } = scenario;
  // A file of the user's may have changed since.
  const readsFiles = config.mobility.buildings !== undefined || rulesOf(config).some(isRuleFile);
  if (readsFiles) return plan();
  const key = keyOf(config);
  const isKept =
    kept !== undefined &&
    kept.key === key &&
    kept.of.trace === trace &&
    kept.of.network === network;
  if (!isKept) kept = { of: { trace, network }, key, plan: plan() };
  return kept!.plan;
}

/** All that a scenario and its workers are made of, but for the trace and the network. */
function keyOf({ mobility, servers, layers, seed }: Config): string {
  const isDrawn =
    mobility.workers.participation < 1 ||
    mobility.radio.model !== 'range' ||
    mobility.model !== 'trace';
  const region = layers.worker.attack?.byzantine.region ?? null;
  return JSON.stringify([mobility, servers, region, isDrawn ? seed : null]);
}

function rulesOf({ mobility }: Config): string[] {
  const { association } = mobility;
  const policy = typeof association === 'string' ? association : association.policy;
  return [policy, mobility.radio.model, mobility.model];
}

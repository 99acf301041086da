import { deserialize, serialize } from 'node:v8';
import type { Config } from '../config/config-schema.ts';
import type { scenarioOf } from '../config/scenario.ts';
import { workersOf } from '../config/workers.ts';
import type { EntryReader } from '../content-cache.ts';
import { cacheEntryOf } from '../mobility/cached-trace.ts';
import { type MobilityEvent, type MobilityPlan, planMobility } from '../mobility/contacts.ts';
import type { Trace } from '../mobility/trace.ts';
import { isRuleFile } from '../rules/running/load.ts';
import { userContentCache } from '../user-cache.ts';

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
  if (!isKept)
    kept = { of: { trace, network }, key, plan: throughUsersCache(trace, key, config, plan) };
  return kept!.plan;
}

/** From the user's cache where the same was planned before; what the seed draws is not kept there. */
function throughUsersCache(
  trace: Trace,
  key: string,
  config: Config,
  plan: () => MobilityPlan,
): MobilityPlan {
  const cache = userContentCache();
  const ofTrace = cacheEntryOf(trace);
  if (cache === null || ofTrace === null || isDrawn(config)) return plan();
  const name = cache.nameOf('contacts', [ofTrace, key]);
  const read = cache.read(name, decode);
  if (read !== null) return read;
  const made = plan();
  cache.write(name, encode(made));
  return made;
}

/** Events of one record. */
const BLOCK_EVENTS = 10_000;

function* encode({ events, ...others }: MobilityPlan): Generator<Uint8Array> {
  yield serialize({ ...others, events: events.length });
  for (let i = 0; i < events.length; i += BLOCK_EVENTS) {
    yield serialize(events.slice(i, i + BLOCK_EVENTS));
  }
}

function decode(reader: EntryReader): MobilityPlan {
  const { events: length, ...others } = deserialize(reader.next());
  const events: MobilityEvent[] = [];
  while (events.length < length) events.push(...deserialize(reader.next()));
  return { ...others, events };
}

/** All that a scenario and its workers are made of, but for the trace and the network. */
function keyOf(config: Config): string {
  const { mobility, servers, layers, seed } = config;
  const region = layers.worker.attack?.byzantine.region ?? null;
  return JSON.stringify([mobility, servers, region, isDrawn(config) ? seed : null]);
}

/** Whether another seed gives another plan. */
function isDrawn({ mobility }: Config): boolean {
  const { workers, radio, model } = mobility;
  return workers.participation < 1 || radio.model !== 'range' || model !== 'trace';
}

function rulesOf({ mobility }: Config): string[] {
  const { association } = mobility;
  const policy = typeof association === 'string' ? association : association.policy;
  return [policy, mobility.radio.model, mobility.model];
}

import { inspectSites, type SiteStatistics } from '../mobility/inspect.ts';
import type { Trace } from '../mobility/trace.ts';
import type { Config } from './config-schema.ts';
import type { Reaching } from './radio.ts';
import { workersOf } from './workers.ts';

/** Of a trace that is in memory: the arms of a study ask for the same again and again. */
const known = new WeakMap<Trace, Map<string, unknown>>();

/** The part of the trace that a config's workers are made of. */
export function takingPart(config: Config, trace: Trace): Trace {
  const { participation } = config.mobility.workers;
  if (participation === 1) return trace;
  return onceForTrace(trace, ['part', config.seed, participation], () => {
    const { participates = () => true } = workersOf(config);
    const presences = trace.presences.filter(({ entity }) => participates(entity));
    return { ...trace, presences };
  });
}

/** Statistics of a config's sites over the entities that take part. */
export function siteStatistics(
  config: Config,
  trace: Trace,
  { sites, radio }: Pick<Reaching, 'sites' | 'radio'>,
): SiteStatistics[] {
  const { radio: model } = config.mobility;
  const seed = model.shadowing === undefined ? null : config.seed;
  const part = takingPart(config, trace);
  return onceForTrace(part, ['sites', model, seed, sites], () => inspectSites(part, sites, radio));
}

/** The value made of this trace before, for the same `what`; else makes it. */
export function onceForTrace<Value>(trace: Trace, what: unknown, make: () => Value): Value {
  const values = known.get(trace) ?? new Map<string, unknown>();
  known.set(trace, values);
  const key = JSON.stringify(what);
  if (!values.has(key)) values.set(key, make());
  return values.get(key) as Value;
}

import { resolve } from 'node:path';
import { cachedTrace } from '../mobility/cached-trace.ts';
import type { Trace } from '../mobility/trace.ts';
import type { Config } from './config-schema.ts';
import { networkOf } from './network-of.ts';
import { nothingRead, readOnce } from './read-once.ts';
import { traceSource, withoutUndefined } from './trace-source.ts';

const last = nothingRead<Trace>();

/** Of workers that stay where they are. */
const NO_TRACE: Trace = {
  file: '',
  files: [],
  beginUs: 0,
  spanUs: 0,
  periodUs: 1_000_000,
  steps: 0,
  isContinuous: false,
  samples: 0,
  presences: [],
  bounds: { minXM: 0, minYM: 0, maxXM: 0, maxYM: 0 },
  cuts: { gaps: 0, jumps: 0 },
  remarks: [],
};

/** The trace of a config, with those entities that its workers may be. Throws InputError. */
export async function traceOf(config: Config): Promise<Trace> {
  const {
    model,
    trace,
    network: networkFile,
    origin,
    maximumSpeedMps,
    maximumGapS,
  } = config.mobility;
  if (model === 'static') return NO_TRACE;
  if (model !== 'trace' || trace === undefined) return movingTrace(config);
  const { kinds, types, riders } = config.mobility.workers;
  const carriers = carriersOf(config);
  const options = {
    ...{ maximumSpeedMps, kinds, riders, maximumGapS, types },
    ...(carriers.length > 0 && { carriers }),
  };
  const key = [trace, networkFile === undefined ? null : resolve(networkFile), origin, options];
  return readOnce(last, key, async () => {
    // A network that cannot be read is a problem of its own.
    const network = await networkOf(config).catch(() => undefined);
    return cachedTrace(await traceSource(trace), withoutUndefined({ ...options, network }));
  });
}

/** The entities that carry servers, each once. */
function carriersOf({ servers }: Config): string[] {
  const ids = servers.flatMap(({ site }) =>
    site !== undefined && 'entity' in site ? [site.entity] : [],
  );
  return [...new Set(ids)].sort();
}

/** Of the entities that a movement model moves. */
async function movingTrace(config: Config): Promise<Trace> {
  const { model: rule, options, entities } = config.mobility;
  const ids = carriersOf(config);
  const key = [rule, options, entities, config.seed, ids];
  return readOnce(last, key, async () => {
    // A trace of a file needs neither rules nor their loading.
    const { referenceTo } = await import('./choose-rules.ts');
    const { loadMovementModel } = await import('../rules/running/load.ts');
    const { movingBy } = await import('../mobility/movement/moving.ts');
    const { timeLimitS } = config.rules;
    const reference = await referenceTo('movement model', { rule, options }, timeLimitS);
    const trace = movingBy(await loadMovementModel(reference), entities, config.seed);
    if (ids.length === 0) return trace;
    const presencesOf = (id: string) =>
      trace.presences.filter(({ entity }) => entity === id).map((one) => one.unpacked());
    return { ...trace, carriers: new Map(ids.map((id) => [id, presencesOf(id)])) };
  });
}

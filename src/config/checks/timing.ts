import { exp, square } from '../../elementary.ts';
import type { Problem } from '../../errors.ts';
import type { SiteStatistics } from '../../mobility/inspect.ts';
import type { Trace } from '../../mobility/trace.ts';
import { serverLayerNames, takesWorkers } from '../complete-layers.ts';
import type { Config, Duration } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { overloadWarnings } from './overload.ts';

type ProblemAt = ConfigSource['problem'];

/** Times of a gradient that follow from the config alone. */
interface Times {
  /** A worker's gradient from the model's sending to its arrival: never less, and on average. */
  leastS: number;
  meanS: number;
  /** How the least comes about, for messages. */
  why: string;
}

/**
 * Times with which no gradient can ever be aggregated: each is certain, independent of random
 * draws.
 */
export function timingProblems(
  config: Config,
  sites: readonly SiteStatistics[],
  trace: Trace,
  problem: ProblemAt,
): Problem[] {
  const { leastS, why } = timesOf(config);
  const needs = `a worker needs at least ${inSeconds(leastS)} for a gradient (${why})`;
  const problems: Problem[] = [];
  const { maximumTimeS } = config.training;
  if (maximumTimeS !== undefined && maximumTimeS < leastS) {
    const advice = [`raise it above ${inSeconds(leastS)}, or ${lower(config)}`];
    const found = `the run ends after ${inSeconds(maximumTimeS)}, but ${needs}`;
    problems.push(problem(['training', 'maximumTimeS'], found, advice));
  }
  const tooEarly = deadlinesOf(config).filter(({ deadlineS }) => deadlineS < leastS);
  if (tooEarly.length > 0 && tooEarly.length === layersWithSites(config).length) {
    for (const { layer, deadlineS } of tooEarly) {
      const found = `${needs}, and the deadline is ${inSeconds(deadlineS)}: no gradient can arrive in time`;
      const advice = [`raise it above ${inSeconds(leastS)}, or ${lower(config)}`];
      problems.push(problem(['layers', layer, 'deadlineS'], found, advice));
    }
  }
  const longestS = Math.max(0, ...sites.map(({ longestContactS }) => longestContactS));
  if (config.layers.worker.departure === 'drop' && longestS > 0 && longestS < leastS) {
    const found = `${needs}, and the longest contact of the trace lasts ${inSeconds(longestS)}: every gradient is dropped`;
    const advice = [
      `${lower(config)}, raise servers[].rangeM, or set layers.worker.departure: carry`,
    ];
    problems.push(problem(timeKey(config), found, advice));
  }
  const spanS = trace.spanUs / 1e6;
  if (config.mobility.end === 'stop' && spanS < leastS) {
    const found = `${needs}, and the trace lasts ${inSeconds(spanS)}`;
    problems.push(problem(timeKey(config), found, [lower(config)]));
  }
  return problems;
}

/** Times with which few gradients, or none, are likely to be aggregated. */
export function timingWarnings(
  config: Config,
  sites: readonly SiteStatistics[],
  problem: ProblemAt,
): Problem[] {
  const { leastS, meanS } = timesOf(config);
  const warnings: Problem[] = [];
  for (const { layer, deadlineS } of deadlinesOf(config)) {
    if (deadlineS < meanS) {
      const found = `a worker needs ${inSeconds(meanS)} for a gradient on average, and the deadline is ${inSeconds(deadlineS)}: most gradients come too late`;
      const advice = [`raise it above ${inSeconds(meanS)}, or ${lower(config)}`];
      warnings.push(problem(['layers', layer, 'deadlineS'], found, advice));
    }
  }
  const contactS = median(sites.map(({ medianContactS }) => medianContactS));
  const isDropped = config.layers.worker.departure === 'drop';
  if (isDropped && contactS > 0 && contactS < meanS && leastS < longestOf(sites)) {
    const found = `a worker needs ${inSeconds(meanS)} for a gradient on average, and half of the contacts last less than ${inSeconds(contactS)}: most gradients are dropped`;
    const advice = [
      `${lower(config)}, raise servers[].rangeM, or set layers.worker.departure: carry`,
    ];
    warnings.push(problem(timeKey(config), found, advice));
  }
  return [...warnings, ...overloadWarnings(config, sites, meanS, problem)];
}

function longestOf(sites: readonly SiteStatistics[]): number {
  return Math.max(0, ...sites.map(({ longestContactS }) => longestContactS));
}

/** In synchronous rounds a gradient of a closed round counts no more; in others it does. */
function deadlinesOf(config: Config): { layer: string; deadlineS: number }[] {
  if (config.rounds.mode !== 'synchronous') return [];
  return layersWithSites(config).flatMap((layer) => {
    const deadlineS = config.layers[layer]?.deadlineS;
    return typeof deadlineS === 'number' ? [{ layer, deadlineS }] : [];
  });
}

function layersWithSites(config: Config): string[] {
  return serverLayerNames(config).filter((layer) => takesWorkers(config, layer));
}

function timesOf({ layers, mobility, world, live }: Config): Times {
  // A measured duration is not known beforehand.
  if (world === 'live' && live.compute === 'measured') return { leastS: 0, meanS: 0, why: '' };
  const { gradientS, gradientSByKind, training, link } = layers.worker;
  const { localSteps } = training;
  const durations = mobility.workers.kinds.map((kind) => gradientSByKind[kind] ?? gradientS);
  const stepS = Math.min(...durations.map(leastOf));
  // There and back; what the link's bandwidth adds is left out.
  const latencyS = (2 * link.latencyMs) / 1000;
  const steps = localSteps === 1 ? '' : `${localSteps} steps of ${inSeconds(stepS)}`;
  const onTheWay = latencyS === 0 ? '' : `${inSeconds(latencyS)} of latency`;
  return {
    leastS: localSteps * stepS + latencyS,
    meanS: localSteps * Math.min(...durations.map(meanOf)) + latencyS,
    why: [steps || inSeconds(stepS), onTheWay].filter((part) => part !== '').join(' and '),
  };
}

/** The key of the time of a gradient that is the config's to change first. */
function timeKey({ layers }: Config): string[] {
  const { localSteps } = layers.worker.training;
  return localSteps > 1
    ? ['layers', 'worker', 'training', 'localSteps']
    : ['layers', 'worker', 'gradientS'];
}

function lower({ layers }: Config): string {
  const { localSteps } = layers.worker.training;
  const keys = localSteps > 1 ? ['layers.worker.training.localSteps'] : [];
  return `lower ${[...keys, 'layers.worker.gradientS'].join(' or ')}`;
}

/** The shortest possible draw. */
function leastOf(duration: Duration): number {
  if (typeof duration === 'number') return duration;
  switch (duration.distribution) {
    case 'uniform':
      return Math.min(duration.fromS, duration.toS);
    case 'normal':
      return duration.minimumS;
    case 'exponential':
      return 0;
    case 'lognormal':
      return duration.sigma === 0 ? duration.medianS : 0;
  }
}

function meanOf(duration: Duration): number {
  if (typeof duration === 'number') return duration;
  switch (duration.distribution) {
    case 'uniform':
      return (duration.fromS + duration.toS) / 2;
    case 'normal':
      return Math.max(duration.minimumS, duration.meanS);
    case 'exponential':
      return duration.meanS;
    case 'lognormal':
      return duration.medianS * exp(square(duration.sigma) / 2);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** With three digits after the point at most. */
function inSeconds(seconds: number): string {
  return `${+seconds.toFixed(3)} s`;
}

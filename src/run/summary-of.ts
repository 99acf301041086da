import { serverLayer } from '../config/complete-layers.ts';
import type { Config } from '../config/config-schema.ts';
import { isPingPong } from '../report/run/handovers.ts';
import type { RunRecord } from '../report/run/run-record.ts';
import { whyUntrained } from '../report/run/why-untrained.ts';
import type { EndStatus, RunSummary } from './run-summary.ts';

/** The outcome of a run, of its journal's record. `isDone`: it came to its own end. */
export function summaryOf(
  record: RunRecord,
  config: Config,
  isDone: boolean,
  runDir: string,
): RunSummary {
  const whyNot = isDone ? whyUntrained(record) : null;
  return {
    status: isDone ? endStatus(record.diverged, whyNot) : 'stopped',
    whyUntrained: whyNot,
    ended: record.ended,
    runDir,
    journalHash: record.extent.hash,
    rounds: record.rounds,
    simTimeS: record.simTimeS,
    wallTimeS: record.wallTimeS,
    gradients: record.gradients.started,
    computed: record.gradients.computed ?? record.gradients.aggregated,
    updates: record.updates,
    accuracy: record.accuracy,
    loss: record.loss,
    rmse: record.rmse,
    metrics: record.metrics,
    attackSuccess: record.attackSuccess,
    handovers: record.handovers,
    pingPongs: record.handoversBack.filter((each) =>
      isPingPong(each, config.mobility.handover.pingPongS),
    ).length,
    crashes: record.failures.crashes,
    cuts: record.failures.cuts,
    lost: record.gradients.lost,
    messagesRetried: record.messagesRetried,
    workersQueued: record.workersQueued,
    workersRefused: record.workersRefused,
    dropped: record.gradients.dropped,
    droppedNonFinite: record.nonFinite,
    nonFiniteResults: record.nonFiniteResults.map(({ layer, fallback, aggregations, of }) => ({
      layer,
      rule: ruleOf(config, layer, fallback),
      aggregations,
      of,
    })),
    staleness: record.staleness,
    faults: record.faults,
    tree: treeOf(record.tree),
    waiting: record.waiting,
  };
}

function treeOf(tree: RunRecord['tree']): RunSummary['tree'] {
  if (tree === null) return null;
  const { nodes, links, latency } = tree;
  const { worst, censored, of } = latency;
  return { nodes, links, latency: { worst, censored, of } };
}

function endStatus(diverged: boolean, whyNot: string | null): EndStatus {
  if (diverged) return 'diverged';
  return whyNot === null ? 'done' : 'untrained';
}

function ruleOf(config: Config, layer: string, fallback: boolean): string {
  const { rule, before, tooFew } = serverLayer(config, layer).aggregate;
  if (fallback && typeof tooFew === 'object') return tooFew.fallback.rule;
  return [...before.map((step) => step.rule), rule].join(' + ');
}

import { type Column, csvOf } from '../format/columns.ts';
import type { StudyResult } from './study-runs.ts';

/** study.csv: one line a run. */
export function studyCsv(results: readonly StudyResult[]): string {
  const [first] = results;
  const reach = first?.reached.map(({ accuracy }) => accuracy) ?? [];
  const columns = studyColumns(Object.keys(first?.levels ?? {}), reach);
  const hasMetric = results.some(({ metric }) => metric !== null);
  return csvOf(hasMetric ? columns : columns.filter(({ name }) => name !== 'metric'), results);
}

/**
 * The columns of study.csv: one for each factor of the study, named by `nameOf`, and some for each accuracy
 * of its `reach`.
 */
export function studyColumns(
  factors: readonly string[],
  reach: readonly number[],
  nameOf = (factor: string) => factor,
): Column<StudyResult>[] {
  return [
    {
      name: 'arm',
      type: 'text',
      unit: null,
      meaning: 'name of the arm',
      value: (run) => run.arm,
    },
    ...factors.map((factor) => factorColumn(factor, nameOf(factor))),
    {
      name: 'variant',
      type: 'text',
      unit: null,
      meaning: 'level that is averaged over within the arm',
      value: (run) => run.variant,
    },
    {
      name: 'seed',
      type: 'integer',
      unit: null,
      meaning: 'seed of the run',
      value: (run) => run.seed,
    },
    {
      name: 'diverged',
      type: 'boolean',
      unit: null,
      meaning: 'the loss left the finite numbers',
      value: (run) => run.diverged,
    },
    {
      name: 'untrained',
      type: 'boolean',
      unit: null,
      meaning: 'no update changed the model',
      value: (run) => run.untrained,
    },
    {
      name: 'accuracy',
      type: 'number',
      unit: 'share',
      meaning: 'mean over the last evaluations',
      value: (run) => run.measures.accuracy,
    },
    {
      name: 'best_accuracy',
      type: 'number',
      unit: 'share',
      meaning: 'greatest accuracy of the run',
      value: (run) => run.measures.bestAccuracy,
    },
    {
      name: 'rmse',
      type: 'number',
      unit: "the target's",
      meaning: 'mean over the last evaluations of a regression',
      value: (run) => run.measures.rmse,
    },
    {
      name: 'best_rmse',
      type: 'number',
      unit: "the target's",
      meaning: 'least error of the run',
      value: (run) => run.measures.bestRmse,
    },
    {
      name: 'metric',
      type: 'number',
      unit: "the metric's",
      meaning:
        "mean over the last evaluations of the metric that the study's `report.metric` names; left out without one",
      value: (run) => run.measures.metric,
    },
    {
      name: 'loss',
      type: 'number',
      unit: null,
      meaning: 'mean over the last evaluations',
      value: (run) => run.measures.loss,
    },
    {
      name: 'attack_success',
      type: 'number',
      unit: 'share',
      meaning: 'of a back door: mean over the last evaluations',
      value: (run) => run.measures.attackSuccess,
    },
    {
      name: 'exceeded',
      type: 'number',
      unit: 'share',
      meaning:
        'aggregations with more Byzantine vectors than f declares, of the layer with the greatest share',
      value: (run) => run.measures.exceeded,
    },
    {
      name: 'selected_byzantine',
      type: 'number',
      unit: 'share',
      meaning: 'aggregations in which a selecting rule selected a Byzantine vector',
      value: (run) => run.measures.selectedByzantine,
    },
    {
      name: 'mean_kappa',
      type: 'number',
      unit: null,
      meaning: 'mean over the aggregations with a finite kappa, with `diagnostics: full`',
      value: (run) => run.measures.meanKappa,
    },
    {
      name: 'rounds',
      type: 'integer',
      unit: 'rounds',
      meaning: 'of the run',
      value: (run) => run.measures.rounds,
    },
    {
      name: 'updates',
      type: 'integer',
      unit: 'updates',
      meaning: 'made by the cloud',
      value: (run) => run.measures.updates,
    },
    {
      name: 'sim_time_s',
      type: 'number',
      unit: 's',
      meaning: 'simulated time at the end',
      value: (run) => run.measures.simTimeS,
    },
    {
      name: 'round_s',
      type: 'number',
      unit: 's',
      meaning: 'simulated time divided by rounds',
      value: (run) => run.measures.roundS,
    },
    {
      name: 'wasted',
      type: 'number',
      unit: 'share',
      meaning: 'started gradients that were dropped or lost',
      value: (run) => run.measures.wasted,
    },
    {
      name: 'handovers',
      type: 'integer',
      unit: 'handovers',
      meaning: 'changes of a worker from one server to another',
      value: (run) => run.measures.handovers,
    },
    {
      name: 'staleness',
      type: 'number',
      unit: 'versions',
      meaning: 'mean over the results that the cloud aggregated',
      value: (run) => run.measures.staleness,
    },
    {
      name: 'maximum_staleness',
      type: 'number',
      unit: 'versions',
      meaning: 'greatest one of the same',
      value: (run) => run.measures.maximumStaleness,
    },
    {
      name: 'gradient_staleness',
      type: 'number',
      unit: 'versions',
      meaning: 'mean over the gradients aggregated at their servers',
      value: (run) => run.measures.gradientStaleness,
    },
    ...reach.flatMap(reachColumns),
    {
      name: 'folder',
      type: 'text',
      unit: null,
      meaning: "run folder, within the study's",
      value: (run) => run.folder,
    },
    {
      name: 'journal_hash',
      type: 'text',
      unit: null,
      meaning: "hash of the run's journal",
      value: (run) => run.journalHash,
    },
  ];
}

function factorColumn(factor: string, name: string): Column<StudyResult> {
  return {
    name,
    type: 'text',
    unit: null,
    meaning: 'level of that factor',
    value: (run) => run.levels[factor],
  };
}

function reachColumns(accuracy: number, index: number): Column<StudyResult>[] {
  return [
    {
      name: `sim_time_s_to_${accuracy}`,
      type: 'number',
      unit: 's',
      meaning: 'simulated time of the first evaluation with at least that accuracy',
      value: (run) => run.reached[index]?.at?.simTimeS,
    },
    {
      name: `gradients_to_${accuracy}`,
      type: 'integer',
      unit: 'gradients',
      meaning: 'gradients aggregated until then',
      value: (run) => run.reached[index]?.at?.gradients,
    },
    {
      name: `updates_to_${accuracy}`,
      type: 'integer',
      unit: 'updates',
      meaning: 'made by the cloud until then',
      value: (run) => run.reached[index]?.at?.updates,
    },
    {
      name: `bytes_to_${accuracy}`,
      type: 'integer',
      unit: 'bytes',
      meaning: 'of vectors until then',
      value: (run) => run.reached[index]?.at?.bytes,
    },
    {
      name: `energy_j_to_${accuracy}`,
      type: 'number',
      unit: 'J',
      meaning: 'drawn until then by the nodes of layers with `power`; empty without',
      value: (run) => run.reached[index]?.at?.energyJ,
    },
  ];
}

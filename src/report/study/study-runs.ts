import { join } from 'node:path';
import { quantityValue } from '../../journal/quantity.ts';
import { meansOf } from '../run/class-recalls.ts';
import type { MetricsRow } from '../run/metrics.ts';
import { type Reached, reachedBy } from '../run/reached.ts';
import { keptOrRead } from './kept-facts.ts';
import type { Measures } from './measures.ts';
import { type RunEssentials, readEssentials } from './run-essentials.ts';
import { checkHasMetric, metricNamed, metricValueIn, type StudyMetric } from './study-metric.ts';

/** A finished run of a study: which one it is, and where. */
export interface StudyRun {
  arm: string;
  /** The arm's level of each factor; empty when arms were listed one by one. */
  levels: Record<string, string>;
  /** Levels that are averaged over within the arm. */
  variant: string | null;
  seed: number;
  /** The run folder, within the study's. */
  folder: string;
}

/** A run of a study that a report does not count. */
export interface MissingRun {
  arm: string;
  seed: number;
  folder: string;
  /** As `edgemlsim study status` has it. */
  state: string;
  /** Why it failed, or is not this run; empty for others. */
  reason: string;
}

export interface StudyResult extends StudyRun {
  journalHash: string;
  diverged: boolean;
  /** No update has changed its model. */
  untrained: boolean;
  measures: Measures;
  /** The metric that the study's options name; null without one, or where the run does not have it. */
  metric: StudyMetric | null;
  reached: Reached[];
  rows: MetricsRow[];
}

/** With what only figures show. */
export interface FiguredResult extends StudyResult {
  /** By class: the share of its items that are recognised, mean over the last evaluations. */
  recalls: number[] | null;
  /** Gradients, or updates, that were aggregated of each worker: the most first. */
  participation: number[];
  /** How long contacts took that ended, in seconds, at CONTACT_QUANTILES; null where none did. */
  contactS: number[] | null;
}

export interface StudyReportOptions {
  /** The measure whose final values are compared: by default the accuracy, of a regression its error. */
  metric?: string | undefined;
  /** Final values are means over this number of last evaluations. */
  window: number;
  /** Accuracies for which the time to reach them is reported. */
  reach: readonly number[];
  /** The factor whose levels are compared; all arms by default. */
  compare?: string | null | undefined;
  /** The level, or arm, that the others are compared with; the first by default. */
  baseline?: string | undefined;
  /** A factor whose levels rise, to find the breakdown points over. */
  breakdown?: string | undefined;
}

/**
 * Result of a run of a study. Its journal is read once: facts that reports of studies need are kept
 * in the run's folder.
 */
export async function readStudyResult(
  studyDir: string,
  run: StudyRun,
  options: StudyReportOptions,
): Promise<FiguredResult> {
  const file = join(studyDir, run.folder, 'journal.jsonl');
  const essentials = await keptOrRead(file, () => readEssentials(file));
  checkHasMetric(essentials, options.metric, file);
  const { participation, contactS } = essentials;
  // A list of runs may have more fields than these.
  const { arm, levels, variant, seed, folder } = run;
  return {
    ...studyResult({ arm, levels, variant, seed, folder }, essentials, options),
    recalls: meansOf(essentials.recalls, options.window),
    participation,
    contactS,
  };
}

/** Facts of a run that a study compares. */
export function studyResult(
  run: StudyRun,
  essentials: Omit<RunEssentials, 'recalls' | 'participation' | 'contactS'>,
  { window, reach, metric }: StudyReportOptions,
): StudyResult {
  const { journalHash, diverged, untrained, measures, rows } = essentials;
  const last = rows.filter((row) => row.updates > 0).slice(-window);
  return {
    ...run,
    ...{ journalHash, diverged, untrained },
    measures: {
      ...measures,
      accuracy: mean(last.flatMap(({ accuracy }) => accuracy ?? [])),
      rmse: mean(last.flatMap(({ rmse }) => (rmse === null ? [] : quantityValue(rmse)))),
      metric: metric === undefined ? null : mean(last.flatMap((row) => metricValueIn(row, metric))),
      loss: mean(last.flatMap(({ loss }) => (loss === null ? [] : quantityValue(loss)))),
      attackSuccess: mean(last.flatMap(({ attackSuccess }) => attackSuccess ?? [])),
    },
    metric: metric === undefined ? null : metricNamed(essentials, metric),
    reached: reachedBy(rows, reach),
    rows,
  };
}

/** Null of none. */
function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import { join } from 'node:path';
import { quantityValue } from '../../journal/quantity.ts';
import { isSimulated } from '../../journal/reader.ts';
import { quantileOf } from '../../statistics/describe.ts';
import { checkHasBegun } from '../run/begun.ts';
import { ClassTally } from '../run/class-recalls.ts';
import { type Contact, ContactTally } from '../run/contacts.ts';
import type { MetricsRow } from '../run/metrics.ts';
import { ParticipationTally } from '../run/participation.ts';
import { type Reached, reachedBy } from '../run/reached.ts';
import { type RunRecord, readRunRecord } from '../run/run-record.ts';
import { keptOrRead } from './kept-facts.ts';

/** A finished run of a study: which one it is, and where. */
export interface StudyRun {
  arm: string;
  /** The arm's level of each factor; empty when arms were listed one by one. */
  levels: Record<string, string>;
  /** What is averaged over within the arm. */
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

/** What a study compares, one number a run. Null where a run has none. */
export interface Measures {
  /** Mean over the last evaluations; the untrained model is never among them. */
  accuracy: number | null;
  bestAccuracy: number | null;
  /** The same of a regression's error, which has no accuracy. */
  rmse: number | null;
  bestRmse: number | null;
  /** Mean over the last evaluations; not finite when one of them is not. */
  loss: number | null;
  /** Of a back door, where one is tried: mean over the last evaluations. */
  attackSuccess: number | null;
  /**
   * Share of a layer's aggregations in which more vectors were Byzantine than declared, of the layer
   * in which it is greatest; null without any.
   */
  exceeded: number | null;
  /** Share of a selecting rule's aggregations in which it took a Byzantine vector. */
  tookByzantine: number | null;
  /** Mean over those that have one, with diagnostics: full. */
  meanKappa: number | null;
  rounds: number;
  updates: number;
  simTimeS: number;
  /** Simulated time a round. */
  roundS: number | null;
  /** Share of the started gradients that were dropped or lost. */
  wasted: number | null;
  handovers: number;
  /** Mean and maximum over the results that the cloud aggregated, and the gradients at its servers. */
  staleness: number | null;
  maximumStaleness: number | null;
  gradientStaleness: number | null;
}

export interface StudyResult extends StudyRun {
  journalHash: string;
  diverged: boolean;
  /** No update has changed its model. */
  untrained: boolean;
  measures: Measures;
  reached: Reached[];
  rows: MetricsRow[];
}

/** Where durations of contacts are told: the ends of nine tenths and of half of them, and the middle. */
export const CONTACT_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

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
 * Reads the journal of a run of a study, once: what a report needs of it is kept in the run's folder, for
 * the next one.
 */
export async function readStudyResult(
  studyDir: string,
  run: StudyRun,
  options: StudyReportOptions,
): Promise<FiguredResult> {
  const file = join(studyDir, run.folder, 'journal.jsonl');
  const { window, reach } = options;
  const figured = await keptOrRead(file, { window, reach }, async () => {
    const participation = new ParticipationTally();
    const classes = new ClassTally();
    const contacts = new ContactTally();
    const record = await readRunRecord(file, (line) => {
      if (!isSimulated(line)) return;
      participation.add(line);
      classes.add(line);
      contacts.add(line);
    });
    checkHasBegun(record, file);
    return {
      ...studyResult(run, record, options),
      recalls: classes.means(window),
      participation: participation.shares().map(({ aggregated }) => aggregated),
      contactS: durationsOf(contacts.contacts(record.simTimeS * 1e6)),
    };
  });
  // Which run of the study it is may have changed since; a list of runs may tell more of it than that.
  const { arm, levels, variant, seed, folder } = run;
  return { ...figured, arm, levels, variant, seed, folder };
}

function durationsOf(contacts: readonly Contact[]): number[] | null {
  const ended = contacts.filter(({ isOpen }) => !isOpen);
  if (ended.length === 0) return null;
  const durations = ended.map(({ fromS, toS }) => toS - fromS);
  return CONTACT_QUANTILES.map((share) => quantileOf(durations, share));
}

/** What a study compares of a run, from all that its journal says. */
export function studyResult(
  run: StudyRun,
  record: Omit<RunRecord, 'violations'>,
  { window, reach }: StudyReportOptions,
): StudyResult {
  const { rows, rounds, simTimeS, gradients, faults } = record;
  const last = rows.filter((row) => row.updates > 0).slice(-window);
  const { started, dropped, lost } = gradients;
  return {
    ...run,
    journalHash: record.extent.hash,
    diverged: record.diverged,
    untrained: record.updates === 0,
    measures: {
      accuracy: mean(last.flatMap(({ accuracy }) => accuracy ?? [])),
      bestAccuracy: record.accuracy.best,
      rmse: mean(last.flatMap(({ rmse }) => (rmse === null ? [] : quantityValue(rmse)))),
      bestRmse: record.rmse.best,
      loss: mean(last.flatMap(({ loss }) => (loss === null ? [] : quantityValue(loss)))),
      attackSuccess: mean(last.flatMap(({ attackSuccess }) => attackSuccess ?? [])),
      exceeded: greatestExceeded(faults),
      tookByzantine: faults.tookByzantine,
      meanKappa: faults.meanKappa,
      rounds,
      updates: record.updates,
      simTimeS,
      roundS: rounds === 0 ? null : simTimeS / rounds,
      wasted: started === 0 ? null : (dropped + lost) / started,
      handovers: record.handovers,
      staleness: record.staleness.results?.mean ?? null,
      maximumStaleness: record.staleness.results?.maximum ?? null,
      gradientStaleness: record.staleness.gradients?.mean ?? null,
    },
    reached: reachedBy(rows, reach),
    rows,
  };
}

function greatestExceeded({ layers }: RunRecord['faults']): number | null {
  if (layers.length === 0) return null;
  return Math.max(...layers.map(({ exceeded, aggregations }) => exceeded / aggregations));
}

function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

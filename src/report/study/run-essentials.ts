import { isSimulated } from '../../journal/reader.ts';
import { quantileOf } from '../../statistics/describe.ts';
import { checkHasBegun } from '../run/begun.ts';
import { ClassTally } from '../run/class-recalls.ts';
import { type Contact, ContactTally } from '../run/contacts.ts';
import type { MetricsRow } from '../run/metrics.ts';
import { ParticipationTally, type WorkerShare } from '../run/participation.ts';
import { type RunRecord, readRunRecord } from '../run/run-record.ts';
import type { Measures } from './measures.ts';
import type { StudyMetric } from './study-metric.ts';

/** Means over the last evaluations, whose number is an option of the report. */
type WindowMeasure = 'accuracy' | 'rmse' | 'metric' | 'loss' | 'attackSuccess';

/** Facts of a run that reports of studies need, whatever their options are. */
export interface RunEssentials {
  journalHash: string;
  diverged: boolean;
  /** No update has changed its model. */
  untrained: boolean;
  measures: Omit<Measures, WindowMeasure>;
  /** Measures of the user's own. */
  metrics: StudyMetric[];
  rows: MetricsRow[];
  /** By evaluation of a trained model: the share of each class's items that are recognised. */
  recalls: readonly (readonly number[])[];
  /** Gradients, or updates, that were aggregated of each worker: the most first. */
  participation: number[];
  /** How long contacts took that ended, in seconds, at CONTACT_QUANTILES; null where none did. */
  contactS: number[] | null;
}

/** Quantiles of the durations of contacts in reports: the ends of nine tenths and of half of them, and the middle. */
export const CONTACT_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Of a journal, which is read once. Throws InputError where there is none, or no run has begun in it. */
export async function readEssentials(journalFile: string): Promise<RunEssentials> {
  const participation = new ParticipationTally();
  const classes = new ClassTally();
  const contacts = new ContactTally();
  const record = await readRunRecord(journalFile, (line) => {
    if (!isSimulated(line)) return;
    participation.add(line);
    classes.add(line);
    contacts.add(line);
  });
  checkHasBegun(record, journalFile);
  return essentialsOf({
    ...{ record, recalls: classes.recalls, participation: participation.shares() },
    contacts: contacts.contacts(record.simTimeS * 1e6),
  });
}

/** Of all that a journal says. */
export function essentialsOf({
  record,
  recalls,
  participation,
  contacts,
}: {
  record: RunRecord;
  recalls: RunEssentials['recalls'];
  participation: readonly WorkerShare[];
  contacts: readonly Contact[];
}): RunEssentials {
  return {
    ...basicsOf(record),
    recalls,
    participation: participation.map(({ aggregated }) => aggregated),
    contactS: durationsOf(contacts),
  };
}

/** Facts that need no events of single workers. */
export function basicsOf(
  record: RunRecord,
): Omit<RunEssentials, 'recalls' | 'participation' | 'contactS'> {
  const { rows, rounds, simTimeS, gradients, faults } = record;
  const { started, dropped, lost } = gradients;
  return {
    journalHash: record.extent.hash,
    diverged: record.diverged,
    untrained: record.updates === 0,
    measures: {
      bestAccuracy: record.accuracy.best,
      bestRmse: record.rmse.best,
      exceeded: greatestExceeded(faults),
      selectedByzantine: faults.selectedByzantine,
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
    metrics: record.metrics.map(({ name, better }) => ({ name, better })),
    rows,
  };
}

function durationsOf(contacts: readonly Contact[]): number[] | null {
  const ended = contacts.filter(({ isOpen }) => !isOpen);
  if (ended.length === 0) return null;
  const durations = ended.map(({ fromS, toS }) => toS - fromS);
  return CONTACT_QUANTILES.map((share) => quantileOf(durations, share));
}

function greatestExceeded({ layers }: RunRecord['faults']): number | null {
  if (layers.length === 0) return null;
  return Math.max(...layers.map(({ exceeded, aggregations }) => exceeded / aggregations));
}

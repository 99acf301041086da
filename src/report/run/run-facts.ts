import { join } from 'node:path';
import type { SimulatedLine } from '../../journal/events.ts';
import { isSimulated } from '../../journal/reader.ts';
import { CollectedTally } from '../data/collected.ts';
import type { ServerClosing } from './aggregations.ts';
import { ClassTally } from './class-recalls.ts';
import { type ConcentrationSpan, ConcentrationTally } from './concentration.ts';
import { type Contact, ContactTally } from './contacts.ts';
import { type Handover, HandoverTally } from './handovers.ts';
import { ParticipationTally, type WorkerShare } from './participation.ts';
import { type RunRecord, readRunRecord } from './run-record.ts';

type Evaluated = Extract<SimulatedLine, { type: 'evaluated' }>;

/** Sources of the reports of one run. */
export interface RunFacts {
  runDir: string;
  record: RunRecord;
  closings: ServerClosing[];
  spans: ConcentrationSpan[];
  handovers: Handover[];
  contacts: Contact[];
  participation: WorkerShare[];
  collected: CollectedTally;
  /** By evaluation of a trained model: the share of each class's items that are recognised. */
  recalls: number[][];
  /** Of the root, with the scores of each class. */
  evaluations: Evaluated[];
  /** Nodes that are or were Byzantine. */
  byzantine: ReadonlySet<string>;
}

/** Reads the journal of a run once. */
export async function readRunFacts(runDir: string): Promise<RunFacts> {
  const closings: ServerClosing[] = [];
  const handovers: Handover[] = [];
  const evaluations: Evaluated[] = [];
  const byzantine = new Set<string>();
  const concentration = new ConcentrationTally();
  const handoverTally = new HandoverTally();
  const contacts = new ContactTally();
  const participation = new ParticipationTally();
  const collected = new CollectedTally();
  const classes = new ClassTally();
  let root: string | undefined;
  const record = await readRunRecord(join(runDir, 'journal.jsonl'), (line) => {
    if (!isSimulated(line)) return;
    concentration.add(line);
    contacts.add(line);
    participation.add(line);
    collected.add(line);
    classes.add(line);
    if (line.type === 'run-started') {
      root = line.servers.find(({ parent }) => parent === null)?.id;
      for (const node of Object.values(line.byzantine).flat()) byzantine.add(node);
    } else if (line.type === 'turned-byzantine') byzantine.add(line.node);
    else if (line.type === 'associate') handovers.push(...[handoverTally.add(line) ?? []].flat());
    else if (line.type === 'aggregated' || line.type === 'no-result') closings.push(line);
    else if (line.type === 'evaluated' && line.server === root) evaluations.push(line);
  });
  const spans = concentration.spans(record.simTimeS * 1e6);
  return {
    ...{ runDir, record, closings, spans, handovers, evaluations, byzantine, collected },
    recalls: classes.recalls,
    contacts: contacts.contacts(record.simTimeS * 1e6),
    participation: participation.shares(),
  };
}

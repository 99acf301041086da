import { join } from 'node:path';
import type { JournalLine, SimulatedLine } from '../../journal/events.ts';
import { isSimulated, type JournalExtent, readJournal } from '../../journal/reader.ts';
import { CollectedTally } from '../data/collected.ts';
import type { ServerClosing } from './aggregations.ts';
import { ClassTally } from './class-recalls.ts';
import { type ConcentrationSpan, ConcentrationTally } from './concentration.ts';
import { type Contact, ContactTally } from './contacts.ts';
import { type Handover, HandoverTally } from './handovers.ts';
import { ParticipationTally, type WorkerShare } from './participation.ts';
import { type RunRecord, RunTally } from './run-record.ts';

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
  const tally = new FactsTally();
  const extent = await readJournal(join(runDir, 'journal.jsonl'), (line) => tally.add(line));
  return tally.facts(runDir, extent);
}

/** Gathers the facts of a run line by line, from its journal or as that is written. */
export class FactsTally {
  readonly #run = new RunTally();
  readonly #closings: ServerClosing[] = [];
  readonly #handovers: Handover[] = [];
  readonly #evaluations: Evaluated[] = [];
  readonly #byzantine = new Set<string>();
  readonly #concentration = new ConcentrationTally();
  readonly #handoverTally = new HandoverTally();
  readonly #contacts = new ContactTally();
  readonly #participation = new ParticipationTally();
  readonly #collected = new CollectedTally();
  readonly #classes = new ClassTally();
  #root: string | undefined;

  add(line: JournalLine): void {
    this.#run.add(line);
    if (!isSimulated(line)) return;
    this.#concentration.add(line);
    this.#contacts.add(line);
    this.#participation.add(line);
    this.#collected.add(line);
    this.#classes.add(line);
    if (line.type === 'run-started') {
      this.#root = line.servers.find(({ parent }) => parent === null)?.id;
      for (const node of Object.values(line.byzantine).flat()) this.#byzantine.add(node);
    } else if (line.type === 'turned-byzantine') {
      this.#byzantine.add(line.node);
    } else if (line.type === 'associate') {
      this.#handovers.push(...[this.#handoverTally.add(line) ?? []].flat());
    } else if (line.type === 'aggregated' || line.type === 'no-result') {
      this.#closings.push(line);
    } else if (line.type === 'evaluated' && line.server === this.#root) {
      this.#evaluations.push(line);
    }
  }

  /** As far as the lines go, whose number and hash are `extent`. */
  facts(runDir: string, extent: JournalExtent): RunFacts {
    const record = { ...this.#run.record(), extent };
    const endUs = record.simTimeS * 1e6;
    return {
      ...{ runDir, record },
      closings: [...this.#closings],
      spans: this.#concentration.spans(endUs),
      handovers: [...this.#handovers],
      contacts: this.#contacts.contacts(endUs),
      participation: this.#participation.shares(),
      collected: this.#collected,
      recalls: this.#classes.recalls,
      evaluations: [...this.#evaluations],
      byzantine: new Set(this.#byzantine),
    };
  }
}

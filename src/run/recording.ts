import { JOURNAL_FORMAT, type JournalLine } from '../journal/events.ts';
import { FileSink } from '../journal/file-sink.ts';
import { JournalWriter } from '../journal/writer.ts';
import { kernelsName } from '../kernels/kernels.ts';
import { encodeParameters } from '../learning/parameter-file.ts';
import { FactsTally, type RunFacts, readRunFacts } from '../report/run/run-facts.ts';
import { type RunRecord, RunTally } from '../report/run/run-record.ts';
import { writeCheckpoint } from './checkpoints.ts';
import type { PreparedRun } from './prepared-run.ts';
import type { RunFolder } from './run-folder.ts';
import type { Progress, RunSummary } from './run-summary.ts';
import { summaryOf } from './summary-of.ts';

/** Where one parameter of a model is in the vector of all. */
export interface ParameterPlace {
  /** For instance `dense-1/weights`. */
  name: string;
  /** Length of each dimension; the values are in row-major order. */
  shape: readonly number[];
  /** Index of its first element in the vector of all. */
  offset: number;
  /** Number of its elements. */
  length: number;
}

/** Records of a run in memory, in place of files. */
interface MemoryRecord {
  /** The journal. */
  lines: JournalLine[];
  /** The newest parameters, and their version. */
  model: {
    theta: Float32Array;
    parameters: readonly ParameterPlace[];
    version: number;
  } | null;
}

/**
 * Records of a run of either world: its journal, checkpoints, model, status and summary, in its
 * folder, or in memory where it has none.
 */
export class Recording<State extends object> {
  readonly journal: JournalWriter;
  /** Seconds since the run was first started, without those in which it was stopped. */
  readonly wallTimeS: () => number;
  readonly memory: MemoryRecord = { lines: [], model: null };
  readonly #run: PreparedRun<State>;
  /** Null for a run in memory. */
  readonly #files: { folder: RunFolder; sink: FileSink } | null;
  /** Gathers the facts as the journal is written; null where it had a beginning, or is in memory. */
  readonly #tally: FactsTally | null;
  /** Facts from the journal at the run's end, and the bytes that it had then. */
  #known: { facts: RunFacts; bytes: number } | null = null;
  /** The last measurement. */
  readonly #measured: Pick<Progress, 'accuracy' | 'loss'> = { accuracy: null, loss: null };

  /** Records the beginning. `threads`: how many compute for the run. */
  constructor(run: PreparedRun<State>, threads: number) {
    this.#run = run;
    const { folder, composition } = run;
    const { start } = run.from;
    folder?.writeStatus({ status: 'running' });
    const startedAtS = performance.now() / 1000 - start.wallTimeS;
    this.wallTimeS = () => Math.round((performance.now() / 1000 - startedAtS) * 1e6) / 1e6;
    this.#files = folder && { folder, sink: new FileSink(folder.journalFile, start) };
    const { lines } = this.memory;
    const toMemory = { write: (text: string) => void lines.push(JSON.parse(text)) };
    this.journal = new JournalWriter(this.#files?.sink ?? toMemory, start, this.wallTimeS);
    this.#tally = folder !== null && start.nextHostEvent === 0 ? new FactsTally() : null;
    if (this.#tally !== null) this.journal.readers.add((line) => this.#tally!.add(line));
    const { name: engine, leftOut } = composition.engine;
    const host = {
      threads,
      engine,
      kernels: kernelsName(composition.threads.kernels),
      ...(Object.keys(leftOut).length > 0 && { leftOut }),
      node: process.version,
    };
    this.journal.recordHost(
      start.nextHostEvent === 0
        ? { type: 'started', format: JOURNAL_FORMAT, ...host }
        : { type: 'resumed', fromEvent: start.nextEvent, ...host },
    );
  }

  /** The facts of an evaluation, for the progress. */
  measured(facts: Record<string, unknown>): void {
    const { accuracy = null, loss = null } = facts as Partial<Progress>;
    Object.assign(this.#measured, { accuracy, loss });
  }

  progress(counts: Pick<Progress, 'round' | 'simTimeS' | 'inRange' | 'gradients'>): Progress {
    const { gradientsAtEnd } = this.#run.composition.settings.cloud;
    return { ...counts, ...this.#measured, gradientsAtEnd };
  }

  /** Hands the journal to the operating system. */
  flush(): void {
    this.#files?.sink.flush();
  }

  /** The newest parameters, for other programs and for `model.init`. */
  writeModel(theta: Float32Array, version: number): void {
    const { composition, config } = this.#run;
    if (this.#files === null) {
      this.memory.model = { theta, parameters: composition.parameters, version };
      return;
    }
    const metadata = { version: String(version), run: config.name };
    const bytes = encodeParameters(composition.parameters, theta, metadata);
    this.#files.folder.write('model.safetensors', bytes);
  }

  /** A run in memory cannot be resumed: it writes none. */
  writeCheckpoint(state: State): void {
    if (this.#files === null) return;
    const { folder, sink } = this.#files;
    sink.sync();
    const { bytes: length, sha256 } = sink;
    const { nextEvent, nextHostEvent } = this.journal;
    const journal = { bytes: length, sha256, nextEvent, nextHostEvent };
    const { id, config } = this.#run;
    const checkpoint = { run: id, ...state, journal, wallTimeS: this.wallTimeS() };
    const { file, bytes } = writeCheckpoint(folder, checkpoint, config.checkpoints.keep);
    this.journal.recordHost({ type: 'checkpoint', event: nextEvent, file, bytes });
  }

  /** Writes how the run ended or where it stopped, and returns it. */
  async end(isDone: boolean): Promise<RunSummary> {
    this.#files?.sink.sync();
    const { config, folder } = this.#run;
    const summary = summaryOf(await this.#record(), config, isDone, folder?.dir ?? '');
    folder?.writeStatus({ status: summary.status, summary });
    return summary;
  }

  async #record(): Promise<RunRecord> {
    const { folder } = this.#run;
    const { nextEvent, held, nextHostEvent: host, hash } = this.journal;
    const extent = { simulated: nextEvent - held, host, hash };
    if (folder !== null) {
      const facts = this.#tally?.facts(folder.dir, extent) ?? (await readRunFacts(folder.dir));
      this.#known = { facts, bytes: this.#files!.sink.bytes };
      return facts.record;
    }
    const tally = new RunTally();
    for (const line of this.memory.lines) tally.add(line);
    return { ...tally.record(), extent };
  }

  /**
   * Facts from the journal, where they were gathered at the run's end and nothing was added since; else
   * null.
   */
  get facts(): RunFacts | null {
    if (this.#known === null || this.#known.bytes !== this.#files?.sink.bytes) return null;
    return this.#known.facts;
  }

  /** Marks the run as failed. */
  fail(error: Error): void {
    this.#run.folder?.writeFailure(error);
  }

  /** Marks the run as interrupted. */
  interrupt(): void {
    this.#run.folder?.writeInterruption();
  }

  /** Closes the journal and gives the folder back to other processes. */
  close(): void {
    try {
      this.#files?.sink.close();
    } finally {
      this.#run.folder?.release();
    }
  }
}

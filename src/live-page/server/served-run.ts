import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../../errors.ts';
import type { SimulatedLine } from '../../journal/events.ts';
import { isMark } from '../../journal/marks.ts';
import { isTaken } from '../../run/folder-lock.ts';
import { type ControlCommand, sendControl } from '../../run/run-control.ts';
import { checkIsRun, statusOf } from '../../run/run-folder.ts';
import type { AggregationDetails, PageQuestion, RunHead } from '../shared/messages.ts';
import { activitiesBetween } from './activities-between.ts';
import { aggregationDetails } from './aggregation-details.ts';
import type { JournalIndex } from './journal-index.ts';
import { SceneReader } from './scene-reader.ts';
import { SeriesTally } from './series.ts';
import { SharedAnswers } from './shared-answers.ts';

/** Silence of a run after which a command to it has failed. */
const CONTROL_SILENCE_S = 10;
/** How long the journal waits for the scene, at most. */
const SCENE_FIRST_MS = 1000;

/** One run that pages look at: its journal, its scene, and the run itself while it is in progress. */
export class ServedRun {
  readonly folder: string;
  #index: JournalIndex | null = null;
  #opening: Promise<JournalIndex> | null = null;
  readonly #mayControl: boolean;
  readonly #shared = new SharedAnswers();
  #series = new SeriesTally();
  readonly #scene: SceneReader;
  /** Why the journal cannot be read on. */
  #problem: string | null = null;
  /** Why it is not known how the run stands, for now. */
  #statusProblem: string | null = null;
  #status = 'running';
  #control: string | null = null;

  /** Throws InputError where the folder has no run. */
  constructor(folder: string, mayControl: boolean, scene?: SceneReader) {
    checkIsRun(folder);
    this.folder = folder;
    this.#mayControl = mayControl;
    this.#scene = scene ?? new SceneReader(folder);
  }

  /** Reads what the run has recorded since the last call. */
  async refresh(): Promise<void> {
    this.#lookAtStatus();
    if (this.#problem !== null) return;
    try {
      const index = await this.#opened();
      await index.refresh();
    } catch (error) {
      this.#problem = this.#problemText(error);
    }
  }

  head(): RunHead {
    const { head = { next: 0, timeUs: 0 }, rereads = 0, readShare = 0 } = this.#index ?? {};
    return {
      ...{ next: head.next, timeUs: head.timeUs, rereads },
      problem: this.#problem ?? this.#statusProblem,
      readShare: this.#problem === null ? readShare : null,
      status: this.#status === 'running' ? (this.#control ?? 'running') : this.#status,
      isControllable: this.#mayControl && this.#status === 'running',
    };
  }

  /** The answer as JSON. Throws InputError or RunError. */
  async answer(question: PageQuestion): Promise<Buffer> {
    switch (question.ask) {
      case 'lines': {
        const { from, limit } = question;
        return this.#once(`lines ${from} ${limit}`, () => this.#lines(from, limit));
      }
      case 'series':
        return this.#once('series', async () => encoded(this.#series.series()));
      case 'scene':
        return Buffer.from(await this.#scene.scene(question.isWhole === true));
      case 'tracks':
        return Buffer.from(await this.#scene.tracks(question.fromUs, question.toUs));
      default:
        return encoded(await this.#answer(question));
    }
  }

  async close(): Promise<void> {
    await this.#scene.close();
    await (await this.#opening)?.close();
  }

  async #answer(
    question: Exclude<PageQuestion, { ask: 'lines' | 'series' | 'scene' | 'tracks' }>,
  ): Promise<unknown> {
    const index = await this.#opened();
    switch (question.ask) {
      case 'state':
        return { state: await index.stateAt(question) };
      case 'activities':
        return activitiesBetween(index, question.fromUs, question.toUs);
      case 'log': {
        const { before, limit, mark } = question;
        return index.linesBefore(before, limit, wantedBy(question), mark);
      }
      case 'find': {
        const { mark, from, backwards = false } = question;
        return { found: await index.find(mark, from, backwards) };
      }
      case 'aggregation':
        return this.#aggregation(question.result);
      case 'control':
        return this.#command(question);
    }
  }

  #opened(): Promise<JournalIndex> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Behind the scene: a page shows that first, and has a browser that starts beside it. */
  async #open(): Promise<JournalIndex> {
    await Promise.race([this.#scene.begun, wait(SCENE_FIRST_MS, undefined, { ref: false })]);
    const { JournalIndex } = await import('./journal-index.ts');
    this.#index = new JournalIndex(
      join(this.folder, 'journal.jsonl'),
      (line) => this.#series.add(line),
      () => {
        this.#series = new SeriesTally();
      },
    );
    return this.#index;
  }

  /** The same for all pages until the journal grows. */
  async #once(question: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const { rereads, bytes } = await this.#opened();
    return this.#shared.of(`${rereads} ${bytes}`, question, make);
  }

  async #lines(from: number, limit: number): Promise<Buffer> {
    const texts = await (await this.#opened()).lines(from, limit);
    const end = Buffer.from(`],"next":${texts.next}}`);
    return Buffer.concat([Buffer.from('{"lines":['), texts.json(), end]);
  }

  async #aggregation(result: number): Promise<AggregationDetails> {
    const details = await aggregationDetails(await this.#opened(), result);
    if (details !== null) return details;
    throw new InputError({
      place: { file: this.folder },
      found: `no aggregation has the number ${result}`,
    });
  }

  async #command({ command, until }: PageQuestion & { ask: 'control' }): Promise<unknown> {
    if (!this.head().isControllable) {
      const found = this.#mayControl ? 'the run is over' : 'this page may only look (--view-only)';
      throw new InputError({ place: { file: this.folder }, found });
    }
    const given: ControlCommand = command;
    const reply = (await sendControl(this.folder, given, CONTROL_SILENCE_S, until)) as {
      state: string;
    };
    this.#control = reply.state === 'running' ? null : reply.state;
    await this.refresh();
    return reply;
  }

  /** A folder that cannot be read at the moment must not take the pages of the other runs with it. */
  #lookAtStatus(): void {
    try {
      this.#status = this.#statusNow();
      this.#statusProblem = null;
    } catch (error) {
      this.#statusProblem = this.#problemText(error);
    }
  }

  #problemText(error: unknown): string {
    return error instanceof InputError
      ? error.message
      : `${this.folder}: ${(error as Error).message}`;
  }

  #statusNow(): string {
    const isRunning = isTaken(this.folder);
    const { status = 'running' } = statusOf(this.folder) ?? {};
    if (status !== 'running') return status;
    return isRunning ? 'running' : 'killed';
  }
}

function encoded(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function wantedBy({ types, node, mark }: PageQuestion & { ask: 'log' }) {
  const kinds = types === undefined ? null : new Set(types);
  return (line: SimulatedLine): boolean => {
    if (kinds !== null && !kinds.has(line.type)) return false;
    if (mark !== undefined && !isMark(line, mark)) return false;
    return node === undefined || names(line, node);
  };
}

/** Whether a field of the event is that node. */
function names(line: SimulatedLine, node: string): boolean {
  return Object.values(line).some((value) => value === node);
}

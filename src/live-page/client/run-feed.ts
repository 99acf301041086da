import { signal } from '@preact/signals';
import type { SimulatedLine } from '../../journal/events.ts';
import type { RunHead, RunSeries, Scene } from '../shared/messages.ts';
import { applyLine, emptyState, type ShownState } from '../shared/run-state.ts';
import { ActivityStore } from './activity-store.ts';
import type { PageConnection } from './connection.ts';
import { TrackStore } from './track-store.ts';

const LINES_AT_ONCE = 3000;
/** A page that is further behind a run takes the newest state instead of all lines. */
const MOST_BEHIND = 12_000;

/** One run as the page has it: its state at the clock's time, and the lines that come next. */
export class RunFeed {
  readonly run: number;
  readonly scene = signal<Scene | null>(null);
  readonly head = signal<RunHead | null>(null);
  readonly series = signal<RunSeries | null>(null);
  /** Rises when the state has changed: it is changed in place. */
  readonly changes = signal(0);
  readonly tracks: TrackStore;
  readonly activities: ActivityStore;
  state: ShownState = emptyState();
  /** How far the journal was when the series were asked for. */
  seriesOf = -1;
  readonly #connection: PageConnection;
  #lines: SimulatedLine[] = [];
  #used = 0;
  /** Of the line that is to be fetched next. */
  #fetched = 0;
  #isFetching = false;
  #seeking: Promise<void> | null = null;
  #wanted: { timeUs?: number; before?: number } | null = null;
  /** Rises with each seek: what was asked for before no longer fits. */
  #epoch = 0;

  constructor(connection: PageConnection, run: number) {
    this.#connection = connection;
    this.run = run;
    this.tracks = new TrackStore((fromUs, toUs) =>
      connection.ask(run, { ask: 'tracks', fromUs, toUs }),
    );
    this.activities = new ActivityStore((fromUs, toUs) =>
      connection.ask(run, { ask: 'activities', fromUs, toUs }),
    );
  }

  /** Its scene; the trace, which its bounds may come from, is read once there is a picture. */
  async begin(): Promise<void> {
    const scene = await this.#connection.scene(this.run);
    this.scene.value = scene;
    if (!scene.isWhole) {
      await new Promise(requestAnimationFrame);
      this.scene.value = await this.#connection.ask(this.run, { ask: 'scene', isWhole: true });
    }
  }

  async refreshSeries(): Promise<void> {
    this.seriesOf = this.head.peek()?.next ?? 0;
    this.series.value = await this.#connection.ask(this.run, { ask: 'series' });
  }

  get isInProgress(): boolean {
    const { status } = this.head.value ?? {};
    return status === 'running' || status === 'paused';
  }

  get endUs(): number {
    return this.head.value?.timeUs ?? 0;
  }

  /** Whether the state is that of the newest line. */
  get isAtHead(): boolean {
    return this.#fetched >= (this.head.value?.next ?? 0) && this.#used >= this.#lines.length;
  }

  /** Up to when the lines are here. */
  get readyUs(): number {
    if (this.#seeking !== null) return this.state.timeUs;
    if (this.#fetched >= (this.head.value?.next ?? 0)) return Number.POSITIVE_INFINITY;
    return this.#lines.at(-1)?.timeUs ?? this.state.timeUs;
  }

  /** Goes to any moment; of several calls in a row only the last one counts. */
  seek(goal: { timeUs?: number; before?: number }): Promise<void> {
    this.#wanted = goal;
    this.#seeking ??= this.#seekWanted();
    return this.#seeking;
  }

  /** Resolves once the state is that of the last seek, or the server has not answered it. */
  async settled(): Promise<void> {
    await this.#seeking?.catch(() => {});
  }

  async #seekWanted(): Promise<void> {
    try {
      while (this.#wanted !== null) {
        const wanted: { timeUs?: number; before?: number } = this.#wanted;
        this.#wanted = null;
        this.#epoch += 1;
        const { state } = await this.#connection.ask(this.run, { ask: 'state', ...wanted });
        this.state = state;
        this.#lines = [];
        this.#used = 0;
        this.#fetched = state.next;
        this.changes.value += 1;
      }
    } finally {
      this.#seeking = null;
    }
  }

  /** Applies what is here up to that time, and sees to what comes next. */
  advance(timeUs: number): void {
    if (this.#seeking !== null) return;
    const from = this.#used;
    while (this.#used < this.#lines.length && this.#lines[this.#used]!.timeUs <= timeUs) {
      applyLine(this.state, this.#lines[this.#used]!);
      this.#used += 1;
    }
    if (this.#used > from) this.changes.value += 1;
    void this.#fetch();
  }

  /** The line that comes next, if it is here. */
  get following(): SimulatedLine | null {
    return this.#lines[this.#used] ?? null;
  }

  /** Whether so much is missing that the newest state is sooner here than all lines. */
  get isFarBehind(): boolean {
    return (this.head.value?.next ?? 0) - this.#fetched > MOST_BEHIND;
  }

  async #fetch(): Promise<void> {
    const isLow = this.#lines.length - this.#used < LINES_AT_ONCE / 2;
    if (this.#isFetching || !isLow || this.#fetched >= (this.head.value?.next ?? 0)) return;
    this.#isFetching = true;
    const epoch = this.#epoch;
    try {
      const question = { ask: 'lines', from: this.#fetched, limit: LINES_AT_ONCE } as const;
      const { lines, next } = await this.#connection.ask(this.run, question);
      if (epoch !== this.#epoch) return;
      this.#lines = [...this.#lines.slice(this.#used), ...(lines as SimulatedLine[])];
      this.#used = 0;
      this.#fetched = next;
    } catch {
      // The connection is lost: asked for again when it is back.
    } finally {
      this.#isFetching = false;
    }
  }
}

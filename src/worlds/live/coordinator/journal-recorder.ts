import type { SimulatedEvent } from '../../../journal/events.ts';
import type { EndReason } from '../../../journal/reasons.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { ReportItem } from '../protocol/control-message.ts';
import { coordinatorNumber } from '../protocol/process-numbers.ts';
import { CausalOrder } from './causal-order.ts';
import { HeldBack } from './held-back.ts';
import { type InFlightState, InFlightTracker, type LostProcess } from './in-flight-tracker.ts';
import { OpenChanges, type OpenChangesState } from './open-changes.ts';
import type { ProcessHandle } from './process-table.ts';

/** How far the cloud has come. */
export interface TrainingProgress {
  rounds: number;
  updates: number;
  gradients: number;
}

/** Plain data. */
export interface JournalRecorderState {
  inFlight: InFlightState;
  changes: OpenChangesState;
  progress: TrainingProgress;
  /** The newest version and round of the cloud that any process has reported. */
  newest: { version: number; round: number };
  /** By server: the last round that it has opened; by worker of a tree of models: its last window. */
  rounds: Map<string, number>;
  /** By server of a tree of models: the newest version of its model that it has sent. */
  versions: Map<string, number>;
  /** Nodes that have crashed and not recovered. */
  down: Set<string>;
  /** Servers whose link to the one above is cut. */
  cut: Set<string>;
  /** Computed gradients, as reported by processes that have ended. */
  computed: number;
}

interface JournalRecorderParts {
  settings: Pick<WorldSettings, 'servers' | 'hierarchy'>;
  journal: JournalWriter;
  /** Number of slots: keeps ids of different processes distinct. */
  slots: number;
  nowUs: () => TimeUs;
  /** Facts of an evaluation came in. */
  onMeasured: (facts: Record<string, unknown>) => void;
  onRoundEnded: (round: number) => void;
  /** Another gradient has been started; `gradients`: the number so far. */
  onStarted: (gradients: number) => void;
}

type Complete = (event: SimulatedEvent) => SimulatedEvent;

/** Writes the journal of a live run from the coordinator's own events and the processes' reports. */
export class JournalRecorder {
  readonly #parts: JournalRecorderParts;
  readonly #inFlight: InFlightTracker;
  readonly #changes: OpenChanges;
  readonly #cloud: string;
  readonly #isTree: boolean;
  readonly #state: Omit<JournalRecorderState, 'inFlight' | 'changes'>;
  readonly #evaluations = new Set<number>();
  readonly #heldBack = new HeldBack();
  readonly #order = new CausalOrder();
  #lastUs: TimeUs = 0;
  #newestAnywhere = 0;

  constructor(parts: JournalRecorderParts, saved?: JournalRecorderState) {
    const { servers, hierarchy } = parts.settings;
    this.#parts = parts;
    this.#isTree = hierarchy !== null;
    this.#inFlight = new InFlightTracker(servers, this.#isTree, saved?.inFlight);
    this.#cloud = servers.find(({ parent }) => parent === null)!.id;
    const numberOf = (given: number) => coordinatorNumber(given, parts.slots);
    this.#changes = new OpenChanges(this.#cloud, numberOf, saved?.changes);
    this.#state = structuredClone({
      progress: saved?.progress ?? { rounds: 0, updates: 0, gradients: 0 },
      newest: saved?.newest ?? { version: 0, round: 0 },
      rounds: saved?.rounds ?? new Map(),
      versions: saved?.versions ?? new Map(),
      down: saved?.down ?? new Set(),
      cut: saved?.cut ?? new Set(),
      computed: saved?.computed ?? 0,
    });
  }

  get progress(): Readonly<TrainingProgress> {
    return this.#state.progress;
  }

  get newest(): Readonly<JournalRecorderState['newest']> {
    return this.#state.newest;
  }

  /** Of the models of all servers. */
  get newestAnywhere(): number {
    return this.#newestAnywhere;
  }

  /** Gradients that workers have started; windows that they have trained on, in a tree of models. */
  get started(): number {
    return this.#inFlight.started;
  }

  /** Time of the last event. */
  get lastUs(): TimeUs {
    return this.#lastUs;
  }

  /** Whether the node has crashed and not recovered, by the journal. */
  isDown(node: string): boolean {
    return this.#state.down.has(node);
  }

  /** Whether the server's link to the one above is cut, by the journal. */
  isCut(server: string): boolean {
    return this.#state.cut.has(server);
  }

  /** Reported ends of a process whose beginning no process has reported, and what follows from them. */
  earlyEndsOf({ slot: { index }, generation }: ProcessHandle): number {
    return (
      this.#inFlight.earlyFrom(this.#keyOf(index, generation)) + this.#order.waitingFrom(index)
    );
  }

  /** The last round that a server has opened, the last window of a worker. */
  roundOf(node: string): number {
    return this.#state.rounds.get(node) ?? 0;
  }

  /** Of a server of a tree of models: the newest version of its model that anyone knows. */
  versionOf(server: string): number {
    return this.#state.versions.get(server) ?? 0;
  }

  /** Records an item of a report, after its causes. `complete` adds what the process does not know. */
  take(process: ProcessHandle, item: ReportItem, complete: Complete): void {
    const event = item.type === 'record' ? item.event : null;
    const record = () => this.#take(process, item, complete);
    this.#order.take(process.slot.index, { event, record });
  }

  #take(process: ProcessHandle, item: ReportItem, complete: Complete): void {
    const { journal, onMeasured } = this.#parts;
    const keyOf = (late: number) => this.#keyOf(process.slot.index, late);
    if (item.type === 'settle') {
      const key = keyOf(item.late);
      if (this.#evaluations.delete(key)) onMeasured(item.facts);
      journal.settle(key, item.facts);
      return;
    }
    const { late } = item;
    const event = complete(item.event);
    const key = late === null ? undefined : keyOf(late);
    const isOfCloud = event.type === 'evaluated' && event.server === this.#cloud;
    if (isOfCloud && key !== undefined) this.#evaluations.add(key);
    for (const each of this.#inFlight.enter(
      event,
      this.#keyOf(process.slot.index, process.generation),
    )) {
      this.record(each, undefined, each === event ? key : undefined);
    }
  }

  /** A key that is unique in the run, from a number that is unique in the slot. */
  #keyOf(slot: number, own: number): number {
    return slot + this.#parts.slots * own;
  }

  /** Time in the journal never goes back. With `late`, facts follow under that key. */
  record(event: SimulatedEvent, timeUs = this.#parts.nowUs(), late?: number): void {
    this.passTo(timeUs);
    const { journal } = this.#parts;
    journal.record(this.#lastUs, event, late);
    if (journal.held > 0) this.#heldBack.add(journal.nextEvent - 1, JSON.stringify(event).length);
    this.#note(event);
  }

  /** The slot for whose facts the journal waits, and the bytes that wait; null for none. */
  get heldBack(): { slot: number; bytes: number } | null {
    const { journal, slots } = this.#parts;
    const first = journal.firstHeld;
    this.#heldBack.writtenBefore(first?.n ?? journal.nextEvent);
    return first === null ? null : { slot: first.late % slots, bytes: this.#heldBack.bytes };
  }

  /** Later records have at least that time. */
  passTo(timeUs: TimeUs): void {
    this.#lastUs = Math.max(this.#lastUs, timeUs);
  }

  #note(event: SimulatedEvent): void {
    const { progress, rounds, down, cut } = this.#state;
    if (this.#isTree) this.#changes.note(event);
    switch (event.type) {
      case 'round-opened':
        rounds.set(event.server, Math.max(this.roundOf(event.server), event.round));
        if (event.server === this.#cloud) this.see(event);
        return;
      case 'gradient-started':
        this.#parts.onStarted(this.#inFlight.started);
        return;
      case 'window-closed':
      case 'window-dropped':
        rounds.set(event.worker, Math.max(this.roundOf(event.worker), event.window));
        return;
      case 'model-sent':
        this.#noteVersion(event.node, event.version);
        return;
      case 'model-received':
        this.#noteVersion(event.from, event.version);
        return;
      case 'updated':
        this.#noteVersion(event.server, event.version);
        if (event.server !== this.#cloud) return;
        progress.updates += 1;
        progress.gradients = event.gradients;
        this.see(event);
        // In a tree of models the root's merges are its rounds.
        if (this.#isTree) this.#endRound(event.round);
        return;
      case 'round-ended':
        this.#endRound(event.round);
        return;
      case 'crashed':
        down.add(event.node);
        return;
      case 'recovered':
        down.delete(event.node);
        return;
      case 'cut':
        cut.add(event.server);
        return;
      case 'restored':
        cut.delete(event.server);
    }
  }

  #endRound(round: number): void {
    this.#state.progress.rounds = round;
    this.#parts.onRoundEnded(round);
  }

  #noteVersion(server: string, version: number): void {
    this.#state.versions.set(server, Math.max(this.versionOf(server), version));
    this.#newestAnywhere = Math.max(this.#newestAnywhere, version);
  }

  /** Records the newest version and round that any process has reported. */
  see({ version, round }: { version: number; round: number }): void {
    const { newest } = this.#state;
    newest.version = Math.max(newest.version, version);
    newest.round = Math.max(newest.round, round);
  }

  /** Settles the missing facts of a lost process as empty. */
  giveUpFacts({ late, slot }: ProcessHandle): void {
    this.#order.lose(slot.index, slot.nodes);
    for (const own of late.keys()) {
      const key = this.#keyOf(slot.index, own);
      this.#evaluations.delete(key);
      this.#parts.journal.settle(key, {});
    }
  }

  /** Records the ends of what was in flight at a lost process. */
  lose(lost: LostProcess): void {
    const events = [...this.#inFlight.lose(lost), ...this.#changes.lose('crashed', lost.nodes)];
    for (const event of events) this.record(event);
  }

  /** The run continues with other processes. */
  resume(): void {
    const events = [...this.#inFlight.resume(), ...this.#changes.lose('resumed')];
    for (const event of events) this.record(event);
  }

  /** Adds the gradients that a process has computed in all. */
  addComputed(gradients: number): void {
    this.#state.computed += gradients;
  }

  /** The run is over. */
  close(reason: EndReason): void {
    this.#order.close();
    for (const event of this.#inFlight.close()) this.record(event);
    for (const event of this.#changes.close()) this.record(event);
    const { computed, progress } = this.#state;
    const { rounds, updates } = progress;
    const gradients = this.#inFlight.started;
    this.record({ type: 'run-ended', reason, rounds, gradients, computed, updates });
  }

  save(): JournalRecorderState {
    const [inFlight, changes] = [this.#inFlight.save(), this.#changes.save()];
    return { ...structuredClone(this.#state), inFlight, changes };
  }
}

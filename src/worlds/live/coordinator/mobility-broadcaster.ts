import type { SimulatedEvent } from '../../../journal/events.ts';
import type { MobilityEvent } from '../../../mobility/contacts.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { FaultTransition, Movement } from '../protocol/movement-message.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';
import { ScheduledByzantine } from './scheduled-byzantine.ts';
import { TracePlayer, type TraceStep } from './trace-player.ts';
import { type Position, WorkerLocations } from './worker-locations.ts';

/** How far ahead processes are sent movements, in wall time. */
const AHEAD_US = 1_000_000;
/** A frame's header is small. */
const MOVEMENTS_A_FRAME = 100;

/** What has its time in the coordinator's queue. */
export type MovementEvent = TraceStep | FaultTransition | { type: 'look-ahead' };

/** Plain data. */
export interface MovementState {
  /** Locations of the workers, without those of lost processes. */
  positions: Map<string, Position>;
  /** Nodes that the journal has as Byzantine. */
  byzantine: Set<string>;
  /** How many movements of the trace have happened: of those of one microsecond it may be some. */
  played: number;
  /** Who was to turn Byzantine or honest later has not. */
  untilUs: TimeUs;
}

interface MovementParts {
  settings: WorldSettings;
  mobility: (repetition: number) => readonly MobilityEvent[] | null;
  processes: ProcessTable;
  speed: number;
  nowUs: () => TimeUs;
  schedule: (timeUs: TimeUs, event: MovementEvent) => void;
  record: (event: SimulatedEvent, timeUs: TimeUs) => void;
}

/**
 * Where workers are and who lies: plays the trace, tells the processes ahead what concerns them, and the
 * journal when it happens.
 */
export class MobilityBroadcaster {
  readonly #parts: MovementParts;
  readonly #player: TracePlayer;
  readonly #attackers: ScheduledByzantine;
  /** Nodes whose attack applies now, or may be drawn for each message. */
  readonly #lying = new Set<string>();
  readonly #byzantine: Set<string>;
  /** As the trace says. */
  readonly #trace = new WorkerLocations();
  /** As the journal says: without workers of lost processes. */
  readonly #shown: WorkerLocations;
  /** Announced to the processes and not yet due. */
  readonly #upcoming: (Movement | FaultTransition)[] = [];
  /** Movements of the trace that have happened. */
  #played = 0;
  readonly #saved: { played: number; untilUs: TimeUs };

  constructor(parts: MovementParts, saved?: MovementState) {
    this.#parts = parts;
    this.#player = new TracePlayer(parts.mobility);
    this.#attackers = new ScheduledByzantine(parts.settings);
    this.#shown = new WorkerLocations(saved?.positions);
    this.#byzantine = new Set(saved?.byzantine);
    this.#saved = saved ?? { played: 0, untilUs: 0 };
  }

  /** Whether the trace has no movements. */
  get isEmpty(): boolean {
    return this.#player.isEmpty;
  }

  /** Workers with a server. */
  get inRange(): number {
    return this.#shown.inRange;
  }

  isOnMap(worker: string): boolean {
    return this.#shown.isOnMap(worker);
  }

  /** The run begins. */
  begin(): void {
    this.#tell(this.#foretold(this.#attackers.begin()));
  }

  /** Instead: it goes on from that time, which the saved state is of. */
  goOn(nowUs: TimeUs): void {
    const turns = this.#attackers.begin();
    const { played, untilUs } = this.#saved;
    for (const movement of this.#player.movements(played)) {
      this.#trace.move(movement);
      turns.push(...this.#attackers.before(movement.timeUs), ...this.#attackers.move(movement));
    }
    this.#played = played;
    turns.push(...this.#attackers.before(untilUs + 1));
    // Only the last transition of each node counts.
    const last = new Map(turns.map((turn) => [turn.node, turn]));
    for (const node of [...this.#byzantine]) {
      const honest: FaultTransition = { ...noTurn, timeUs: nowUs, node, told: { server: null } };
      if (!last.get(node)?.isByzantine) this.#turn(honest, nowUs);
    }
    for (const turn of last.values()) this.#turn(turn, nowUs);
    // A worker that the journal has elsewhere leaves the map, as if its process had been lost.
    for (const id of this.#parts.settings.workers) {
      if (this.#shown.isOnMap(id) && !this.#shown.isSame(this.#trace, id)) this.takeAway(id);
    }
  }

  /** Announces what happens before the next look ahead. */
  lookAhead(): void {
    const { speed, nowUs, schedule, processes } = this.#parts;
    const aheadUs = Math.ceil(AHEAD_US * speed);
    const untilUs = nowUs() + aheadUs;
    const foretold: (Movement | FaultTransition)[] = [];
    for (const step of this.#player.upTo(untilUs)) {
      foretold.push(...this.#foretold(this.#attackers.before(step.timeUs)));
      schedule(step.timeUs, step);
      if (step.type !== 'movement') continue;
      const { movement } = step;
      // Workers of a lost process no longer move.
      if (processes.isThere(movement.worker)) {
        // Fault transitions are sent before the movement that causes them.
        foretold.push(...this.#foretold(this.#attackers.move(movement)), movement);
      }
      this.#upcoming.push(movement);
    }
    this.#tell([...foretold, ...this.#foretold(this.#attackers.before(untilUs + 1))]);
    schedule(nowUs() + Math.ceil(aheadUs / 4), { type: 'look-ahead' });
  }

  /** Its time has come. */
  happens(movement: Movement | FaultTransition, timeUs: TimeUs): void {
    this.#upcoming.splice(this.#upcoming.indexOf(movement), 1);
    if (movement.type === 'turn') {
      this.#turn(movement, timeUs);
      return;
    }
    this.#played += 1;
    this.#trace.move(movement);
    if (this.#parts.processes.isThere(movement.worker)) this.#show(movement, timeUs);
  }

  /** The worker's process is lost: the worker leaves the map. */
  takeAway(worker: string): void {
    const timeUs = this.#parts.nowUs();
    this.#tell(this.#foretold(this.#attackers.lose(worker, timeUs)));
    for (const movement of this.#shown.departure(worker, timeUs)) this.#show(movement, timeUs);
  }

  /** Sends a successor the locations of the workers and which of its nodes are Byzantine. */
  inform(process: ProcessHandle): void {
    const { role, nodes } = process.slot;
    const { settings, nowUs } = this.#parts;
    const timeUs = nowUs();
    if (role === 'server') {
      this.#tell(
        settings.workers.flatMap((worker) => this.#shown.arrival(worker, timeUs)),
        process,
      );
    }
    const lying = nodes.filter((node) => this.#lying.has(node));
    const turns = lying.map(
      (node): FaultTransition => ({ ...noTurn, timeUs, node, isByzantine: true }),
    );
    this.#tell([...turns, ...this.#upcoming], process);
    if (role !== 'workers') return;
    // On the map are those of a run that was resumed.
    this.#tell(
      nodes.flatMap((worker) => this.#shown.arrival(worker, timeUs)),
      process,
    );
    const away = nodes.filter((worker) => !this.#shown.isOnMap(worker));
    if (away.length > 0) this.#bringBack(process, away, timeUs);
  }

  save(nowUs: TimeUs): MovementState {
    // Timers are late: what was due just before the clock was held may have to happen yet.
    const untilUs = this.#upcoming.reduce(
      (least, { timeUs }) => Math.min(least, timeUs - 1),
      nowUs,
    );
    return {
      positions: this.#shown.save(),
      byzantine: new Set(this.#byzantine),
      played: this.#played,
      untilUs,
    };
  }

  /** Workers of a successor enter the map again, where the trace has them now. */
  #bringBack(process: ProcessHandle, workers: readonly string[], timeUs: TimeUs): void {
    const arrivals = workers.flatMap((worker) => this.#trace.arrival(worker, timeUs));
    this.#tell(arrivals);
    for (const movement of arrivals) this.#show(movement, timeUs);
    // Their servers were not sent the movements ahead.
    const own = new Set(workers);
    const ahead = this.#upcoming.filter(
      (each): each is Movement => each.type !== 'turn' && own.has(each.worker),
    );
    this.#tell(this.#foretold(this.#attackers.comeBack([...arrivals, ...ahead], timeUs)));
    for (const other of this.#parts.processes.present)
      if (other !== process) this.#tell(ahead, other);
  }

  #foretold(turns: readonly FaultTransition[]): readonly FaultTransition[] {
    for (const turn of turns) this.#parts.schedule(turn.timeUs, turn);
    this.#upcoming.push(...turns);
    return turns;
  }

  /** Sends each process, or only one, the movements that concern its nodes, in order of time. */
  #tell(movements: readonly (Movement | FaultTransition)[], only?: ProcessHandle): void {
    const { processes } = this.#parts;
    const byPlace = new Map<number, (Movement | FaultTransition)[]>();
    for (const movement of movements) {
      for (const slot of this.#concernedBy(movement)) {
        const others = byPlace.get(slot);
        if (others) others.push(movement);
        else byPlace.set(slot, [movement]);
      }
    }
    for (const [slot, own] of byPlace) {
      // A process that is not ready yet is sent them when it is.
      const process = processes.isReady(slot) ? processes.at(slot) : null;
      if (only !== undefined && process !== only) continue;
      for (let from = 0; from < own.length; from += MOVEMENTS_A_FRAME) {
        const some = own.slice(from, from + MOVEMENTS_A_FRAME);
        processes.tell(process, { type: 'movements', movements: some });
      }
    }
  }

  #concernedBy(movement: Movement | FaultTransition): Set<number> {
    const { processes } = this.#parts;
    if (movement.type === 'turn') return new Set([processes.slotOf(movement.node)]);
    const nodes: (string | null)[] = [movement.worker];
    if ('server' in movement) nodes.push(movement.server);
    if (movement.type === 'associate') nodes.push(movement.previous);
    return new Set(nodes.flatMap((node) => (node === null ? [] : [processes.slotOf(node)])));
  }

  /** A movement of a worker whose process is there. */
  #show(movement: Movement, timeUs: TimeUs): void {
    const { record } = this.#parts;
    this.#shown.move(movement);
    if (movement.type === 'associate') {
      const { worker, server, previous } = movement;
      const handover = previous !== null && server !== null;
      record({ type: 'associate', worker, server, previous, handover }, timeUs);
      return;
    }
    const { timeUs: _, ...event } = movement;
    record(event, timeUs);
  }

  #turn({ node, isByzantine, told }: FaultTransition, timeUs: TimeUs): void {
    const { record, processes } = this.#parts;
    if (isByzantine) this.#lying.add(node);
    else this.#lying.delete(node);
    // Ignores scheduled fault transitions of a lost process.
    if (
      told === null ||
      this.#byzantine.has(node) === isByzantine ||
      (isByzantine && !processes.isThere(node))
    )
      return;
    if (isByzantine) this.#byzantine.add(node);
    else this.#byzantine.delete(node);
    record({ type: isByzantine ? 'turned-byzantine' : 'turned-honest', node, ...told }, timeUs);
  }
}

const noTurn = { type: 'turn', isByzantine: false, told: null } as const;

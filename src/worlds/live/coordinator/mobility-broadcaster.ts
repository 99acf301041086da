import type { SimulatedEvent } from '../../../journal/events.ts';
import type { MovementList } from '../../../mobility/contacts.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { FaultTransition, Movement } from '../protocol/movement-message.ts';
import { announce } from './movement-announcement.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';
import { ScheduledByzantine } from './scheduled-byzantine.ts';
import { TracePlayer, type TraceStep } from './trace-player.ts';
import { type Position, WorkerLocations } from './worker-locations.ts';

/** How far ahead processes are sent movements, in wall time. */
const AHEAD_US = 1_000_000;

/** Events of movement in the coordinator's queue. */
export type MovementEvent = TraceStep | FaultTransition | { type: 'look-ahead' };

/** Plain data. */
export interface MovementState {
  /** Locations of the workers, without those of lost processes. */
  positions: Map<string, Position>;
  /** Nodes that the journal has as Byzantine. */
  byzantine: Set<string>;
  /**
   * How many movements of the trace have happened; possibly only some of those of one microsecond.
   */
  played: number;
  /** Fault transitions up to this time have happened. */
  untilUs: TimeUs;
}

interface MovementParts {
  settings: WorldSettings;
  mobility: (repetition: number) => MovementList | null;
  processes: ProcessTable;
  speed: number;
  nowUs: () => TimeUs;
  schedule: (timeUs: TimeUs, event: MovementEvent) => void;
  record: (event: SimulatedEvent, timeUs: TimeUs) => void;
  contactEnds: (movement: Movement & { type: 'leave-range' }, timeUs: TimeUs) => void;
  /** The server that the workers of one are with. */
  serverOf: (server: string) => string;
}

/**
 * Where workers are and which nodes are Byzantine: plays the trace, announces to the processes
 * ahead of time what concerns them, and records each change when it happens.
 */
export class MobilityBroadcaster {
  readonly #parts: MovementParts;
  readonly #player: TracePlayer;
  readonly #attackers: ScheduledByzantine;
  /** Nodes whose attack applies now, or may be drawn for each message. */
  readonly #attacking = new Set<string>();
  readonly #byzantine: Set<string>;
  /** Locations in the trace. */
  readonly #trace = new WorkerLocations();
  /** Locations in the journal: without workers of lost processes. */
  readonly locations: WorkerLocations;
  /** Announced to the processes and not yet due. */
  readonly #upcoming: (Movement | FaultTransition)[] = [];
  /** Movements of the trace that have happened. */
  #played = 0;
  readonly #saved: { played: number; untilUs: TimeUs };

  constructor(parts: MovementParts, saved?: MovementState) {
    this.#parts = parts;
    this.#player = new TracePlayer(parts.mobility, parts.settings.loadPolicy);
    this.#attackers = new ScheduledByzantine(parts.settings);
    this.locations = new WorkerLocations(saved?.positions);
    this.#byzantine = new Set(saved?.byzantine);
    this.#saved = saved ?? { played: 0, untilUs: 0 };
  }

  /** Whether the trace has no movements. */
  get isEmpty(): boolean {
    return this.#player.isEmpty;
  }

  /** Workers with a server. */
  get inRange(): number {
    return this.locations.inRange;
  }

  isOnMap(worker: string): boolean {
    return this.locations.isOnMap(worker);
  }

  /** The run begins. */
  begin(): void {
    announce(this.#parts.processes, this.#scheduled(this.#attackers.begin()));
  }

  /** Begins instead from the saved state, which is of that time. */
  goOn(nowUs: TimeUs): void {
    const transitions = this.#attackers.begin();
    const { played, untilUs } = this.#saved;
    for (const movement of this.#player.movements(played)) {
      this.#trace.move(movement);
      transitions.push(
        ...this.#attackers.before(movement.timeUs),
        ...this.#attackers.move(movement),
      );
    }
    // Those of a server that is lost are with its standby.
    for (const id of this.#parts.settings.workers) {
      const server = this.#trace.serverOf(id);
      const movement = server && this.#trace.handover(id, this.#parts.serverOf(server), 0);
      if (movement) this.#trace.move(movement);
    }
    this.#played = played;
    transitions.push(...this.#attackers.before(untilUs + 1));
    // Only the last transition of each node counts.
    const last = new Map(transitions.map((transition) => [transition.node, transition]));
    for (const node of [...this.#byzantine]) {
      const honest: FaultTransition = {
        ...noTransition,
        timeUs: nowUs,
        node,
        recorded: { server: null },
      };
      if (!last.get(node)?.isByzantine) this.#change(honest, nowUs);
    }
    for (const transition of last.values()) this.#change(transition, nowUs);
    // A worker that the journal has elsewhere leaves the map, as if its process had been lost.
    for (const id of this.#parts.settings.workers) {
      if (this.locations.isOnMap(id) && !this.locations.isSame(this.#trace, id)) this.takeAway(id);
    }
  }

  /** Announces what happens before the next look ahead. */
  lookAhead(): void {
    const { speed, nowUs, schedule, processes } = this.#parts;
    const aheadUs = Math.ceil(AHEAD_US * speed);
    const untilUs = nowUs() + aheadUs;
    const announced: (Movement | FaultTransition)[] = [];
    for (const step of this.#player.upTo(untilUs)) {
      announced.push(...this.#scheduled(this.#attackers.before(step.timeUs)));
      schedule(step.timeUs, step);
      if (step.type !== 'movement') continue;
      const { movement } = step;
      // Workers of a lost process no longer move.
      if (processes.isThere(movement.worker)) {
        // Fault transitions are sent before the movement that causes them.
        announced.push(...this.#scheduled(this.#attackers.move(movement)), movement);
      }
      this.#upcoming.push(movement);
    }
    announce(this.#parts.processes, [
      ...announced,
      ...this.#scheduled(this.#attackers.before(untilUs + 1)),
    ]);
    schedule(nowUs() + Math.ceil(aheadUs / 4), { type: 'look-ahead' });
  }

  /** Its time has come. */
  happens(movement: Movement | FaultTransition, timeUs: TimeUs): void {
    this.#upcoming.splice(this.#upcoming.indexOf(movement), 1);
    if (movement.type === 'fault-transition') {
      this.#change(movement, timeUs);
      return;
    }
    this.#played += 1;
    this.#trace.move(movement);
    if (this.#parts.processes.isThere(movement.worker)) this.#show(movement, timeUs);
  }

  /** The worker's process is lost: the worker leaves the map. */
  takeAway(worker: string): void {
    const timeUs = this.#parts.nowUs();
    announce(this.#parts.processes, this.#scheduled(this.#attackers.lose(worker, timeUs)));
    for (const movement of this.locations.departure(worker, timeUs)) this.#show(movement, timeUs);
  }

  /** Sends a successor the locations of the workers and which of its nodes are Byzantine. */
  inform(process: ProcessHandle): void {
    const { role, nodes } = process.slot;
    const { settings, nowUs } = this.#parts;
    const timeUs = nowUs();
    if (role !== 'workers') {
      announce(
        this.#parts.processes,
        settings.workers.flatMap((worker) => this.locations.arrival(worker, timeUs)),
        process,
      );
    }
    const attacking = nodes.filter((node) => this.#attacking.has(node));
    const transitions = attacking.map(
      (node): FaultTransition => ({ ...noTransition, timeUs, node, isByzantine: true }),
    );
    announce(this.#parts.processes, [...transitions, ...this.#upcoming], process);
    if (role !== 'workers') return;
    // Only in a resumed run are some of them on the map.
    announce(
      this.#parts.processes,
      nodes.flatMap((worker) => this.locations.arrival(worker, timeUs)),
      process,
    );
    const away = nodes.filter((worker) => !this.locations.isOnMap(worker));
    if (away.length > 0) this.#bringBack(process, away, timeUs);
  }

  /** A worker goes to a server that it reaches, other than by the trace. */
  reassociate(worker: string, server: string): void {
    const { nowUs, processes } = this.#parts;
    const movement = this.#trace.handover(worker, server, nowUs());
    if (movement === null) return;
    this.#trace.move(movement);
    // One whose process is lost comes back to where it is then.
    if (!processes.isThere(worker) || !this.locations.isOnMap(worker)) return;
    announce(this.#parts.processes, [movement]);
    this.#show(movement, movement.timeUs);
  }

  save(nowUs: TimeUs): MovementState {
    // Timers are late: what was due just before the clock was held may have to happen yet.
    const untilUs = this.#upcoming.reduce(
      (least, { timeUs }) => Math.min(least, timeUs - 1),
      nowUs,
    );
    return {
      positions: this.locations.save(),
      byzantine: new Set(this.#byzantine),
      played: this.#played,
      untilUs,
    };
  }

  /** Workers of a successor enter the map again, where the trace has them now. */
  #bringBack(process: ProcessHandle, workers: readonly string[], timeUs: TimeUs): void {
    const arrivals = workers.flatMap((worker) => this.#trace.arrival(worker, timeUs));
    announce(this.#parts.processes, arrivals);
    for (const movement of arrivals) this.#show(movement, timeUs);
    // Their servers were not sent the movements ahead.
    const own = new Set(workers);
    const ahead = this.#upcoming.filter(
      (each): each is Movement => each.type !== 'fault-transition' && own.has(each.worker),
    );
    announce(
      this.#parts.processes,
      this.#scheduled(this.#attackers.comeBack([...arrivals, ...ahead], timeUs)),
    );
    for (const other of this.#parts.processes.present)
      if (other !== process) announce(this.#parts.processes, ahead, other);
  }

  #scheduled(transitions: readonly FaultTransition[]): readonly FaultTransition[] {
    for (const transition of transitions) this.#parts.schedule(transition.timeUs, transition);
    this.#upcoming.push(...transitions);
    return transitions;
  }

  /** A movement of a worker whose process is present. */
  #show(movement: Movement, timeUs: TimeUs): void {
    const { record, contactEnds } = this.#parts;
    if (movement.type === 'leave-range') contactEnds(movement, timeUs);
    this.locations.move(movement);
    if (movement.type === 'associate') {
      const { worker, server, previous } = movement;
      const handover = previous !== null && server !== null;
      const { handoverDelayUs } = this.#parts.settings;
      const delay = handover && handoverDelayUs > 0 ? { delayUs: handoverDelayUs } : {};
      record({ type: 'associate', worker, server, previous, handover, ...delay }, timeUs);
      return;
    }
    const { timeUs: _, signal: __, ...event } = { signal: undefined, ...movement };
    record(event, timeUs);
  }

  #change({ node, isByzantine, recorded }: FaultTransition, timeUs: TimeUs): void {
    const { record, processes } = this.#parts;
    if (isByzantine) this.#attacking.add(node);
    else this.#attacking.delete(node);
    // Ignores scheduled fault transitions of a lost process.
    if (
      recorded === null ||
      this.#byzantine.has(node) === isByzantine ||
      (isByzantine && !processes.isThere(node))
    )
      return;
    if (isByzantine) this.#byzantine.add(node);
    else this.#byzantine.delete(node);
    record({ type: isByzantine ? 'turned-byzantine' : 'turned-honest', node, ...recorded }, timeUs);
  }
}

const noTransition = { type: 'fault-transition', isByzantine: false, recorded: null } as const;

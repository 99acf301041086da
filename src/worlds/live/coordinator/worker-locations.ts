import { isDeepStrictEqual } from 'node:util';
import type { EntityKind } from '../../../mobility/fcd/fcd-sink.ts';
import type { Signal } from '../../../mobility/radio/signal.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { Movement } from '../protocol/movement-message.ts';

/** Where one worker is: plain data. */
export interface Position {
  /** Null while it is not on the map. */
  entity: { entity: string; kind: EntityKind } | null;
  /** By server in range. */
  contacts: Map<string, number>;
  /** By contact, where the radio's model foretells it. */
  signals: Map<number, Signal>;
  isInRegion: boolean;
  server: string | null;
}

/** Where all workers are, by the movements so far. */
export class WorkerLocations {
  readonly #positions: Map<string, Position>;

  constructor(positions: ReadonlyMap<string, Position> = new Map()) {
    this.#positions = structuredClone(positions) as Map<string, Position>;
  }

  move(movement: Movement): void {
    const position = this.#of(movement.worker);
    switch (movement.type) {
      case 'enter-map':
        position.entity = { entity: movement.entity, kind: movement.kind };
        return;
      case 'leave-map':
        position.entity = null;
        return;
      case 'enter-range':
        position.contacts.set(movement.server, movement.contact);
        if (movement.signal !== undefined) position.signals.set(movement.contact, movement.signal);
        return;
      case 'leave-range':
        position.contacts.delete(movement.server);
        position.signals.delete(movement.contact);
        return;
      case 'enter-region':
      case 'leave-region':
        position.isInRegion = movement.type === 'enter-region';
        return;
      case 'associate':
        position.server = movement.server;
    }
  }

  /** The movements that bring a worker from off the map to its location. */
  arrival(worker: string, timeUs: TimeUs): Movement[] {
    const { entity, contacts, signals, isInRegion, server } = this.#of(worker);
    const contact = server === null ? undefined : contacts.get(server);
    return [
      ...(entity === null ? [] : [{ timeUs, type: 'enter-map', worker, ...entity } as const]),
      ...[...contacts].map(([near, number]) => {
        const signal = signals.get(number);
        const ofContact = signal === undefined ? {} : { signal };
        const named = { worker, server: near, contact: number };
        return { timeUs, type: 'enter-range', ...named, ...ofContact } as const;
      }),
      ...(isInRegion ? [{ timeUs, type: 'enter-region', worker } as const] : []),
      ...(contact === undefined
        ? []
        : [associate(worker, timeUs, { server, previous: null, reason: 'left-range' })]),
    ];
  }

  /** The movements that take a worker off the map from where it is. */
  departure(worker: string, timeUs: TimeUs): Movement[] {
    const { entity, contacts, isInRegion, server } = this.#of(worker);
    return [
      ...[...contacts].map(([near, contact]) => {
        return { timeUs, type: 'leave-range', worker, server: near, contact } as const;
      }),
      ...(isInRegion ? [{ timeUs, type: 'leave-region', worker } as const] : []),
      ...(server === null
        ? []
        : [associate(worker, timeUs, { server: null, previous: server, reason: 'left-map' })]),
      ...(entity === null ? [] : [{ timeUs, type: 'leave-map', worker, ...entity } as const]),
    ];
  }

  /**
   * The movement that takes a worker from its server to another one; null where it is with none, or
   * with that one.
   */
  handover(worker: string, server: string, timeUs: TimeUs): Movement | null {
    const { server: previous } = this.#of(worker);
    if (previous === null || previous === server) return null;
    return associate(worker, timeUs, { server, previous, reason: 'handover' });
  }

  serverOf(worker: string): string | null {
    return this.#of(worker).server;
  }

  /** Whether the worker's location is the same in both. */
  isSame(other: WorkerLocations, worker: string): boolean {
    return isDeepStrictEqual(this.#of(worker), other.#of(worker));
  }

  /** The contact of a worker and a server that lasts. */
  contactOf(worker: string, server: string): number | undefined {
    return this.#of(worker).contacts.get(server);
  }

  signalOf(worker: string, contact: number): Signal | undefined {
    return this.#of(worker).signals.get(contact);
  }

  isOnMap(worker: string): boolean {
    return this.#of(worker).entity !== null;
  }

  /** Workers with a server. */
  get inRange(): number {
    return [...this.#positions.values()].filter(({ server }) => server !== null).length;
  }

  save(): Map<string, Position> {
    return structuredClone(this.#positions);
  }

  #of(worker: string): Position {
    const known = this.#positions.get(worker);
    if (known !== undefined) return known;
    const nowhere = { entity: null, isInRegion: false, server: null };
    const position = { ...nowhere, contacts: new Map(), signals: new Map() };
    this.#positions.set(worker, position);
    return position;
  }
}

function associate(
  worker: string,
  timeUs: TimeUs,
  how: Pick<Movement & { type: 'associate' }, 'server' | 'previous' | 'reason'>,
): Movement {
  return { timeUs, type: 'associate', worker, ...how };
}

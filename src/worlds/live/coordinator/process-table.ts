import type { Connection } from '../../../transport/connection.ts';
import { newNonce } from '../../../transport/nonce.ts';
import { type CoordinatorMessage, say } from '../protocol/control-message.ts';
import type { Address, HostPlace } from '../protocol/placement.ts';
import type { LateType } from '../protocol/reported-event.ts';
import type { Silence } from '../protocol/silence.ts';

/** A process that runs the nodes of a place, from when it joins until it is lost. */
export interface Host {
  readonly place: HostPlace;
  /** Which of the processes that the place has had, from 0. */
  readonly generation: number;
  readonly connection: Connection;
  readonly pid: number;
  /** The cloud's second one, for its model. */
  bulk: Connection | null;
  /** What that has to show, once; null afterwards, and where there is none. */
  nonce: string | null;
  readonly silence: Silence;
  /** Once it is ready. */
  address: Address | null;
  isLost: boolean;
  hasEnded: boolean;
  /** The last change of the clock that it has taken note of. */
  heldAt: number;
  /** Reasons of its own for which the clock stands still. */
  holds: number;
  /** How often it has held the clock. */
  held: number;
  /** Batches that it has asked for and was not given. */
  batches: number;
  /** How often it has said that another has sent it what does not fit. */
  accusations: number;
  /** What it has recorded whose facts are still missing, by its own numbers for them. */
  readonly late: Map<number, LateType>;
  /** The last numbers of gradients and of results that it has given. */
  readonly lastNumber: { 'gradient-started': number; aggregated: number };
}

/** A place and its process, for those who watch. */
export interface HostStatus {
  host: number;
  role: string;
  nodes: number;
  /** 0 where none has ever been. */
  pid: number;
  isLost: boolean;
  isReady: boolean;
}

/** The processes of a live world: who runs which nodes now. */
export class ProcessTable {
  readonly places: readonly HostPlace[];
  /** By place: how many processes of it were lost so far. */
  readonly generations: number[];
  /** By place: its last process. */
  readonly #hosts: (Host | null)[];
  readonly #placeOf: ReadonlyMap<string, number>;

  constructor(places: readonly HostPlace[], generations: readonly number[] = places.map(() => 0)) {
    this.places = places;
    this.generations = [...generations];
    this.#hosts = places.map(() => null);
    this.#placeOf = new Map(places.flatMap(({ host, nodes }) => nodes.map((node) => [node, host])));
  }

  /** Everyone who is there, ready or not. */
  get present(): readonly Host[] {
    return this.#hosts.filter((host): host is Host => host?.isLost === false);
  }

  /** Everyone, for those who watch. */
  get status(): HostStatus[] {
    return this.places.map(({ host, role, nodes }) => {
      const { pid = 0, isLost = true } = this.#hosts[host] ?? {};
      return { host, role, nodes: nodes.length, pid, isLost, isReady: this.isReady(host) };
    });
  }

  /** By place: where it is reached; null for those that are not ready. */
  get addresses(): (Address | null)[] {
    return this.places.map(({ host }) => this.at(host)?.address ?? null);
  }

  /** The process of a place, while it is there. */
  at(place: number): Host | null {
    const host = this.#hosts[place] ?? null;
    return host?.isLost === false ? host : null;
  }

  isNode(node: string): boolean {
    return this.#placeOf.has(node);
  }

  placeOf(node: string): number {
    return this.#placeOf.get(node)!;
  }

  /** Whether its process is there and ready. */
  isReady(place: number): boolean {
    return this.at(place)?.address != null;
  }

  /** The process of a node, while it is there. */
  hostOf(node: string): Host | null {
    return this.at(this.placeOf(node));
  }

  /** Whether a node's process is there and ready. */
  isThere(node: string): boolean {
    return this.isReady(this.placeOf(node));
  }

  /** Whether a node is a server; the cloud is one. */
  isServer(node: string): boolean {
    return this.places[this.placeOf(node)]!.role !== 'workers';
  }

  get areAllReady(): boolean {
    return this.places.every(({ host }) => this.isReady(host));
  }

  join(place: HostPlace, connection: Connection, pid: number, silence: Silence): Host {
    const host: Host = {
      place,
      generation: this.generations[place.host]!,
      connection,
      pid,
      bulk: null,
      nonce: place.role === 'cloud' ? newNonce() : null,
      silence,
      address: null,
      isLost: false,
      hasEnded: false,
      heldAt: Number.POSITIVE_INFINITY,
      holds: 0,
      held: 0,
      batches: 0,
      accusations: 0,
      late: new Map(),
      lastNumber: { 'gradient-started': -1, aggregated: -1 },
    };
    this.#hosts[place.host] = host;
    return host;
  }

  lose(host: Host): void {
    this.drop(host);
    this.generations[host.place.host]! += 1;
  }

  /** It is gone before it has done anything that others know of: the next one is in its stead. */
  drop(host: Host): void {
    host.isLost = true;
    host.bulk?.destroy();
  }

  tell(
    host: Host | null,
    message: CoordinatorMessage,
    body: Uint8Array | Float32Array | null = null,
  ): void {
    if (host !== null && !host.isLost) say(host.connection, message, body);
  }

  broadcast(message: CoordinatorMessage): void {
    for (const host of this.present) this.tell(host, message);
  }
}

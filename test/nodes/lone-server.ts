import { InnerServer, type InnerServerState, newInnerServer } from '#src/nodes/inner-server.js';
import type { ValueId } from '#src/nodes/messages.js';
import { type RoundMode, synchronous } from '#src/nodes/round-mode.js';
import type { ServerLayerSettings, ServerPlace } from '#src/nodes/settings.js';
import { FakeContext, roundOf, type SetTimer } from './fake-context.ts';
import { edgePlace, layer } from './places.ts';

/** A server above `a` and `b`. */
export const regionPlace: ServerPlace = {
  id: 'r',
  layer: 'region',
  parent: 'cloud',
  standby: null,
  children: ['a', 'b'],
};

export interface LoneServerOptions {
  settings?: Partial<ServerLayerSettings>;
  place?: ServerPlace;
  workers?: readonly string[];
  mode?: RoundMode;
}

/** One server below the cloud, in a world in which nothing happens by itself. */
export class LoneServer {
  readonly context = new FakeContext();
  readonly state: InnerServerState;
  readonly node: InnerServer;
  /** A model that the test owns. */
  readonly theta: ValueId = this.context.value();
  #nextId = 0;

  constructor({
    settings = {},
    place = edgePlace,
    workers = [],
    mode = synchronous,
  }: LoneServerOptions) {
    this.state = newInnerServer(place.id);
    this.node = new InnerServer(this.state, place, layer(settings), mode, this.context);
    for (const worker of workers) this.node.childJoined(worker);
  }

  /** The server above sends a model. */
  open(round = 1, version = round - 1): void {
    this.node.receive('cloud', { type: 'theta', round, version, value: this.theta });
  }

  /** Delivers a gradient; its value dies with the message unless the server keeps it. */
  deliver(worker: string, round = 1, version = round - 1, mayBeByzantine = false): ValueId {
    const value = this.context.value();
    const gradient = this.#nextId;
    this.#nextId += 1;
    const message = { type: 'gradient', round, version, gradient, value } as const;
    this.node.receive(worker, mayBeByzantine ? { ...message, mayBeByzantine } : message);
    this.context.release(value);
    return value;
  }

  /** Delivers a child server's result. */
  deliverResult(
    from: string,
    result: number,
    gradients = 1,
    { round = 1, version = 0 } = {},
  ): void {
    const value = this.context.value();
    this.node.receive(from, { type: 'result', round, version, result, gradients, value });
    this.context.release(value);
  }

  /** Wakes it with its oldest waiting timer of that kind, and returns what was set. */
  wake(kind: 'deadline' | 'decide' | 'aggregated'): SetTimer {
    const at = this.context.timers.findIndex(({ timer }) => timer.kind === kind);
    const [set] = this.context.timers.splice(at, 1);
    this.node.wake(set!.timer);
    return set!;
  }

  /** Number, outcome and reason of every gradient that has ended. */
  get ends(): unknown[] {
    return this.context.journal.flatMap((event) =>
      event.type === 'gradient-ended' ? [[event.gradient, event.outcome, event.reason]] : [],
    );
  }

  get types(): string[] {
    return this.context.journal.map(({ type }) => type);
  }

  /** Takes out what was sent so far: to whom, and what. */
  takeSent(): [to: string, type: string, round: number][] {
    return this.context.takeSent().map(({ to, message }) => [to, message.type, roundOf(message)]);
  }
}

import type { Failure } from '../../../faults/failure.ts';
import { NamedStreams } from '../../../simulation/named-streams.ts';
import type { RandomState, RandomStream } from '../../../simulation/random.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { type FailingWorld, Failures } from '../../failures.ts';
import { type Failover, Standbys } from '../../standbys.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { FailureMessage } from '../protocol/movement-message.ts';

/** A failure begins or is over. `failure`: its index in the settings. */
export interface FailureEvent {
  type: 'failure' | 'recovery';
  failure: number;
}

interface LiveFailureParts {
  settings: Pick<WorldSettings, 'failures' | 'seed' | 'servers'>;
  /** Whether a node takes part now. */
  canFail: (node: string) => boolean;
  schedule: (timeUs: TimeUs, event: FailureEvent) => void;
  /** Sends a message to the process of a node. */
  send: (node: string, message: FailureMessage) => void;
  /** The children of a server are with another one now. */
  failOver: (failover: Failover, to: string) => void;
}

/** Plain data. */
export interface LiveFailuresState {
  down: Set<string>;
  cut: Set<string>;
  streams: Map<string, RandomState>;
  /** Failures to come. */
  pending: { timeUs: TimeUs; event: FailureEvent }[];
}

/**
 * Crashes, recoveries, cuts and restored links of the live world: the coordinator draws the times
 * and notifies the processes concerned when they come. The node's own process records the event.
 */
export class LiveFailures implements FailingWorld {
  /** Nodes that have crashed, and servers whose link to the one above is cut. */
  readonly down: Set<string>;
  readonly cut: Set<string>;
  readonly #parts: LiveFailureParts;
  readonly #streams: NamedStreams;
  readonly #parents: ReadonlyMap<string, string | null>;
  readonly #failures: Failures;
  readonly #pending: LiveFailuresState['pending'];
  readonly #standbys: Standbys;
  #awaited = 0;

  constructor(parts: LiveFailureParts, saved?: LiveFailuresState) {
    const { seed, servers, failures } = parts.settings;
    this.#parts = parts;
    this.down = new Set(saved?.down);
    this.cut = new Set(saved?.cut);
    this.#streams = new NamedStreams(seed, saved?.streams);
    this.#pending = saved?.pending ?? [];
    this.#parents = new Map(servers.map(({ id, parent }) => [id, parent]));
    this.#failures = new Failures(failures, this);
    this.#standbys = new Standbys(servers, (id) => this.down.has(id) || this.cut.has(id));
  }

  /** Whether something that failed at a set time is still to recover. */
  get awaitsRecovery(): boolean {
    return this.#awaited > 0;
  }

  start(): void {
    this.#failures.start();
  }

  /** Instead of `start`, with what was saved. */
  goOn(): void {
    for (const { timeUs, event } of this.#pending) this.schedule(timeUs, event);
  }

  /** `waiting`: all that waits for its time, these among it. */
  save(waiting: readonly { timeUs: TimeUs; event: { type: string } }[]): LiveFailuresState {
    const isOwn = (event: { type: string }): event is FailureEvent =>
      event.type === 'failure' || event.type === 'recovery';
    return {
      down: new Set(this.down),
      cut: new Set(this.cut),
      streams: this.#streams.states,
      pending: waiting.flatMap(({ timeUs, event }) => (isOwn(event) ? [{ timeUs, event }] : [])),
    };
  }

  handle(event: FailureEvent, nowUs: TimeUs): void {
    if (event.type === 'recovery' && this.#isAtSetTime(event)) this.#awaited -= 1;
    this.#failures.handle(event, nowUs);
  }

  random(name: string): RandomStream {
    return this.#streams.get(name);
  }

  schedule(timeUs: TimeUs, event: FailureEvent): void {
    if (event.type === 'recovery' && this.#isAtSetTime(event)) this.#awaited += 1;
    this.#parts.schedule(timeUs, event);
  }

  mayFail({ kind, node }: Failure): boolean {
    if (kind === 'cut') return !this.cut.has(node);
    return this.#parts.canFail(node) && !this.down.has(node);
  }

  begin(failure: Failure): void {
    this.#begin(failure);
    this.#failOver();
  }

  end(failure: Failure): void {
    this.#end(failure);
    this.#failOver();
  }

  /** Servers whose children are with their standby. */
  get away(): readonly string[] {
    return [...this.#standbys.away];
  }

  /** The server that the children of one are with. */
  serverOf(server: string): string {
    return this.#standbys.serverOf(server);
  }

  #failOver(): void {
    for (const failover of this.#standbys.update()) {
      this.#parts.failOver(failover, this.#standbys.serverOf(failover.server));
    }
  }

  #begin({ kind, node, state }: Failure): void {
    if (kind === 'cut') {
      this.cut.add(node);
      this.#sendToBoth({ type: 'cut', server: node });
    } else {
      this.down.add(node);
      this.#parts.send(node, { type: 'crash', node, state });
    }
  }

  #end({ kind, node }: Failure): void {
    if (kind === 'cut') {
      this.cut.delete(node);
      this.#sendToBoth({ type: 'restore', server: node });
    } else {
      this.down.delete(node);
      this.#parts.send(node, { type: 'recover', node, hasCrashed: true });
    }
  }

  #sendToBoth(message: FailureMessage & { server: string }): void {
    this.#parts.send(message.server, message);
    this.#parts.send(this.#parents.get(message.server)!, message);
  }

  #isAtSetTime({ failure }: FailureEvent): boolean {
    return 'timeUs' in this.#parts.settings.failures[failure]!.begins;
  }
}

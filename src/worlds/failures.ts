import { type Failure, firstFailureUs, nextFailureUs, recoveryUs } from '../faults/failure.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';

/** A world in which nodes crash and links are cut. */
export interface FailingWorld {
  /** The stream of that name. */
  random(name: string): RandomStream;
  /** Has `handle` called then. `failure`: its place among the settings'. */
  schedule(timeUs: TimeUs, event: { type: 'failure' | 'recovery'; failure: number }): void;
  /** A node that is down cannot fail, and a worker that is not on the map takes no part. */
  mayFail(failure: Failure): boolean;
  begin(failure: Failure): void;
  end(failure: Failure): void;
}

/** When nodes crash and recover, and links are cut and restored: in both worlds alike. */
export class Failures {
  readonly #failures: readonly Failure[];
  readonly #world: FailingWorld;

  constructor(failures: readonly Failure[], world: FailingWorld) {
    this.#failures = failures;
    this.#world = world;
  }

  /** The run begins: everything that will fail is given its time. */
  start(): void {
    for (const [index, failure] of this.#failures.entries()) {
      this.#schedule('failure', index, firstFailureUs(failure, this.#randomOf(failure)));
    }
  }

  handle(event: { type: 'failure' | 'recovery'; failure: number }, nowUs: TimeUs): void {
    const { type, failure: index } = event;
    const failure = this.#failures[index]!;
    const random = this.#randomOf(failure);
    const world = this.#world;
    if (type === 'failure' && world.mayFail(failure)) {
      world.begin(failure);
      this.#schedule('recovery', index, recoveryUs(failure, nowUs, random));
    } else {
      if (type === 'recovery') world.end(failure);
      this.#schedule('failure', index, nextFailureUs(failure, nowUs, random));
    }
  }

  #randomOf({ kind, node }: Failure): () => RandomStream {
    return () => this.#world.random(`${kind}/${node}`);
  }

  #schedule(type: 'failure' | 'recovery', failure: number, timeUs: TimeUs | null): void {
    if (timeUs !== null) this.#world.schedule(timeUs, { type, failure });
  }
}

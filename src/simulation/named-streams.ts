import { openStream, type RandomState, RandomStream } from './random.ts';

/** All random streams of one seed, each opened when it is first asked for. */
export class NamedStreams {
  readonly #seed: number;
  readonly #streams: Map<string, RandomStream>;

  /** `saved`: where streams stood that were asked for before. */
  constructor(seed: number, saved: ReadonlyMap<string, RandomState> = new Map()) {
    this.#seed = seed;
    this.#streams = new Map([...saved].map(([name, state]) => [name, new RandomStream(state)]));
  }

  get(name: string): RandomStream {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const stream = openStream(this.#seed, name);
    this.#streams.set(name, stream);
    return stream;
  }

  /** The state of each stream. */
  get states(): Map<string, RandomState> {
    return new Map([...this.#streams].map(([name, { state }]) => [name, state]));
  }
}

import type { TimeUs } from '../simulation/time.ts';
import type { EntityKind } from './fcd/fcd-sink.ts';
import { PackedSamples } from './packed-samples.ts';
import type { SampleStore } from './sample-store.ts';
import type { SampledWay } from './sampled-way.ts';

/**
 * One uninterrupted stay of an entity on the map. Times count from the trace's begin. At least two samples;
 * gone after the last.
 */
export interface Presence extends SampledWay {
  entity: string;
  kind: EntityKind;
  /** SUMO's vType; left out when the trace does not give it. */
  type?: string;
}

/** A presence whose samples take a few bytes each, as a trace keeps it. */
export class PackedPresence {
  readonly entity: string;
  readonly kind: EntityKind;
  readonly type: string | undefined;
  readonly #samples: PackedSamples;

  constructor({ entity, kind, type }: Omit<Presence, keyof SampledWay>, samples: PackedSamples) {
    this.entity = entity;
    this.kind = kind;
    this.type = type;
    this.#samples = samples;
  }

  static of({ entity, kind, type, ...way }: Presence, store?: SampleStore): PackedPresence {
    const facts = { entity, kind, ...(type !== undefined && { type }) };
    return new PackedPresence(facts, PackedSamples.of(way, store));
  }

  get samples(): number {
    return this.#samples.length;
  }

  get fromUs(): TimeUs {
    return this.#samples.firstUs;
  }

  get toUs(): TimeUs {
    return this.#samples.lastUs;
  }

  /** Its samples as they are packed. */
  get bytes(): Uint8Array {
    return this.#samples.bytes;
  }

  /** A copy with its samples, to be let go after use. */
  unpacked(): Presence {
    const { entity, kind, type } = this;
    return { entity, kind, ...(type !== undefined && { type }), ...this.#samples.unpacked() };
  }
}

/** In order of start, then of entity id. */
export function byStart(a: PackedPresence, b: PackedPresence): number {
  return a.fromUs - b.fromUs || (a.entity < b.entity ? -1 : 1);
}

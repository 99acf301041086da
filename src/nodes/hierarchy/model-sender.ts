import type { EncodingSpec } from '../../learning/encodings/encoding.ts';
import { createEncoding } from '../../learning/encodings/index.ts';
import type { NodeContext, Timer } from '../context.ts';
import type { ValueId } from '../messages.ts';
import type { HierarchySettings } from './settings.ts';

/**
 * The model that a server sent to a child last, where the next one may travel as a difference to
 * it.
 */
interface SentModel {
  /** Numbers the transfer, among all of its server's. */
  stamp: number;
  /** The model that the child has once it has come. */
  value: ValueId;
  /** Whether the child has said that it has. */
  isKnown: boolean;
}

/** Models that a server has sent down: plain data. */
export interface SentModels {
  /** By child whose models are encoded. */
  last: Map<string, SentModel>;
  /** Of the newest transfer; it survives a crash, so that no number comes twice. */
  stamp: number;
  /** Children whose model waits for its size. */
  encoding: string[];
}

export function newSentModels(): SentModels {
  return { last: new Map(), stamp: 0, encoding: [] };
}

interface SenderParts {
  node: string;
  settings: Pick<HierarchySettings, 'vectorBytes' | 'dimension' | 'exchange' | 'layerOf'>;
  context: NodeContext;
  /** The server's own model, and how many it has had before. */
  model: () => { theta: ValueId | null; version: number };
}

/**
 * Sends a server's model to its children. Where it is encoded, a child that has said which model it has
 * gets the encoded difference to that one, so that what an encoding leaves out comes with a later model;
 * any other child gets all parameters.
 */
export class ModelSender {
  readonly #state: SentModels;
  readonly #parts: SenderParts;

  constructor(state: SentModels, parts: SenderParts) {
    this.#state = state;
    this.#parts = parts;
  }

  /** A child says which transfer it has applied last; undefined: none. */
  said(child: string, stamp: number | undefined): void {
    const sent = this.#state.last.get(child);
    if (sent !== undefined) sent.isKnown = sent.stamp === stamp;
  }

  send(child: string): void {
    const { theta } = this.#parts.model();
    if (theta === null) return;
    const { vectorBytes } = this.#parts.settings;
    if (this.#specOf(child).name === 'full') {
      this.#deliver(child, theta, vectorBytes, {});
      return;
    }
    const sent = this.#state.last.get(child);
    if (sent?.isKnown === true) this.#encode(child, theta, sent);
    else {
      const stamp = this.#nextStamp();
      this.#deliver(child, theta, vectorBytes, { stamp });
      this.#parts.context.keep(theta);
      this.#remember(child, stamp, theta);
    }
  }

  /** The size of a difference is known: sends it, or that of another model that is there by now. */
  encoded({ child, encoded, since, version }: Timer & { kind: 'model-encoded' }): void {
    const state = this.#state;
    if (!state.encoding.includes(child)) return;
    state.encoding = state.encoding.filter((other) => other !== child);
    const sent = state.last.get(child);
    const { theta, version: newest } = this.#parts.model();
    const isCurrent = sent?.stamp === since && sent.isKnown && version === newest;
    if (theta === null || !isCurrent) this.send(child);
    else this.#sendDifference(child, encoded, this.#parts.context.encodedCount(encoded), sent);
  }

  /** A child has left. */
  forget(child: string): void {
    const { last } = this.#state;
    const sent = last.get(child);
    if (sent !== undefined) this.#parts.context.release(sent.value);
    last.delete(child);
    this.stop(child);
  }

  /** All is lost. */
  forgetAll(): void {
    for (const child of [...this.#state.last.keys()]) this.forget(child);
  }

  /** Cancels models that wait for their size: of this child, or of all. */
  stop(child?: string): void {
    const { encoding } = this.#state;
    this.#state.encoding = encoding.filter((other) => child !== undefined && other !== child);
  }

  #encode(child: string, theta: ValueId, sent: SentModel): void {
    const state = this.#state;
    const { node, settings, context, model } = this.#parts;
    // A model that waits already takes the newest when its time has come.
    if (state.encoding.includes(child)) return;
    const { version } = model();
    const difference = context.addScaled(sent.value, theta, -1);
    const t = Math.max(1, version);
    const spec = this.#specOf(child);
    const encoded = context.encode({ spec, change: difference, theta, t });
    context.release(difference);
    const count = createEncoding(spec).count(settings.dimension);
    if (count !== null) this.#sendDifference(child, encoded, count, sent);
    else {
      state.encoding.push(child);
      const { stamp: since } = sent;
      context.after(node, 0, { kind: 'model-encoded', child, encoded, since, version }, encoded);
    }
    context.release(encoded);
  }

  #sendDifference(child: string, encoded: ValueId, count: number, sent: SentModel): void {
    const { settings, context } = this.#parts;
    const { dimension, vectorBytes } = settings;
    const stamp = this.#nextStamp();
    const b = vectorBytes / dimension;
    const bytes = createEncoding(this.#specOf(child)).bytes(count, dimension, b);
    this.#deliver(child, encoded, bytes, { stamp, since: sent.stamp });
    // The child computes the same.
    this.#remember(child, stamp, context.addScaled(sent.value, encoded, -1));
  }

  #specOf(child: string): EncodingSpec {
    const { exchange, layerOf } = this.#parts.settings;
    return exchange.get(layerOf.get(child) ?? 'worker')!.down;
  }

  #nextStamp(): number {
    this.#state.stamp += 1;
    return this.#state.stamp;
  }

  /** Owns the value from now on. */
  #remember(child: string, stamp: number, value: ValueId): void {
    const { last } = this.#state;
    const before = last.get(child);
    if (before !== undefined) this.#parts.context.release(before.value);
    last.set(child, { stamp, value, isKnown: false });
  }

  #deliver(
    child: string,
    value: ValueId,
    bytes: number,
    numbers: { stamp?: number; since?: number },
  ): void {
    const { node, context, model } = this.#parts;
    const { version } = model();
    context.record({ type: 'model-sent', node, to: child, version, bytes });
    context.send(node, child, { type: 'model', version, bytes, value, ...numbers });
  }
}

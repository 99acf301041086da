import { expect, it } from 'vitest';
import type { EncodingSpec } from '#src/learning/encodings/encoding.js';
import { createEncoding } from '#src/learning/encodings/index.js';
import type { EncodeRequest, Timer } from '#src/nodes/context.js';
import { ModelSender, newSentModels } from '#src/nodes/hierarchy/model-sender.js';
import type { Message, ValueId } from '#src/nodes/messages.js';
import { FakeContext } from './fake-context.ts';

/** A context whose values have numbers. */
class NumbersContext extends FakeContext {
  readonly vectors = new Map<ValueId, Float32Array>();

  of(...numbers: number[]): ValueId {
    const id = this.value();
    this.vectors.set(id, Float32Array.from(numbers));
    return id;
  }

  at(id: ValueId): Float32Array {
    return this.vectors.get(id)!;
  }

  override addScaled(a: ValueId, b: ValueId, scale: number): ValueId {
    const [left, right] = [this.at(a), this.at(b)];
    return this.of(...left.map((element, index) => element + scale * right[index]!));
  }

  /** Timers own what they need. */
  override after(node: string, delayUs: number, timer: Timer, needs?: ValueId): void {
    super.after(node, delayUs, timer, needs);
    if (needs !== undefined) this.keep(needs);
  }

  override encode({ spec, change, theta, t }: EncodeRequest): ValueId {
    const out = new Float32Array(this.at(change).length);
    createEncoding(spec).encode({ change: this.at(change), model: this.at(theta), t }, out);
    return this.of(...out);
  }
}

function senderOf(down: EncodingSpec, theta: readonly number[]) {
  const context = new NumbersContext();
  const state = newSentModels();
  const server = { theta: context.of(...theta), version: 1 };
  const exchange = new Map([['worker', { down }]]) as never;
  const settings = { vectorBytes: 4 * theta.length, dimension: theta.length, exchange };
  const sender = new ModelSender(state, {
    ...{ node: 'server', context, model: () => server },
    settings: { ...settings, layerOf: new Map() },
  });
  const next = (): Message & { type: 'model' } => {
    sender.send('child');
    return context.sent.at(-1)!.message as Message & { type: 'model' };
  };
  return { context, sender, server, next };
}

it('sends all at first, then the difference to what the child has, and later what was left out', () => {
  const { context, sender, server, next } = senderOf({ name: 'top-k', count: 1 }, [1, 2, 3]);
  const first = next();
  expect(first).toMatchObject({ bytes: 12, stamp: 1 });
  expect(first.since).toBeUndefined();
  let held = context.at(first.value);
  server.theta = context.of(5, 4, 3.5);
  // The largest of the differences 4, 2 and 0.5 goes first.
  for (const expected of [
    [5, 2, 3],
    [5, 4, 3],
    [5, 4, 3.5],
  ]) {
    sender.said('child', context.sent.length);
    const message = next();
    expect(message).toMatchObject({ bytes: 8, since: context.sent.length - 1 });
    held = held.map((element, index) => element - context.at(message.value)[index]!);
    expect([...held]).toEqual(expected);
  }
});

it('sends all to a child that has not said that it has the last one, or has another', () => {
  const { sender, next } = senderOf({ name: 'top-k', count: 1 }, [1, 2, 3]);
  next();
  expect(next()).toMatchObject({ bytes: 12, stamp: 2 });
  // The second was lost.
  sender.said('child', 1);
  expect(next()).toMatchObject({ bytes: 12, stamp: 3 });
  sender.said('child', 3);
  expect(next()).toMatchObject({ bytes: 8, stamp: 4, since: 3 });
  // It has lost its memory.
  sender.said('child', undefined);
  expect(next()).toMatchObject({ bytes: 12, stamp: 5 });
  sender.said('child', 5);
  sender.forget('child');
  expect(next()).toMatchObject({ bytes: 12, stamp: 6 });
});

it('waits for the size that depends on numbers, and sends nothing to one that has left meanwhile', () => {
  const { context, sender, server, next } = senderOf({ name: 'significant', threshold: 1 }, [1, 2]);
  next();
  sender.said('child', 1);
  server.theta = context.of(9, 2);
  server.version = 2;
  sender.send('child');
  sender.send('child');
  expect(context.timers).toHaveLength(1);
  expect(context.sent).toHaveLength(1);
  const { timer } = context.timers[0]!;
  context.encodedCount = () => 1;
  sender.encoded(timer as typeof timer & { kind: 'model-encoded' });
  expect(context.sent[1]!.message).toMatchObject({ bytes: 8, since: 1, stamp: 2 });
  sender.said('child', 2);
  sender.send('child');
  sender.forget('child');
  const late = context.timers[1]!.timer;
  sender.encoded(late as typeof late & { kind: 'model-encoded' });
  expect(context.sent).toHaveLength(2);
});

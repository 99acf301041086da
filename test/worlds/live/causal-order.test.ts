import { expect, it } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { CausalOrder } from '#src/worlds/live/coordinator/causal-order.js';

const sent = (update: number): SimulatedEvent => ({
  ...{ type: 'update-sent', update, node: 'edge-1', server: 'cloud', changes: [1], bytes: 8 },
});
const ended = (update: number): SimulatedEvent => ({
  ...{ type: 'update-ended', update, node: 'edge-1', server: 'cloud' },
  ...{ outcome: 'aggregated', inResult: 7 },
});
const modelSent = (version: number): SimulatedEvent => ({
  ...{ type: 'model-sent', node: 'cloud', to: 'edge-1', version, bytes: 8 },
});
const modelReceived = (version: number): SimulatedEvent => ({
  ...{ type: 'model-received', node: 'edge-1', from: 'cloud', version },
});
const heldBack: SimulatedEvent = { type: 'update-held-back', node: 'edge-1' };

/** Slot 0 runs the cloud, slot 1 edge-1. */
function reports() {
  const order = new CausalOrder();
  const recorded: string[] = [];
  const take = (slot: number, event: SimulatedEvent | null) => {
    const name =
      event === null ? 'facts' : `${event.type} ${'version' in event ? event.version : ''}`;
    order.take(slot, { event, record: () => recorded.push(name.trim()) });
  };
  return { order, recorded, take };
}

it('lets a model that has come, and what follows there, wait until it was sent', () => {
  const { order, recorded, take } = reports();
  take(0, modelSent(1));
  take(1, modelReceived(1));
  take(1, modelReceived(2));
  take(1, heldBack);
  take(1, null);
  expect(recorded).toEqual(['model-sent 1', 'model-received 1']);
  expect(order.waitingFrom(1)).toBe(3);
  take(0, modelSent(2));
  expect(recorded.slice(2)).toEqual([
    ...['model-sent 2', 'model-received 2', 'update-held-back', 'facts'],
  ]);
});

it('lets the merge of an update, and the model with it, wait until the update was sent', () => {
  const { recorded, take } = reports();
  take(0, ended(5));
  take(0, modelSent(3));
  take(1, heldBack);
  expect(recorded).toEqual(['update-held-back']);
  take(1, sent(5));
  take(1, modelReceived(3));
  expect(recorded.slice(1)).toEqual([
    ...['update-sent', 'update-ended', 'model-sent 3', 'model-received 3'],
  ]);
});

it('waits for no process that is lost, and at the end for none', () => {
  const { order, recorded, take } = reports();
  take(1, modelReceived(1));
  order.lose(0, ['cloud']);
  take(1, modelReceived(2));
  expect(recorded).toEqual(['model-received 1', 'model-received 2']);
  take(0, ended(9));
  take(0, heldBack);
  expect(recorded).toHaveLength(2);
  order.close();
  expect(recorded.slice(2)).toEqual(['update-ended', 'update-held-back']);
});

import { expect, it } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import type { LinkModel, Transfer } from '#src/network/link-model.js';
import type { Message } from '#src/nodes/messages.js';
import { openStream } from '#src/simulation/random.js';
import { MessageSender } from '#src/worlds/message-sender.js';
import { Reach } from '#src/worlds/reach.js';

const DIMENSION = 100;
const closed: Message = { type: 'closed', round: 1 };
const result: Message = { type: 'result', round: 1, version: 0, result: 3, value: 0 } as Message;

/** Sends over this model of links, at 5 s; the car is in contact 7 with `left`. */
function senderOver(
  links: LinkModel,
  {
    shapesLinks = false,
    poisons = false,
    isByzantine = false,
    recorded = [] as SimulatedEvent[],
    handedOver = {},
  } = {},
) {
  const servers = [
    { id: 'cloud', parent: null, layer: 'cloud', standby: null, children: ['left'] },
    { id: 'left', parent: 'cloud', layer: 'edge', standby: null, children: [] },
  ];
  const contacts = new Map([['car', new Map([['left', 7]])]]);
  return new MessageSender({
    settings: {
      servers,
      poisons,
      deliveryAttacks: new Map(),
      modelAttacks: new Map(),
      dimension: DIMENSION,
    },
    context: {
      nowUs: 5e6,
      record: (event) => recorded.push(event),
      random: (name) => openStream(1, name),
      numberOf: () => 0,
      addScaled: (a) => a,
    },
    links,
    shapesLinks,
    shared: { channelOf: () => null },
    reach: new Reach(servers, contacts, new Set(), () => false),
    signals: new Map(),
    handedOver: new Map(Object.entries(handedOver).map(([at, us]) => [Number(at), us as number])),
    mayBeByzantine: () => isByzantine,
    stream: (lower) => lower,
  });
}

it('asks the model of links with both nodes, the bytes and the time, and takes what it says', () => {
  const asked: Transfer[] = [];
  const model: LinkModel = {
    plainUs: ({ sentUs }) => sentUs / 1000,
    carry: (transfer) => {
      asked.push(transfer);
      return { retries: 0, copies: [{ delayUs: transfer.bytes + 11, corrupted: true }] };
    },
  };
  const sender = senderOver(model);
  expect(sender.send('left', 'cloud', result)).toEqual({
    forgedModel: null,
    message: result,
    sentUs: 5e6,
    contact: null,
    plainUs: 5000,
    copies: [{ delayUs: 4 * DIMENSION + 11, corrupted: true }],
  });
  expect(sender.send('left', 'car', closed)).toMatchObject({ contact: 7, plainUs: 5000 });
  expect(asked).toEqual([
    {
      ...{ lower: 'left', upper: 'cloud', direction: 'up', isRadio: false },
      ...{ bytes: 4 * DIMENSION, sentUs: 5e6 },
    },
    {
      ...{ lower: 'car', upper: 'left', direction: 'down', isRadio: true },
      ...{ bytes: 64, sentUs: 5e6 },
    },
  ]);
});

it('sends over radio once something passes again after a handover, in both directions', () => {
  const asked: number[] = [];
  const model: LinkModel = {
    plainUs: () => 10,
    carry: ({ sentUs }) => {
      asked.push(sentUs);
      return { retries: 0, copies: [{ delayUs: 10, corrupted: false }] };
    },
  };
  // It is 5 s: until 5.3 s nothing passes in contact 7.
  const sender = senderOver(model, { handedOver: { 7: 5_300_000 } });
  expect(sender.send('left', 'car', closed)).toMatchObject({ copies: [{ delayUs: 300_010 }] });
  expect(sender.send('car', 'left', closed)).toMatchObject({ copies: [{ delayUs: 300_010 }] });
  expect(sender.send('left', 'cloud', result)).toMatchObject({ copies: [{ delayUs: 10 }] });
  const later = senderOver(model, { handedOver: { 7: 4_900_000, 8: 6_000_000 } });
  expect(later.send('left', 'car', closed)).toMatchObject({ copies: [{ delayUs: 10 }] });
  expect(asked).toEqual([5_300_000, 5_300_000, 5_000_000, 5_000_000]);
});

it('marks results and updates of Byzantine senders, but not what their poisoned samples led to', () => {
  const links: LinkModel = {
    plainUs: () => 0,
    carry: () => ({ retries: 0, copies: [{ delayUs: 0, corrupted: false }] }),
  };
  const update = {
    type: 'update',
    version: 0,
    update: 1,
    value: 0,
    changes: 1,
    bytes: 400,
  } as Message;
  const isMarked = (from: string, to: string, message: Message, poisons: boolean) => {
    const sender = senderOver(links, { poisons, isByzantine: true });
    return 'mayBeByzantine' in sender.send(from, to, message)!.message;
  };
  expect(isMarked('left', 'cloud', result, false)).toBe(true);
  expect(isMarked('left', 'cloud', update, true)).toBe(true);
  expect(isMarked('car', 'left', update, false)).toBe(true);
  expect(isMarked('car', 'left', update, true)).toBe(false);
  expect(isMarked('left', 'car', closed, false)).toBe(false);
});

it('records how often a message is sent again, before its loss', () => {
  const recorded: SimulatedEvent[] = [];
  const links: LinkModel = { plainUs: () => 0, carry: () => ({ retries: 3, copies: [] }) };
  expect(senderOver(links, { recorded }).send('left', 'car', closed)).toBe(null);
  const message = { from: 'left', to: 'car', what: 'closed' };
  expect(recorded).toEqual([
    { type: 'message-retried', ...message, times: 3 },
    { type: 'message-lost', ...message, reason: 'link' },
  ]);
});

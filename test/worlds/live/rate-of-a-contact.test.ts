import { expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { MobilityEvent } from '#src/mobility/contacts.js';
import type { Signal } from '#src/mobility/radio/signal.js';
import type { Message } from '#src/nodes/messages.js';
import type { ValueStore } from '#src/worlds/computing/value-store.js';
import type { ProcessHandle, ProcessTable } from '#src/worlds/live/coordinator/process-table.js';
import {
  type TransferEvent,
  TransferSchedule,
} from '#src/worlds/live/coordinator/transfer-schedule.js';
import { LiveContext, type ProcessServices } from '#src/worlds/live/process/live-context.js';
import type { Reports } from '#src/worlds/live/process/reports.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';
import type { TransferEnded } from '#src/worlds/live/protocol/transfer-message.js';
import { BITS, busConfig, messagesBetween, placeOf } from '../bus-radio.ts';

type Contact = Extract<MobilityEvent, { type: 'enter-range' }> & {
  signal: Signal;
  entity: string;
  leaveUs: number;
};

/** The contacts with the bus of those whose way is known in closed form. */
async function busContacts(sharing: 'none' | 'processor') {
  const { settings, mobility } = await compose(busConfig(sharing));
  const movements = mobility(0)!;
  const events = Array.from({ length: movements.length }, (_, i) => movements.at(i)!);
  const contacts = events.flatMap((event, i): Contact[] => {
    if (event.type !== 'enter-range' || event.server !== 'bus') return [];
    const { entity } = events
      .slice(0, i)
      .findLast((each) => each.type === 'enter-map' && each.worker === event.worker) as Extract<
      MobilityEvent,
      { type: 'enter-map' }
    >;
    const leave = events.find((each) => {
      return each.type === 'leave-range' && each.contact === event.contact;
    })!;
    if (placeOf[entity]?.(event.timeUs / 1e6) == null) return [];
    return [{ ...event, signal: event.signal!, entity, leaveUs: leave.timeUs }];
  });
  return { settings, contacts };
}

it('a process has each message come when the integral of the rate is its size, once for each sending', async () => {
  const { settings, contacts } = await busContacts('none');
  expect(contacts.map(({ entity }) => entity).sort()).toEqual(['bystander', 'clip', 'gap']);
  let wallUs = 0;
  const clock = new LiveClock(() => wallUs, 1);
  clock.run();
  const due: { sentUs: number; arrivesUs: number }[] = [];
  const context = new LiveContext({
    ...{ settings, clock, compute: 'modelled', shapesLinks: false, numbers: { first: 0, step: 1 } },
    values: { keep: () => {} } as unknown as ValueStore,
    reports: { record: () => {} } as unknown as Reports,
    post: ({ sentUs, plainUs, wire }) => {
      due.push({ sentUs, arrivesUs: sentUs + plainUs + (wire?.extraUs ?? 0) });
    },
  } as Partial<ProcessServices> as ProcessServices);
  const sendings = new Set<number>();
  for (const { worker, contact, signal, entity, timeUs, leaveUs } of contacts) {
    context.contacts.set(worker, new Map([['bus', contact]]));
    context.signals.set(contact, signal);
    for (let nowUs = timeUs; nowUs < leaveUs; nowUs += 100_000) {
      wallUs = nowUs;
      const gradient = { type: 'gradient', round: 1, version: 1, gradient: 1, value: 1, worker };
      context.send(worker, 'bus', gradient as unknown as Message);
      const theta = { type: 'theta', round: 1, version: 1, value: 1 };
      context.send('bus', worker, theta as unknown as Message);
    }
    for (const { sentUs, arrivesUs } of due.splice(0)) {
      if (arrivesUs >= leaveUs) continue;
      const sent = messagesBetween(entity, sentUs / 1e6, arrivesUs / 1e6);
      // Rounded up to the microsecond, and a quadrature here: neither sooner nor later.
      expect(sent).toBeCloseTo(Math.round(sent), 2);
      sendings.add(Math.round(sent));
    }
  }
  expect(sendings).toEqual(new Set([1, 2, 3]));
});

it('the coordinator ends messages that share a server when the integral of their parts of the rate is their size', async () => {
  const { settings, contacts } = await busContacts('processor');
  const process = { slot: { index: 0 }, generation: 0 } as ProcessHandle;
  const ended: TransferEnded[] = [];
  const queue: { timeUs: number; event: TransferEvent }[] = [];
  let nowUs = 0;
  const schedule = new TransferSchedule({
    settings,
    nowUs: () => nowUs,
    schedule: (timeUs, event) => void queue.push({ timeUs, event }),
    processes: {
      slots: [0],
      isNode: () => true,
      isServer: (node: string) => node === 'bus',
      slotOf: () => 0,
      send: (_: ProcessHandle, message: TransferEnded) => void ended.push(message),
    } as unknown as ProcessTable,
    locations: {
      contactOf: (worker) => contacts.find((each) => each.worker === worker)?.contact,
      signalOf: (worker) => contacts.find((each) => each.worker === worker)!.signal,
    },
  });
  // All three of them send from the first moment on at which all are in range.
  const fromUs = Math.max(...contacts.map(({ timeUs }) => timeUs)) + 1000;
  const begunUs = contacts.map((_, i) => fromUs + 50_000 * i);
  for (const [transfer, { worker, contact }] of contacts.entries()) {
    nowUs = begunUs[transfer]!;
    schedule.take(process, {
      ...{ type: 'transfer', transfer, lower: worker, upper: 'bus', direction: 'up', contact },
      ...{ bytes: BITS / 8, atUs: nowUs },
    });
  }
  while (queue.length > 0) {
    queue.sort((a, b) => a.timeUs - b.timeUs);
    const next = queue.shift()!;
    nowUs = Math.max(nowUs, next.timeUs);
    schedule.handle(next.event, nowUs);
  }
  expect(ended.map(({ transfer }) => transfer).sort()).toEqual([0, 1, 2]);
  const ends = begunUs.map((_, i) => ended.find(({ transfer }) => transfer === i)!.atUs);
  expect(Math.min(...ends)).toBeGreaterThan(Math.max(...begunUs));
  const changes = [...begunUs, ...ends].sort((a, b) => a - b);
  for (const [i, { entity, leaveUs }] of contacts.entries()) {
    expect(ends[i]).toBeLessThan(leaveUs);
    let sent = 0;
    for (const [k, toUs] of changes.slice(1).entries()) {
      const sinceUs = changes[k]!;
      if (sinceUs < begunUs[i]! || toUs > ends[i]! || toUs === sinceUs) continue;
      const active = begunUs.filter((begun, j) => begun <= sinceUs && ends[j]! >= toUs).length;
      sent += messagesBetween(entity, sinceUs / 1e6, toUs / 1e6) / active;
    }
    expect(sent).toBeCloseTo(1, 2);
  }
});

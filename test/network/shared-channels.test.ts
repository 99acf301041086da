import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '#src/mobility/radio/signal.js';
import type { LinkSettings } from '#src/network/constant-links.js';
import {
  type ChannelEvent,
  idleChannels,
  SharedChannels,
  type SharedWay,
} from '#src/network/shared-channels.js';
import { SharedLinks, type Sharing } from '#src/network/shared-links.js';
import { emptyQueue, nextEntry, schedule, takeNext } from '#src/simulation/event-queue.js';

/** A message of a worker to the server, or of a server over the backhaul. */
interface Job {
  atUs: number;
  bits: number;
  /** When its contact ends; never by default. */
  untilUs?: number;
  /** In turns: how long, and the megabits a second then; the last one holds on. */
  rates: { forUs: number; mbps: number }[];
}

const plain: LinkSettings = {
  ...{ bandwidthMbps: 8, latencyMs: 0, loss: 0, maximumRetries: 0, duplication: 0, corruption: 0 },
};

const NEVER = Number.POSITIVE_INFINITY;
/** So that a ratio of k dB is a rate of k megabits a second: 10 MHz, noise of -95 dBm. */
const table = Array.from({ length: 12 }, (_, k) => ({ snrDb: k + 1, mbps: k + 1 }));
const direction = { powerDbm: 20, sensitivityDbm: -86, noiseFigureDb: 9 };

/** A signal that gives a job its rates, from 0 on. */
function signalOf({ rates }: Job): Signal {
  let atUs = 0;
  const losses = rates.flatMap(({ forUs, mbps }, i) => {
    const lossDb = 115 - mbps - 0.5;
    const [fromUs, toUs] = [atUs, i === rates.length - 1 ? 1e12 : atUs + forUs];
    atUs = toUs;
    return [fromUs, lossDb, toUs, lossDb];
  });
  return { sinceUs: 0, losses, up: direction, down: direction };
}

/**
 * When each job has ended, as SharedChannels says; null when its contact ended before. `order`: in which jobs of
 * one microsecond begin. Constant rates are those of links between servers.
 */
function played(jobs: readonly Job[], sharing: Sharing, isRadio: boolean, order = jobs.keys()) {
  const links = new SharedLinks({
    workerLink: plain,
    signal: { bandwidthMHz: 10, rate: { kind: 'table', steps: table }, loss: null },
    links: new Map(
      jobs.map(({ rates }, i) => [`n${i}`, { ...plain, bandwidthMbps: rates[0]!.mbps }]),
    ),
    channels: {
      radio: new Map([['server', sharing]]),
      backhaul: new Map(jobs.map((_, i) => [`n${i}`, { id: 'fibre', sharing }])),
    },
  });
  type Event = ChannelEvent | { type: 'begin' | 'leave'; job: number };
  const queue = emptyQueue<Event>();
  const state = idleChannels();
  const channels = new SharedChannels(state, {
    links,
    signalOf: ({ contact }) => signalOf(jobs[contact!]!),
    schedule: (timeUs, event) => schedule(queue, timeUs, event as Event),
  });
  const wayOf = (job: number): SharedWay => ({
    ...{ lower: `n${job}`, upper: 'server', direction: 'up', contact: isRadio ? job : null },
  });
  for (const job of order) {
    const { atUs, untilUs = NEVER } = jobs[job]!;
    schedule(queue, atUs, { type: 'begin', job });
    // As in the worlds, before all else of its time.
    if (untilUs < NEVER) schedule(queue, untilUs, { type: 'leave', job }, -1);
  }
  const ends: (number | null)[] = jobs.map(() => null);
  const left: number[] = jobs.map(() => 0);
  let busyUs = 0;
  let lastUs = 0;
  for (let next = nextEntry(queue); next !== undefined; next = nextEntry(queue)) {
    const { timeUs, event } = takeNext(queue)!;
    if (state.channels.size > 0) busyUs += timeUs - lastUs;
    lastUs = timeUs;
    if (event.type === 'channel') {
      for (const { number } of channels.end(event, timeUs)) ends[number] = timeUs;
      continue;
    }
    const { job } = event;
    if (event.type === 'begin') channels.begin(job, wayOf(job), jobs[job]!.bits / 8, timeUs);
    else {
      for (const { number, leftBits } of channels.endContact(`n${job}`, 'server', job, timeUs)) {
        left[number] = leftBits;
      }
    }
  }
  expect(state.channels.size).toBe(0);
  return { ends, left, busyUs };
}

/** A multiple of each number of transfers: n-ths of whole rates are whole. */
const PARTS = 2520;

/** The same by steps of a microsecond, in whole numbers. Needs rates that change at whole microseconds. */
function stepped(jobs: readonly Job[], sharing: Sharing): (number | null)[] {
  const ends: (number | null)[] = jobs.map(() => null);
  const left = jobs.map(({ bits }) => bits * PARTS);
  const waiting = [...jobs.keys()].sort((a, b) => jobs[a]!.atUs - jobs[b]!.atUs || a - b);
  let active: number[] = [];
  for (let nowUs = 0; waiting.length + active.length > 0; nowUs += 1) {
    active = active.filter((job) => {
      if (jobs[job]!.untilUs === nowUs) return false;
      if (left[job]! > 0) return true;
      ends[job] = nowUs;
      return false;
    });
    while (waiting.length > 0 && jobs[waiting[0]!]!.atUs === nowUs) active.push(waiting.shift()!);
    const served = sharing === 'fifo' ? active.slice(0, 1) : active;
    for (const job of served) left[job]! -= (rateAt(jobs[job]!, nowUs) * PARTS) / served.length;
  }
  return ends;
}

function rateAt({ rates }: Job, timeUs: number): number {
  let untilUs = 0;
  for (const { forUs, mbps } of rates) {
    untilUs += forUs;
    if (timeUs < untilUs) return mbps;
  }
  return rates.at(-1)!.mbps;
}

const steady = (mbps: number) => [{ forUs: 1, mbps }];
const sharings = ['processor', 'fifo'] as const;

describe('two transfers of 8 Mbit at 0 and 0.5 s over 8 Mbit/s', () => {
  const jobs = [0, 500_000].map((atUs) => ({ atUs, bits: 8e6, rates: steady(8) }));

  it('end at 1.5 and 2 s when they share, at 1 and 2 s one after the other', () => {
    expect(played(jobs, 'processor', false).ends).toEqual([1_500_000, 2_000_000]);
    expect(played(jobs, 'fifo', false).ends).toEqual([1_000_000, 2_000_000]);
    expect(played(jobs, 'processor', true).ends).toEqual([1_500_000, 2_000_000]);
    expect(played(jobs, 'fifo', true).ends).toEqual([1_000_000, 2_000_000]);
  });

  it('leave the other the whole rate when a contact ends', () => {
    // At 1 s the first has sent 4 + 2 Mbit and is gone; the second has 6 left.
    const leaving = [{ ...jobs[0]!, untilUs: 1_000_000 }, jobs[1]!];
    const { ends, left } = played(leaving, 'processor', true);
    expect(ends).toEqual([null, 1_750_000]);
    expect(left[0]).toBeCloseTo(2e6, 6);
    expect(played([{ ...jobs[0]!, untilUs: 600_000 }, jobs[1]!], 'fifo', true).ends).toEqual([
      null,
      1_600_000,
    ]);
  });
});

const rates = fc.array(
  fc.record({ forUs: fc.integer({ min: 1, max: 200 }), mbps: fc.integer({ min: 1, max: 12 }) }),
  { minLength: 1, maxLength: 4 },
);
const job = fc.record(
  {
    atUs: fc.integer({ min: 0, max: 300 }),
    bits: fc.integer({ min: 1, max: 250 }).map((bytes) => bytes * 8),
    stayUs: fc.integer({ min: 1, max: 400 }),
    rates,
  },
  { requiredKeys: ['atUs', 'bits', 'rates'] },
);
const jobsOf = (most: number) =>
  fc.array(job, { minLength: 1, maxLength: most }).map((all) =>
    all.map(({ stayUs, ...each }): Job => {
      return stayUs === undefined ? each : { ...each, untilUs: each.atUs + stayUs };
    }),
  );

describe('shared channels', () => {
  it('end transfers of constant rates when a stepper in whole numbers says so', () => {
    fc.assert(
      fc.property(jobsOf(10), fc.constantFrom(...sharings), (drawn, sharing) => {
        const jobs = drawn.map(({ atUs, bits, rates: [first] }) => {
          return { atUs, bits, rates: steady(first!.mbps) };
        });
        expect(played(jobs, sharing, false).ends).toEqual(stepped(jobs, sharing));
      }),
      { numRuns: 300 },
    );
  });

  it('end those whose rates change under way, in contacts that end, as a stepper does', () => {
    fc.assert(
      fc.property(jobsOf(10), fc.constantFrom(...sharings), (jobs, sharing) => {
        expect(played(jobs, sharing, true).ends).toEqual(stepped(jobs, sharing));
      }),
      { numRuns: 300 },
    );
  });

  it('send with all of their capacity while anything is left to send', () => {
    fc.assert(
      fc.property(jobsOf(10), fc.constantFrom(...sharings), (drawn, sharing) => {
        const jobs = drawn.map((each) => ({ ...each, rates: steady(5) }));
        const { left, busyUs } = played(jobs, sharing, true);
        const sent = jobs.reduce((sum, { bits }, i) => sum + bits - left[i]!, 0);
        // An end is rounded up, so each transfer leaves less than a microsecond unused.
        expect(sent).toBeLessThanOrEqual(busyUs * 5 + 1e-6);
        expect(sent).toBeGreaterThan((busyUs - jobs.length) * 5);
      }),
      { numRuns: 200 },
    );
  });

  it('do not depend on the order of what begins at once, where all are served', () => {
    fc.assert(
      fc.property(
        jobsOf(8),
        fc.integer({ min: 0, max: 7 }),
        fc.boolean(),
        (drawn, turn, isRadio) => {
          const jobs = drawn.map((each) => ({ ...each, atUs: each.atUs % 3 }));
          const order = [...jobs.keys()];
          const turned = [...order.slice(turn), ...order.slice(0, turn)].reverse();
          const { ends } = played(jobs, 'processor', isRadio, turned.values());
          expect(ends).toEqual(played(jobs, 'processor', isRadio).ends);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('take from others that are alone what a transfer takes by itself', () => {
    const alone = { atUs: 7, bits: 80_000, rates: steady(8) };
    for (const sharing of sharings) {
      expect(played([alone], sharing, false).ends).toEqual([10_007]);
    }
  });
});

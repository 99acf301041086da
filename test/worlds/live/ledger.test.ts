import { describe, expect, it } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { Ledger } from '#src/worlds/live/ledger.js';

const servers = [
  { id: 'cloud', parent: null },
  { id: 'left', parent: 'cloud' },
];

function started(gradient: number, worker = 'w'): SimulatedEvent {
  return { type: 'gradient-started', gradient, worker, server: 'left', round: 1, version: 0 };
}

function ended(gradient: number, worker = 'w'): SimulatedEvent {
  const end = { outcome: 'aggregated', staleness: 0 } as const;
  return { type: 'gradient-ended', gradient, worker, server: 'left', ...end };
}

describe('the ledger of a live world', () => {
  it('holds back an end that is told before its beginning', () => {
    const ledger = new Ledger(servers);
    expect(ledger.enter(ended(4))).toEqual([]);
    expect(ledger.enter(started(4))).toEqual([started(4), ended(4)]);
    expect(ledger.close()).toEqual([]);
  });

  it('closes what is left as in flight, gradients first, by number', () => {
    const ledger = new Ledger(servers);
    for (const gradient of [9, 2, 5]) ledger.enter(started(gradient));
    ledger.enter(ended(2));
    ledger.enter({
      ...{ type: 'aggregated', server: 'left', layer: 'edge', round: 1, version: 0, result: 7 },
      ...{ vectors: 1, senders: 1, faulty: 0, faultySenders: 0, declaredF: 0, atDeadline: false },
      staleness: { mean: 0, maximum: 0 },
    });
    const closed = ledger
      .close()
      .map((event) =>
        event.type === 'gradient-ended'
          ? `${event.outcome} gradient ${event.gradient}`
          : event.type === 'result-ended' && `${event.outcome} result ${event.result}`,
      );
    expect(closed).toEqual(['in-flight gradient 5', 'in-flight gradient 9', 'in-flight result 7']);
    expect(ledger.started).toBe(3);
  });

  it('ends what lost workers had begun, but for what a server has, and ends nothing twice', () => {
    const ledger = new Ledger(servers);
    ledger.enter(started(1));
    ledger.enter(started(2));
    ledger.enter(started(3, 'other'));
    const lost = ledger.loseWorkers(new Set(['w']), new Set([2]));
    expect(lost).toEqual([
      {
        ...{ type: 'gradient-ended', gradient: 1, worker: 'w', server: 'left' },
        ...{ outcome: 'dropped', reason: 'left-map' },
      },
    ]);
    expect(ledger.enter(ended(1))).toEqual([]);
    expect(ledger.enter(ended(2))).toEqual([ended(2)]);
  });
});

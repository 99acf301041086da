import { describe, expect, it } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { InFlightTracker } from '#src/worlds/live/coordinator/in-flight-tracker.js';

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

function aggregated(result: number): SimulatedEvent {
  return {
    ...{ type: 'aggregated', server: 'left', layer: 'edge', round: 1, version: 0, result },
    ...{
      vectors: 1,
      senders: 1,
      byzantine: 0,
      byzantineSenders: 0,
      declaredF: 0,
      atDeadline: false,
    },
    staleness: { mean: 0, maximum: 0 },
  };
}

/** An end says nothing of the round. */
const bare = { type: 'gradient-ended', round: undefined, version: undefined };

describe('the in-flight tracker of a live world', () => {
  it('holds back an end that is reported before its beginning', () => {
    const tracker = new InFlightTracker(servers, false);
    expect(tracker.enter(ended(4))).toEqual([]);
    expect(tracker.enter(started(4))).toEqual([started(4), ended(4)]);
    expect(tracker.close()).toEqual([]);
  });

  it('closes what is left as in flight, gradients first, by number', () => {
    const tracker = new InFlightTracker(servers, false);
    for (const gradient of [9, 2, 5]) tracker.enter(started(gradient));
    tracker.enter(ended(2));
    tracker.enter(aggregated(7));
    const closed = tracker
      .close()
      .map((event) =>
        event.type === 'gradient-ended'
          ? `${event.outcome} gradient ${event.gradient}`
          : event.type === 'result-ended' && `${event.outcome} result ${event.result}`,
      );
    expect(closed).toEqual(['in-flight gradient 5', 'in-flight gradient 9', 'in-flight result 7']);
    expect(tracker.started).toBe(3);
  });

  it('ends what a lost process had begun or was sent, but for what others have, and nothing twice', () => {
    const tracker = new InFlightTracker(servers, false);
    for (const gradient of [1, 2]) tracker.enter(started(gradient));
    for (const gradient of [3, 4]) tracker.enter(started(gradient, 'other'));
    for (const result of [7, 8]) tracker.enter(aggregated(result));
    const lost = tracker.lose({
      nodes: new Set(['w', 'left']),
      elsewhere: { gradients: new Set([2]), results: new Set([8]) },
      sentThere: { gradients: new Set([3, 100]), results: new Set() },
    });
    const dropped = (reason: string) => ({ outcome: 'dropped', reason });
    expect(lost).toEqual([
      { ...started(1), ...bare, ...dropped('left-map') },
      { ...started(3, 'other'), ...bare, ...dropped('crashed') },
      { type: 'result-ended', result: 7, server: 'left', parent: 'cloud', ...dropped('crashed') },
    ]);
    for (const gradient of [1, 3]) expect(tracker.enter(ended(gradient))).toEqual([]);
    for (const gradient of [2, 4]) expect(tracker.enter(ended(gradient))).toHaveLength(1);
    expect(tracker.close()).toMatchObject([{ result: 8, outcome: 'in-flight' }]);
  });

  it('goes on from what was saved', () => {
    const before = new InFlightTracker(servers, false);
    before.enter(started(5));
    before.enter(started(6));
    before.enter(aggregated(7));
    before.enter(ended(5));
    const tracker = new InFlightTracker(servers, false, before.save());
    expect(tracker.started).toBe(2);
    expect(tracker.close()).toEqual(before.close());
  });
});

import { expect, it } from 'vitest';
import type { SimulatedEvent, SimulatedLine } from '#src/journal/events.js';
import { LatencyTally } from '#src/report/hierarchy/latency.js';

type Timed = [timeS: number, event: SimulatedEvent];

function latencyOf(events: readonly Timed[]) {
  const tally = new LatencyTally();
  for (const [n, [timeS, event]] of events.entries()) {
    tally.add({ n, timeUs: timeS * 1e6, ...event } as SimulatedLine);
  }
  return tally.latency();
}

type Servers = [id: string, parent: string | null][];
const started = (workers: number, ...servers: Servers): SimulatedEvent => ({
  ...{ type: 'run-started', name: 'hand', seed: 1, workers, parameters: [], byzantine: {} },
  servers: servers.map(([id, parent]) => ({ id, parent, layer: id })),
});
const entered = (worker: string): SimulatedEvent => ({
  ...{ type: 'enter-map', worker, entity: worker, kind: 'container' },
});
const trained = (worker: string, window: number): SimulatedEvent => ({
  ...{ type: 'window-trained', worker, window, gradient: 0, items: 1, busyUs: 1 },
});
const sent = (update: number, node: string, server: string, changes: number[]): SimulatedEvent => ({
  ...{ type: 'update-sent', update, node, server, changes, bytes: 40 },
});
const modelSent = (node: string, to: string, version: number): SimulatedEvent => ({
  ...{ type: 'model-sent', node, to, version, bytes: 40 },
});
const modelReceived = (node: string, from: string, version: number): SimulatedEvent => ({
  ...{ type: 'model-received', node, from, version },
});

/** The server closes with these updates alone, and has a new model at once. */
function merged(
  server: string,
  result: number,
  updates: [update: number, node: string][],
): SimulatedEvent[] {
  return [
    {
      ...{ type: 'aggregated', server, layer: server, round: 1, version: 0, result },
      ...{ vectors: 1, senders: 1, byzantine: 0, byzantineSenders: 0, declaredF: 0 },
      ...{ atDeadline: false, staleness: { mean: 0, maximum: 0 } },
    },
    ...updates.map(
      ([update, node]): SimulatedEvent => ({
        ...{ type: 'update-ended', update, node, server },
        ...{ outcome: 'aggregated', inResult: result, staleness: 0 },
      }),
    ),
    {
      ...{ type: 'updated', server, round: 1, version: result, gradients: 1, learningRate: 1 },
    },
  ];
}
const at = (timeS: number, events: readonly SimulatedEvent[]): Timed[] =>
  events.map((event) => [timeS, event]);

it('is the time from the last worker that processed a window until it is back from all', () => {
  const { worst, censored, of, rows } = latencyOf([
    ...at(0, [started(2, ['cloud', null]), entered('a'), entered('b')]),
    // a has processed window 1 at 10 s. The model that it gets at 12 s knows nothing of b.
    ...at(10, [trained('a', 1), sent(1, 'a', 'cloud', [1])]),
    ...at(11, [...merged('cloud', 1, [[1, 'a']]), modelSent('cloud', 'a', 1)]),
    ...at(12, [modelReceived('a', 'cloud', 1)]),
    // b has processed it at 15 s, and at 17 s has a model with window 1 of both: tr of (b, 1) is 17,
    // and its latency min(17 - 10, 17 - 15) = 2.
    ...at(15, [trained('b', 1), sent(2, 'b', 'cloud', [1])]),
    ...at(16, [...merged('cloud', 2, [[2, 'b']]), modelSent('cloud', 'b', 2)]),
    ...at(17, [modelReceived('b', 'cloud', 2)]),
    // a pulls again only after its window 2: the model that comes at 22 s holds window 2 of a, which
    // stands for window 1, and window 1 of b. Latency of (a, 1): min(22 - 10, 22 - 15) = 7.
    ...at(20, [trained('a', 2), sent(3, 'a', 'cloud', [2])]),
    ...at(21, [...merged('cloud', 3, [[3, 'a']]), modelSent('cloud', 'a', 3)]),
    ...at(22, [modelReceived('a', 'cloud', 3)]),
    // Window 2 of b is lost, so that no model ever holds it: (a, 2) and (b, 2) are censored.
    ...at(25, [trained('b', 2), sent(4, 'b', 'cloud', [2])]),
    ...at(26, [{ type: 'update-ended', update: 4, node: 'b', server: 'cloud', outcome: 'lost' }]),
    ...at(27, [modelSent('cloud', 'b', 3)]),
    ...at(28, [modelReceived('b', 'cloud', 3)]),
  ]);
  expect(rows).toEqual([
    { worker: 'a', window: 1, receivedS: 22, latencyS: 7 },
    { worker: 'a', window: 2, receivedS: null, latencyS: null },
    { worker: 'b', window: 1, receivedS: 17, latencyS: 2 },
    { worker: 'b', window: 2, receivedS: null, latencyS: null },
  ]);
  expect(worst).toEqual({ worker: 'a', window: 1, latencyS: 7 });
  expect([censored, of]).toEqual([2, 4]);
});

/**
 * Two workers below an inner server. Both windows are merged there and not sent up; then a model of
 * the cloud comes that knows none of them. `then`: what the inner server does with its unsent change.
 */
function throughEdge(then: readonly SimulatedEvent[]) {
  return latencyOf([
    ...at(0, [started(2, ['cloud', null], ['edge', 'cloud']), entered('a'), entered('b')]),
    ...at(1, [trained('a', 1), sent(1, 'a', 'edge', [1])]),
    ...at(2, [trained('b', 1), sent(2, 'b', 'edge', [1])]),
    ...at(3, [modelSent('cloud', 'edge', 0)]),
    ...at(4, [
      ...merged('edge', 1, [
        [1, 'a'],
        [2, 'b'],
      ]),
    ]),
    ...at(5, [modelReceived('edge', 'cloud', 0), ...then]),
    ...at(6, [modelSent('edge', 'a', 2)]),
    ...at(7, [modelReceived('a', 'edge', 2)]),
  ]).rows.filter(({ worker }) => worker === 'a');
}

it('counts what an inner server keeps on top of a model that it pulled', () => {
  expect(throughEdge([])).toEqual([{ worker: 'a', window: 1, receivedS: 7, latencyS: 5 }]);
});

it('does not count what an inner server gave up for a model that it pulled', () => {
  const givenUp: SimulatedEvent = {
    ...{ type: 'change-ended', update: 3, node: 'edge', server: 'cloud', changes: [1] },
    ...{ outcome: 'dropped', reason: 'discarded' },
  };
  expect(throughEdge([givenUp])).toMatchObject([{ latencyS: null }]);
});

it('does not count a change in flight, which is absent from the model that is pulled then', () => {
  const { rows } = latencyOf([
    ...at(0, [started(1, ['cloud', null], ['edge', 'cloud']), entered('a')]),
    ...at(1, [trained('a', 1), sent(1, 'a', 'edge', [1])]),
    ...at(2, [...merged('edge', 1, [[1, 'a']]), sent(2, 'edge', 'cloud', [1])]),
    ...at(3, [modelSent('cloud', 'edge', 0), modelReceived('edge', 'cloud', 0)]),
    ...at(4, [modelSent('edge', 'a', 2), modelReceived('a', 'edge', 2)]),
    ...at(6, [...merged('cloud', 2, [[2, 'edge']]), modelSent('cloud', 'edge', 2)]),
    ...at(7, [modelReceived('edge', 'cloud', 2), modelSent('edge', 'a', 3)]),
    ...at(8, [modelReceived('a', 'edge', 3)]),
  ]);
  expect(rows).toEqual([{ worker: 'a', window: 1, receivedS: 8, latencyS: 7 }]);
});

it('follows a change through a relay, which has no model of its own', () => {
  const [closed, ended] = merged('edge', 1, [[1, 'a']]) as [SimulatedEvent, SimulatedEvent];
  const { rows } = latencyOf([
    ...at(0, [started(1, ['cloud', null], ['edge', 'cloud']), entered('a')]),
    ...at(1, [trained('a', 1), sent(1, 'a', 'edge', [1])]),
    ...at(2, [closed, ended, sent(2, 'edge', 'cloud', [1])]),
    ...at(3, [...merged('cloud', 2, [[2, 'edge']]), modelSent('cloud', 'edge', 1)]),
    ...at(4, [modelReceived('edge', 'cloud', 1), modelSent('edge', 'a', 1)]),
    ...at(5, [modelReceived('a', 'edge', 1)]),
  ]);
  expect(rows).toEqual([{ worker: 'a', window: 1, receivedS: 5, latencyS: 4 }]);
});

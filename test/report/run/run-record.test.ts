import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { metricsCsv } from '#src/report/run/metrics.js';
import { readRunRecord } from '#src/report/run/run-record.js';
import { evaluated, HandMadeJournal, staleResults, tenSeconds } from '../hand-made-journal.ts';

async function recordOf(journal: HandMadeJournal) {
  return readRunRecord(join(await journal.save(), 'journal.jsonl'));
}

const record = await recordOf(tenSeconds());

test('every gradient is counted under its one fate', () => {
  expect(record.gradients).toEqual({
    started: 7,
    computed: 4,
    aggregated: 3,
    dropped: 2,
    droppedBy: { 'left-range': 1, late: 1 },
    lost: 1,
    inFlight: 1,
  });
  expect(record.violations).toEqual([]);
});

test('results of edge servers are counted apart, the cloud has none of its own', () => {
  expect(record.results).toMatchObject({ started: 3, aggregated: 2, lost: 1, inFlight: 0 });
});

test('totals and outcomes are those of the journal', () => {
  expect(record).toMatchObject({
    name: 'tiny',
    seed: 7,
    workers: 3,
    ended: 'time',
    rounds: 1,
    simTimeS: 10,
    wallTimeS: 2.5,
    updates: 1,
    handovers: 1,
    messagesLost: 1,
    messagesRetried: 2,
    workersQueued: 1,
    workersRefused: 2,
    failures: { crashes: 0, cuts: 0, downS: {}, cutS: {} },
    nonFinite: 1,
    accuracy: { final: 0.5, best: 0.6 },
    loss: { final: 0.75 },
    diverged: true,
  });
});

test('updates and evaluations of a server below the cloud are not those of the run', async () => {
  const journal = tenSeconds();
  const update = { round: 1, version: 1, gradients: 1, learningRate: 1 };
  for (const server of ['a', 'cloud']) journal.at(11, { type: 'updated', server, ...update });
  journal.at(11, { ...evaluated(2, 9, 0.9, 0.1), server: 'a' } as SimulatedEvent);
  expect(await recordOf(journal)).toMatchObject({ updates: 2, rows: record.rows });
});

test('a server is reported by its rounds and by the workers it had, averaged over time', () => {
  const [cloud, a, b] = record.servers;
  // Open from 0 to 3 s and from 6 to 8 s. One worker for 2 s, two for 2 s, one for 6 s.
  expect(a).toEqual({
    id: 'a',
    parent: 'cloud',
    layer: 'edge',
    aggregations: 2,
    withoutResult: 0,
    atDeadline: 0,
    vectors: 3,
    byzantineVectors: 2,
    nonFinite: 0,
    staleness: { mean: 0, maximum: 0 },
    resultStaleness: { mean: 0, maximum: 0 },
    meanCollectS: 2.5,
    meanInRange: 1.2,
  });
  expect(b).toMatchObject({ aggregations: 1, atDeadline: 1, meanCollectS: 5, meanInRange: 0.4 });
  expect(cloud).toMatchObject({ aggregations: 1, meanCollectS: 5, meanInRange: null });
});

test('metrics.csv has a row for each evaluation, with all that happened up to then', () => {
  expect(metricsCsv(record.rows)).toBe(
    [
      'round,sim_time_s,wall_time_s,version,epoch,gradients,updates,split,accuracy,loss,rmse,mae,r2,macro_precision,macro_recall,macro_f1,micro_precision,micro_recall,micro_f1,attack_success,gradient_staleness_mean,gradient_staleness_max,result_staleness_mean,result_staleness_max,in_range,gradients_started,gradients_dropped,gradients_lost,results_dropped,results_lost,messages_lost,messages_retried,workers_queued,workers_refused,handovers,bytes,non_finite,energy_j',
      '0,0,0.25,0,0,0,0,test,0.1,2.3,,,,0.1,0.1,0.1,0.1,0.1,0.1,,,,,,0,0,0,0,0,0,0,0,0,0,0,0,0,',
      '1,5,1.5,1,0,3,1,test,0.6,Infinity,,,,0.6,0.6,0.6,0.6,0.6,0.6,,0,0,0,0,2,5,2,0,0,0,0,0,0,0,1,0,1,',
      '1,10,2,1,0,3,1,test,0.5,0.75,,,,0.5,0.5,0.5,0.5,0.5,0.5,,,,,,1,7,2,1,0,1,1,2,1,2,1,0,1,',
      '',
    ].join('\n'),
  );
});

test('in a tree of models, columns of gradients and results of rounds are empty', async () => {
  const journal = tenSeconds();
  const trained = { worker: 'w1', window: 1, gradient: 8, items: 1, busyUs: 1 };
  journal.at(11, { type: 'window-trained', ...trained });
  const { rows } = await recordOf(journal);
  const [header, ...lines] = metricsCsv(rows)
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const cells = lines.map((line) => line.slice(header!.indexOf('gradients_started')).slice(0, 6));
  // The last one counts messages, which a tree has too.
  expect(cells.map((each) => each.join(','))).toEqual([',,,,,0', ',,,,,0', ',,,,,1']);
});

test('staleness is reported of the whole run, of each server, and since the evaluation before', async () => {
  const { staleness, servers, rows } = await recordOf(staleResults());
  expect(staleness).toEqual({
    gradients: { mean: 2, maximum: 5 },
    results: { mean: 3, maximum: 7 },
  });
  const [cloud, a, b] = servers;
  expect(cloud).toMatchObject({ staleness: { mean: 3, maximum: 7 }, resultStaleness: null });
  expect(a).toMatchObject({
    staleness: { mean: 1, maximum: 2 },
    resultStaleness: { mean: 1, maximum: 1 },
  });
  expect(b).toMatchObject({
    staleness: { mean: 5, maximum: 5 },
    resultStaleness: { mean: 7, maximum: 7 },
  });
  expect(
    rows.map(({ gradientStaleness, resultStaleness }) => [gradientStaleness, resultStaleness]),
  ).toEqual([
    [{ mean: 1, maximum: 2 }, null],
    [
      { mean: 5, maximum: 5 },
      { mean: 3, maximum: 7 },
    ],
    [null, null],
  ]);
});

test('a run that still goes on has gradients in flight, and that contradicts nothing', async () => {
  const journal = new HandMadeJournal().start();
  const gradient = { worker: 'w', server: 'a', round: 1, version: 0 };
  journal.at(1, { type: 'gradient-started', gradient: 1, ...gradient });
  const { ended, gradients, violations, accuracy } = await recordOf(journal);
  expect(gradients).toMatchObject({ started: 1, inFlight: 1, computed: null });
  expect([ended, violations, accuracy.final]).toEqual([null, [], null]);
});

test('what breaks conservation is named', async () => {
  const journal = new HandMadeJournal().start();
  const gradient = { worker: 'w', server: 'a', round: 1, version: 0 };
  journal.at(1, { type: 'gradient-started', gradient: 1, ...gradient });
  journal.at(1, { type: 'gradient-started', gradient: 1, ...gradient });
  journal.at(2, { type: 'gradient-started', gradient: 2, ...gradient });
  const end = { worker: 'w', server: 'a' };
  journal.at(3, { type: 'gradient-ended', gradient: 1, ...end, outcome: 'aggregated' });
  journal.at(3, { type: 'gradient-ended', gradient: 1, ...end, outcome: 'lost' });
  journal.at(3, { type: 'gradient-ended', gradient: 3, ...end, outcome: 'dropped' });
  journal.at(4, {
    type: 'run-ended',
    reason: 'time',
    rounds: 0,
    gradients: 2,
    computed: 1,
    updates: 0,
  });
  expect((await recordOf(journal)).violations).toEqual([
    'gradient 1 started twice',
    'gradient 1 ended (lost) while it was not under way',
    'gradient 3 ended (dropped) while it was not under way',
    'gradient 3 was dropped without a reason',
    'gradient 2 has no end',
    "3 gradients started, but the run's end says 2",
  ]);
});

test('bytes are those of the vectors that were aggregated, at 4 a parameter', async () => {
  const journal = new HandMadeJournal();
  journal.at(0, {
    ...{ type: 'run-started', name: 'tiny', seed: 1, workers: 1, byzantine: {} },
    servers: [
      { id: 'cloud', parent: null, layer: 'cloud' },
      { id: 'a', parent: 'cloud', layer: 'edge' },
    ],
    parameters: [
      { name: 'weights', shape: [3, 2] },
      { name: 'biases', shape: [2] },
    ],
  });
  const gradient = { worker: 'w1', server: 'a' };
  for (const [number, outcome] of (['aggregated', 'lost', 'aggregated'] as const).entries()) {
    journal.at(2, {
      type: 'gradient-started',
      ...gradient,
      gradient: number,
      round: 1,
      version: 0,
    });
    journal.at(2, { type: 'gradient-ended', ...gradient, gradient: number, outcome });
  }
  journal.at(3, {
    type: 'result-ended',
    result: 1,
    server: 'a',
    parent: 'cloud',
    outcome: 'aggregated',
  });
  const { bytes } = await readRunRecord(join(await journal.save(), 'journal.jsonl'));
  // Three vectors of eight numbers.
  expect(bytes).toBe(96);
});

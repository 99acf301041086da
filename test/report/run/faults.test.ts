import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { ConcentrationTally } from '#src/report/run/concentration.js';
import { faultPlot } from '#src/report/run/fault-plot.js';
import { writeRunReport } from '#src/report/run/run-report.js';
import { HandMadeJournal, staleResults } from '../hand-made-journal.ts';

type Aggregated = Extract<SimulatedEvent, { type: 'aggregated' }>;

/**
 * Worker w1 is Byzantine. It is with a from 0 s, w2 from 2 s; w1 goes over to b at 4 s and out of range
 * at 8 s; the journal ends at 10 s.
 */
function attackerOnTheMove(): HandMadeJournal {
  const journal = new HandMadeJournal();
  journal.at(0, {
    type: 'run-started',
    name: 'Byzantine node',
    seed: 3,
    workers: 2,
    servers: [
      { id: 'cloud', parent: null, layer: 'cloud' },
      ...['a', 'b'].map((id) => ({ id, parent: 'cloud', layer: 'edge' })),
    ],
    parameters: [],
    byzantine: { worker: ['w1'] },
  });
  const moves = (timeS: number, worker: string, server: string | null, previous: string | null) => {
    const handover = server !== null && previous !== null;
    journal.at(timeS, { type: 'associate', worker, server, previous, handover });
  };
  const aggregated = (timeS: number, server: string, more: Partial<Aggregated>) =>
    journal.at(timeS, {
      type: 'aggregated',
      server,
      layer: server === 'cloud' ? 'cloud' : 'edge',
      round: 1,
      version: 0,
      result: timeS,
      vectors: 4,
      senders: 2,
      byzantine: 0,
      byzantineSenders: 0,
      declaredF: 1,
      atDeadline: false,
      staleness: { mean: 0.5, maximum: 2 },
      nonFinite: 0,
      exceeded: false,
      skipped: false,
      ...more,
    });
  const beside = { norm: 2, variance: 0.5, distance: 1, angleDeg: 30 };
  moves(0, 'w1', 'a', null);
  moves(2, 'w2', 'a', null);
  aggregated(3, 'a', {
    byzantine: 3,
    byzantineSenders: 1,
    nonFinite: 1,
    seen: { honest: 1, byzantine: 2 },
    exceeded: true,
    norm: 1.5,
    selected: [0],
    selectedByzantine: 1,
    honestMean: { ...beside, kappa: 2 },
  });
  moves(4, 'w1', 'b', 'a');
  aggregated(5, 'a', {
    byzantine: 1,
    byzantineSenders: 1,
    seen: { honest: 3, byzantine: 1 },
    selected: [2],
    selectedByzantine: 0,
    honestMean: { ...beside, variance: 0, kappa: 'Infinity' },
    policy: 'wait',
  });
  aggregated(6, 'cloud', {
    vectors: 2,
    seen: { honest: 2, byzantine: 0 },
    clipped: 1,
    iterations: 3,
    honestMean: { ...beside, distance: 0, angleDeg: null, kappa: 0 },
  });
  journal.at(7, {
    type: 'no-result',
    server: 'b',
    round: 1,
    vectors: 1,
    needed: 3,
    policy: 'skip',
  });
  moves(8, 'w1', null, 'b');
  journal.at(10, { type: 'round-ended', server: 'cloud', round: 1 });
  return journal;
}

const runDir = await attackerOnTheMove().save();
const { record, files } = await writeRunReport(runDir);

test('who is Byzantine at a server changes as workers move', () => {
  const tally = new ConcentrationTally();
  for (const line of attackerOnTheMove().lines) tally.add(line);
  expect(tally.spans(10e6)).toEqual([
    { server: 'a', fromS: 0, toS: 2, workers: 1, byzantine: 1 },
    { server: 'a', fromS: 2, toS: 4, workers: 2, byzantine: 1 },
    { server: 'b', fromS: 4, toS: 8, workers: 1, byzantine: 1 },
    { server: 'a', fromS: 4, toS: 10, workers: 1, byzantine: 0 },
  ]);
});

test('fixed Byzantine workers that are so only at times begin honest', () => {
  const journal = attackerOnTheMove();
  const turn = (timeS: number, type: 'turned-byzantine' | 'turned-honest') =>
    journal.at(timeS, { type, node: 'w2', server: null });
  // By then w2 is alone at a.
  turn(11, 'turned-byzantine');
  turn(13, 'turned-honest');
  const spansOf = (fixed: string[]) => {
    const tally = new ConcentrationTally();
    for (const line of journal.lines) {
      tally.add(line.type === 'run-started' ? { ...line, byzantine: { worker: fixed } } : line);
    }
    return tally.spans(14e6).filter(({ server }) => server === 'a');
  };
  const late = [
    { server: 'a', fromS: 4, toS: 11, workers: 1, byzantine: 0 },
    { server: 'a', fromS: 11, toS: 13, workers: 1, byzantine: 1 },
    { server: 'a', fromS: 13, toS: 14, workers: 1, byzantine: 0 },
  ];
  const early = (byzantine: number) => [
    { server: 'a', fromS: 0, toS: 2, workers: 1, byzantine },
    { server: 'a', fromS: 2, toS: 4, workers: 2, byzantine },
  ];
  expect(spansOf(['w1', 'w2'])).toEqual([...early(0), ...late]);
  // Scope local: no node is fixed, and turns give all.
  expect(spansOf([])).toEqual([...early(0), ...late]);
});

test('the summary counts aggregations, not vectors, each layer by itself', () => {
  expect(record.faults).toEqual({
    layers: [
      { layer: 'edge', aggregations: 2, sawByzantine: 2, exceeded: 1 },
      { layer: 'cloud', aggregations: 1, sawByzantine: 0, exceeded: 0 },
    ],
    mostByzantine: { server: 'a', share: 2 / 3, vectors: 3 },
    // Of a's workers all for 2 s, half for 2 s, none for 6 s; at b only the Byzantine one.
    concentration: { server: 'b', share: 1 },
    selectedByzantine: 1 / 2,
    // 2 and 0: what is infinite has no mean.
    meanKappa: 1,
  });
});

test('without Byzantine ones there is nothing to draw, and nothing to sum up', async () => {
  const folder = await staleResults().save();
  const report = await writeRunReport(folder);
  expect(report.files).toEqual(['metrics.csv', 'aggregations.csv', 'plot.svg']);
  expect(existsSync(join(folder, 'faults.svg'))).toBe(false);
  expect(report.record.faults).toMatchObject({ concentration: null, selectedByzantine: null });
});

test('aggregations.csv has a line for each closing, with all that is recorded of it', async () => {
  const text = await readFile(join(runDir, 'aggregations.csv'), 'utf8');
  const [header, ...rows] = text.trimEnd().split('\n');
  const values = rows.map((row) => {
    const cells = row.split(',');
    const named = header!.split(',').map((name, column) => [name, cells[column]]);
    return Object.fromEntries(named.filter(([, value]) => value !== ''));
  });
  expect(values).toHaveLength(4);
  expect(values[0]).toEqual({
    sim_time_s: '3',
    server: 'a',
    layer: 'edge',
    round: '1',
    version: '0',
    at_deadline: 'false',
    has_result: 'true',
    vectors: '4',
    senders: '2',
    byzantine_vectors: '3',
    byzantine_senders: '1',
    declared_f_vectors: '1',
    non_finite_vectors: '1',
    seen_honest_vectors: '1',
    seen_byzantine_vectors: '2',
    exceeded: 'true',
    selected_vectors: '1',
    selected_byzantine_vectors: '1',
    staleness_mean_versions: '0.5',
    staleness_max_versions: '2',
    norm: '1.5',
    honest_mean_norm: '2',
    honest_variance: '0.5',
    distance: '1',
    angle_deg: '30',
    kappa: '2',
  });
  expect(values[1]).toMatchObject({ kappa: 'Infinity', policy: 'wait' });
  expect(values[2]).toMatchObject({ clipped_vectors: '1', iterations: '3', kappa: '0' });
  expect(values[3]).toEqual({
    ...{ sim_time_s: '7', server: 'b', round: '1', has_result: 'false' },
    ...{ policy: 'skip', vectors: '1' },
  });
});

test('faults.svg has a panel for each server that workers join, and one for kappa', async () => {
  expect(files).toContain('faults.svg');
  const svg = await readFile(join(runDir, 'faults.svg'), 'utf8');
  expect(XMLValidator.validate(svg)).toBe(true);
  for (const text of [
    '>a<',
    '>b<',
    '>declared f<',
    'in 1 of 2 aggregations of layer edge',
    '>kappa =',
  ]) {
    expect(svg).toContain(text);
  }
});

test('lines that are equal stay visible: each is narrower than those under it', async () => {
  const journal = attackerOnTheMove();
  const closings = journal.lines.flatMap((line) =>
    line.type === 'aggregated' && line.server === 'a'
      ? [{ ...line, byzantine: 1, declaredF: 1 }]
      : [],
  );
  const spans = [{ server: 'a', fromS: 0, toS: 10, workers: 4, byzantine: 1 }];
  const svg = (await faultPlot({ name: 'equal', seed: 3, simTimeS: 10, closings, spans }))!;
  // In the order of drawing; without the symbols of the legend, which have no label.
  const lines = [
    ...svg.matchAll(/series: ([^"]*)" [^>]*? d="([^"]*)"[^>]*? stroke-width="([\d.]+)"/g),
  ];
  const shares = lines.slice(0, 3);
  expect(shares.map(([, series]) => series)).toEqual([
    'declared f',
    'Byzantine vectors aggregated',
    'Byzantine workers in range',
  ]);
  const [declared, aggregated, inRange] = shares.map(([, , , width]) => Number(width));
  expect(declared).toBeGreaterThan(aggregated! + 2);
  expect(aggregated).toBeGreaterThan(inRange! + 1);
  // They are one line indeed: the same height, a quarter.
  const heights = shares.map(([, , path]) => [...path!.matchAll(/,([\d.]+)/g)].map(([, y]) => y));
  expect(new Set(heights.flat())).toEqual(new Set(['67.5']));
});

test('where vectors are made Byzantine one by one no share of Byzantine workers is drawn', async () => {
  const closings = attackerOnTheMove().lines.flatMap((line) =>
    line.type === 'aggregated' ? [line] : [],
  );
  const spans = [{ server: 'a', fromS: 0, toS: 10, workers: 4, byzantine: 0 }];
  const svg = (await faultPlot({ name: 'drawn', seed: 3, simTimeS: 10, closings, spans }))!;
  expect([
    svg.includes('>Byzantine vectors aggregated<'),
    svg.includes('>Byzantine workers'),
  ]).toEqual([true, false]);
});

test('kappa over many powers of ten has ticks at some of them', async () => {
  const journal = attackerOnTheMove();
  const closings = journal.lines.flatMap((line) =>
    line.type === 'aggregated' && line.honestMean ? [line] : [],
  );
  for (const { honestMean } of closings) honestMean!.kappa = 1e12;
  const svg = await faultPlot({
    name: 'Byzantine node',
    seed: 3,
    simTimeS: 10,
    closings,
    spans: [],
  });
  for (const tick of ['>0<', '>1e+4<', '>1e+8<', '>1e+12<']) expect(svg).toContain(tick);
});

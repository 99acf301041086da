import { expect, it } from 'vitest';
import type { JournalLine } from '#src/journal/events.js';
import { pointsOf } from '#src/live-page/drawing/chart-data.js';
import { SeriesTally } from '#src/live-page/server/series.js';

const scores = { precision: 0, recall: 0, f1: 0 };

function evaluated(n: number, version: number, accuracy: number): JournalLine {
  return {
    ...{ n, timeUs: n * 1_000_000, type: 'evaluated', server: 'cloud', round: version, version },
    ...{ epoch: 0, gradients: 0, split: 'test', accuracy, loss: 1 - accuracy },
    ...{ macro: scores, micro: scores, perClass: [] },
  } as JournalLine;
}

function measured(host: number, event: number, wallTimeS: number): JournalLine {
  return { host, wallTimeS, type: 'evaluation-done', event };
}

function tallyOf(lines: readonly JournalLine[]): SeriesTally {
  const tally = new SeriesTally();
  const servers = [{ id: 'cloud', parent: null, layer: 'cloud' }];
  const start = { type: 'run-started', name: 'made', seed: 1, workers: 1, servers } as const;
  tally.add({ n: 0, timeUs: 0, ...start, parameters: [], byzantine: {} });
  for (const line of lines) tally.add(line);
  return tally;
}

it('has the wall time at which the numbers of each evaluation were there', () => {
  const lines = [evaluated(1, 0, 0.1), measured(1, 1, 2.5), evaluated(2, 1, 0.5)];
  const series = tallyOf(lines).series();
  expect(series.evaluations.wallS).toEqual([2.5, null]);
  // The second has not been measured yet: it has no place.
  expect(pointsOf(series, 'accuracy', 'wall')).toEqual({ x: [2.5], y: [10] });
  expect(pointsOf(series, 'accuracy', 'time')).toEqual({ x: [1, 2], y: [10, 50] });
});

it('has the wall time of an evaluation whose line comes after that of its numbers', () => {
  // As a journal has it where an earlier evaluation is still being measured.
  const lines = [
    measured(1, 2, 1.5),
    evaluated(1, 0, 0.1),
    evaluated(2, 1, 0.5),
    measured(2, 1, 2),
  ];
  expect(tallyOf(lines).series().evaluations.wallS).toEqual([2, 1.5]);
});

it('puts evaluations in the order of their wall time, and takes the newest of a resumed run', () => {
  const lines = [
    // Of before the resume, in front of the line of its event.
    measured(1, 1, 9),
    evaluated(1, 0, 0.1),
    evaluated(2, 1, 0.5),
    measured(2, 2, 3),
    measured(3, 1, 4),
  ];
  const series = tallyOf(lines).series();
  expect(series.evaluations.wallS).toEqual([4, 3]);
  expect(pointsOf(series, 'loss', 'wall')).toEqual({ x: [3, 4], y: [0.5, 0.9] });
});

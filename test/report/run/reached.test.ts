import { expect, test } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { DEFAULT_REACH, reachedBy } from '#src/report/run/reached.js';
import { runsReachedText } from '#src/report/run/reached-table.js';
import { RunTally } from '#src/report/run/run-record.js';
import { HandMadeJournal } from '../hand-made-journal.ts';

const started: SimulatedEvent = {
  ...{ type: 'run-started', name: 'tree', seed: 1, workers: 1, parameters: [], byzantine: {} },
  servers: [{ id: 'cloud', parent: null, layer: 'cloud' }],
  power: {
    layers: { worker: { computeW: 3, transmitW: 5 } },
    // A megabit a second: a byte takes 8 microseconds.
    bandwidthMbps: { worker: 1 },
  },
};

const evaluated = (accuracy: number): SimulatedEvent => ({
  ...{ type: 'evaluated', server: 'cloud', round: 0, version: 0, epoch: 0, gradients: 0 },
  ...{ split: 'test', accuracy, perClass: [] },
});

/** Each window takes 2 s at 3 W, and its update 250 000 B x 8 us = 2 s at 5 W: 16 J. */
function windowsWith(accuracies: readonly number[], first = started): RunTally {
  const journal = new HandMadeJournal();
  journal.at(0, first);
  journal.at(0, evaluated(0.1));
  for (const [index, accuracy] of accuracies.entries()) {
    const window = index + 1;
    const timeS = 10 * window;
    journal.at(timeS, {
      ...{ type: 'window-trained', worker: 'a', window, gradient: index, items: 1, busyUs: 2e6 },
    });
    journal.at(timeS, {
      ...{ type: 'update-sent', update: window, node: 'a', server: 'cloud', changes: [window] },
      bytes: 250_000,
    });
    const update = { round: window, version: window, gradients: window, learningRate: 1 };
    journal.at(timeS, { type: 'updated', server: 'cloud', ...update });
    journal.at(timeS, evaluated(accuracy));
  }
  const tally = new RunTally();
  for (const line of journal.lines) tally.add(line);
  return tally;
}

const reachedIn = (tally: RunTally, accuracies = DEFAULT_REACH) =>
  reachedBy(tally.record().rows, accuracies);

test('energy, bytes and updates count up to the first evaluation that is good enough', () => {
  const reached = reachedIn(windowsWith([0.7, 0.85, 0.5, 0.9]), [0.8, 0.9, 0.95]);
  expect(reached).toMatchObject([
    { accuracy: 0.8, at: { simTimeS: 20, updates: 2, bytes: 500_000, energyJ: 32 } },
    { accuracy: 0.9, at: { simTimeS: 40, updates: 4, bytes: 1_000_000, energyJ: 64 } },
    { accuracy: 0.95, at: null },
  ]);
});

test('there is no energy where no layer has power', () => {
  const { power: _, ...without } = started as Extract<SimulatedEvent, { type: 'run-started' }>;
  const [reached] = reachedIn(windowsWith([0.9], without));
  expect(reached!.at).toMatchObject({ bytes: 250_000, energyJ: null });
});

test('runs that did not reach an accuracy are censored at their end, beside those that did', () => {
  const runs = [
    { run: 'good', simTimeS: 20, reached: reachedIn(windowsWith([0.7, 0.9])) },
    { run: 'weak', simTimeS: 30, reached: reachedIn(windowsWith([0.7, 0.7, 0.7])) },
  ];
  expect(runsReachedText(runs, 80).split('\n')).toEqual([
    'to reach 80 %  simulated s  updates    MB     J',
    '-------------  -----------  -------  ----  ----',
    'good                  20.0        2  0.50  32.0',
    'weak                > 30.0',
    '',
    'to reach 90 %  simulated s  updates    MB     J',
    '-------------  -----------  -------  ----  ----',
    'good                  20.0        2  0.50  32.0',
    'weak                > 30.0',
    '',
  ]);
});

import { join } from 'node:path';
import { expect } from 'vitest';
import { exportedRuns } from '#src/exports/exported-runs.js';
import { writeTensorboard } from '#src/exports/tensorboard/write-tensorboard.js';
import { snippetOf, testWithPython } from './ask-python.ts';
import { smallStudy } from './small-study.ts';

const reading = testWithPython('tensorboard');

const TAGS = `
import json
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator("logs/median/seed-7").Reload()
tags = events.Tags()["scalars"]
print(json.dumps({tag: [[s.step, s.wall_time, s.value] for s in events.Scalars(tag)] for tag in tags}))
`;

reading.test('EventAccumulator finds the scalars of the journal', async () => {
  const study = await smallStudy('tensorboard');
  await writeTensorboard(exportedRuns(study), join(study, 'logs'));
  // Written again, the same file is replaced.
  await writeTensorboard(exportedRuns(study), join(study, 'logs'));
  // As in tenSeconds().
  expect(reading.ask(snippetOf('TensorBoard'), study).trim().split('\n')).toEqual(
    ['mean', 'median'].flatMap((arm) =>
      [
        [0, 0, Math.fround(0.1)],
        [1, 5, Math.fround(0.6)],
        [1, 10, 0.5],
      ].map(([step, time, accuracy]) => `logs/${arm}/seed-7 ${step} ${time}.0 ${accuracy}`),
    ),
  );
  const scalars = JSON.parse(reading.ask(TAGS, study).replaceAll(/\bInfinity\b/g, '"Infinity"'));
  expect(scalars['loss/cloud']).toEqual([
    [0, 0, Math.fround(2.3)],
    [1, 5, 'Infinity'],
    [1, 10, 0.75],
  ]);
  expect(scalars['handovers/cloud'].map(([, , value]: number[]) => value)).toEqual([0, 1, 1]);
  expect(scalars['aggregated_vectors/a']).toEqual([
    [0, 3, 2],
    [1, 8, 1],
  ]);
  expect(scalars['aggregated_byzantine_vectors/b']).toEqual([[0, 5, 0]]);
});

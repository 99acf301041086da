import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStudyFacts, type StudyFacts } from '#src/report/study/study-report.js';
import { temporaryFolder } from '../../temporary-folder.ts';
import { HandMadeJournal } from '../hand-made-journal.ts';

/** A label that looks like markup. */
export const EVIL = '<b onclick="x">mean</b>';
const ATTACKS = ['none', 'sign-flip'];
const RULES = [EVIL, 'krum', 'median'];
const SEEDS = [1, 2];

/** Final accuracies: by rule, then by attack; a seed adds a hundredth. */
const FINAL = [
  [0.9, 0.1],
  [0.8, 0.7],
  [0.85, 0.8],
];

/**
 * Three rules under two attacks with two seeds, evaluated at 0 and 10 s. Two workers are with the server
 * from 0 s on, for 4 and for 6 s.
 */
export async function threeRules(): Promise<StudyFacts> {
  const studyDir = temporaryFolder('study');
  const runs = [];
  for (const [r, rule] of RULES.entries()) {
    for (const [a, attack] of ATTACKS.entries()) {
      for (const seed of SEEDS) {
        const folder = `r${r}-a${a}/seed-${seed}`;
        mkdirSync(join(studyDir, folder), { recursive: true });
        const journal = new HandMadeJournal().start(['a'], 'small', seed);
        const none = { server: null, previous: 'a', handover: false };
        for (const worker of ['w1', 'w2']) {
          journal.at(0, {
            type: 'associate',
            worker,
            server: 'a',
            previous: null,
            handover: false,
          });
        }
        for (const [i, accuracy] of [0.1, FINAL[r]![a]! + seed / 100].entries()) {
          if (i > 0) {
            journal.at(4, { type: 'associate', worker: 'w1', ...none });
            journal.at(6, { type: 'associate', worker: 'w2', ...none });
            const update = { round: i, version: i, gradients: 4 * i, learningRate: 1 };
            journal.at(i * 10, { type: 'updated', server: 'cloud', ...update });
          }
          journal.at(i * 10, {
            ...{ type: 'evaluated', server: 'cloud', round: i, version: i, epoch: 0 },
            ...{ gradients: 4 * i, split: 'test', accuracy, loss: 1 - accuracy },
          });
        }
        await journal.save(join(studyDir, folder));
        const config = { name: 'x', seed, layers: { edge: { aggregate: { rule } } } };
        writeFileSync(join(studyDir, folder, 'config.resolved.yaml'), JSON.stringify(config));
        runs.push({
          arm: `${rule}, ${attack}`,
          levels: { rule, attack },
          variant: null,
          seed,
          folder,
        });
      }
    }
  }
  const options = { window: 1, reach: [0.5], compare: 'rule', breakdown: 'attack' };
  return readStudyFacts(studyDir, EVIL, runs, options);
}

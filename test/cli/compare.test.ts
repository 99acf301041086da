import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluated, HandMadeJournal } from '../report/hand-made-journal.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

interface Made {
  accuracy: number;
  rate: number;
  trace?: string;
  version?: string;
}

/** A run that is measured once after its first update, and the files beside its journal. */
async function makeRun(runDir: string, seed: number, made: Made): Promise<void> {
  const { accuracy, rate, trace = 'aaa', version = '0.1.0' } = made;
  mkdirSync(runDir, { recursive: true });
  const journal = new HandMadeJournal().start(['a'], 'small', seed);
  journal.at(0, evaluated(0, 0, 0.1, 1));
  const update = { round: 1, version: 1, gradients: 4, learningRate: rate };
  journal.at(10, { type: 'updated', server: 'cloud', ...update });
  journal.at(10, evaluated(1, 4, accuracy, 1));
  await journal.save(runDir);
  const config = { name: runDir, seed, training: { learningRate: rate, epochs: 2 } };
  const text = JSON.stringify(config);
  writeFileSync(join(runDir, 'config.resolved.yaml'), text);
  const hash = createHash('sha256').update(text).digest('hex');
  const inputs = { config: hash, trace, dataset: 'ddd', files: {} };
  const provenance = { version, node: 'v22.0.0', engine: 'reference', inputs };
  writeFileSync(join(runDir, 'provenance.json'), JSON.stringify(provenance));
}

/** A study of arms: by arm the accuracies of seeds 1, 2, … */
async function makeStudy(
  name: string,
  arms: Record<string, number[]>,
  made: Omit<Made, 'accuracy'>,
) {
  const dir = temporaryFolder(name);
  const runs = [];
  for (const [arm, accuracies] of Object.entries(arms)) {
    for (const [index, accuracy] of accuracies.entries()) {
      const folder = `${arm}/seed-${index + 1}`;
      await makeRun(join(dir, folder), index + 1, { ...made, accuracy });
      runs.push({ arm, levels: {}, variant: null, seed: index + 1, folder });
    }
  }
  writeFileSync(join(dir, 'study.json'), JSON.stringify({ name: 'small', window: 1, runs }));
  return dir;
}

test('compare of runs shows what differs of config, inputs and versions, then the results', async () => {
  const dir = temporaryFolder('compared-runs');
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  await makeRun(a, 1, { accuracy: 0.5, rate: 0.1 });
  await makeRun(b, 1, { accuracy: 0.6, rate: 0.2, trace: 'bbb', version: '0.2.0' });
  const { code, stdout, stderr } = await edgemlsim('compare', a, b);
  expect([code, stderr]).toEqual([0, '']);
  const [differences, table] = stdout.split('\n\n');
  expect(differences!.split('\n')).toEqual([
    `what differs: ${a} | ${b}`,
    'config',
    '  training.learningRate: 0.1 | 0.2',
    'inputs',
    '  SHA-256 of the trace: aaa | bbb',
    'versions',
    '  edgemlsim: 0.1.0 | 0.2.0',
  ]);
  expect(table).toMatch(/^run +seed +ended +accuracy /);

  await makeRun(b, 1, { accuracy: 0.5, rate: 0.1 });
  const same = await edgemlsim('compare', a, b);
  expect(same.stdout).toMatch(/^no difference of config, inputs, versions and machine\n\nrun /);
});

test('compare of studies takes the seeds of an arm that both have, and lists what is in one only', async () => {
  const before = await makeStudy('before', { plain: [0.5, 0.6, 0.9], gone: [0.5] }, { rate: 0.1 });
  const after = await makeStudy(
    'after',
    { plain: [0.6, 0.8], more: [0.5] },
    { rate: 0.2, trace: 'bbb' },
  );
  const { code, stdout, stderr } = await edgemlsim('compare', before, after, '--reach', '0.6');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('config\n  training.learningRate: 0.1 | 0.2\n');
  expect(stdout).toContain('inputs\n  SHA-256 of the trace: aaa | bbb\n');
  expect(stdout).toContain(`only in ${before}: gone\n`);
  expect(stdout).toContain(`only in ${after}: more\n`);
  expect(stdout).toContain('2 runs with the same arm and seed in both: none has the same journal.');
  // One of the two seeds of the first study is censored.
  expect(stdout).toMatch(/^to reach 60 % +runs +simulated s +updates +MB$/m);
  expect(stdout).toMatch(/^plain, \S+before\S* +1 of 2 +- +- +-$/m);
  expect(stdout).toMatch(/^plain, \S+after\S* +2 of 2 +10 ± 0 +1 ± 0 +0\.00 ± 0\.00$/m);
  // (0.6 - 0.5 + 0.8 - 0.6) / 2; the third seed is in one only.
  expect(stdout).toContain(`plain: ${after} ends 15.0 points above ${before} (`);
  expect(stdout).toContain('2 paired seeds');

  const itself = await edgemlsim('compare', before, before, '--json');
  expect(JSON.parse(itself.stdout)).toMatchObject({
    differences: { config: [], inputs: [], versions: [], machine: [] },
    pairs: { runs: 4, sameJournal: 4 },
    comparisons: [{ meanDifference: 0 }, { meanDifference: 0 }],
  });
  const run = join(before, 'plain/seed-1');
  for (const folders of [[before], [before, run], [before, after, before]]) {
    const refused = await edgemlsim('compare', ...folders);
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringContaining('expected two studies, or runs'),
    ]);
  }
});

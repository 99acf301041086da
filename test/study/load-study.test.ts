import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { FailureList } from '#src/study/failure-list.js';
import { loadStudy, type StudyPlan } from '#src/study/load-study.js';
import { commandsFor, statesOf } from '#src/study/study-commands.js';
import { temporaryFolder, validConfig } from '../config/config-in-folder.ts';
import { leaveLock } from '../run/locks.ts';

/** A folder with a valid base config and a study on it. */
function studyFile(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'base.yaml'), validConfig);
  const file = join(folder, 'my.study.yaml');
  writeFileSync(file, `name: mine\nbase: base.yaml\n${text}`);
  return file;
}

const plan = (text: string): Promise<StudyPlan> => loadStudy(studyFile(text));

async function problemsOf(text: string): Promise<string> {
  const file = studyFile(text);
  try {
    await loadStudy(file);
  } catch (error) {
    if (error instanceof InputError) return error.message.replaceAll(file, 'study.yaml');
    throw error;
  }
  return '';
}

const commandsOf = async (study: StudyPlan, studyDir: string, threads: number) => {
  const states = await statesOf(study, studyDir, new FailureList(studyDir));
  return commandsFor(states, studyDir, { threads, retriesFailed: false });
};

const shownRuns = ({ runs }: StudyPlan) =>
  runs.map(({ arm, variant, seed, folder }) => [arm, variant, seed, folder]);

test('a grid makes an arm of every combination, and a run of every seed', async () => {
  const study = await plan(`
seeds: 2
set: { training.epochs: 3 }
grid:
  rule:
    mean: { layers.edge.aggregate.rule: mean }
    Marginal Median!: { layers.edge.aggregate.rule: marginal-median }
  layers.edge.deadlineS: [10, 20]
`);
  expect(shownRuns(study)).toEqual([
    ['mean, deadlineS 10', null, 1, 'mean--deadlineS-10/seed-1'],
    ['mean, deadlineS 10', null, 2, 'mean--deadlineS-10/seed-2'],
    ['mean, deadlineS 20', null, 1, 'mean--deadlineS-20/seed-1'],
    ['mean, deadlineS 20', null, 2, 'mean--deadlineS-20/seed-2'],
    ['Marginal Median!, deadlineS 10', null, 1, 'Marginal-Median--deadlineS-10/seed-1'],
    ['Marginal Median!, deadlineS 10', null, 2, 'Marginal-Median--deadlineS-10/seed-2'],
    ['Marginal Median!, deadlineS 20', null, 1, 'Marginal-Median--deadlineS-20/seed-1'],
    ['Marginal Median!, deadlineS 20', null, 2, 'Marginal-Median--deadlineS-20/seed-2'],
  ]);
  const last = study.runs.at(-1)!;
  expect(last.levels).toEqual({ rule: 'Marginal Median!', 'layers.edge.deadlineS': '20' });
  expect(last.overrides).toEqual([
    'training.epochs=3',
    'layers.edge.aggregate.rule=marginal-median',
    'layers.edge.deadlineS=20',
    'name=mine.Marginal-Median--deadlineS-20',
  ]);
  expect(last.config).toMatchObject({
    name: 'mine.Marginal-Median--deadlineS-20',
    seed: 2,
    training: { epochs: 3 },
    layers: { edge: { deadlineS: 20, aggregate: { rule: 'marginal-median' } } },
  });
});

test('factors that are averaged over make variants instead of arms', async () => {
  const study = await plan(`
seeds: [9]
grid:
  range: { near: { servers.left.rangeM: 40 }, far: { servers.left.rangeM: 60 } }
  rule: { mean: , median: { layers.edge.aggregate.rule: marginal-median } }
average: [range]
`);
  expect(shownRuns(study)).toEqual([
    ['mean', 'near', 9, 'mean/near/seed-9'],
    ['median', 'near', 9, 'median/near/seed-9'],
    ['mean', 'far', 9, 'mean/far/seed-9'],
    ['median', 'far', 9, 'median/far/seed-9'],
  ]);
  expect(study.runs[2]!.config.servers[0]).toMatchObject({ id: 'left', rangeM: 60 });
});

test('arms can be listed one by one, with variants and aliases', async () => {
  const study = await plan(`
seeds: 1
arms:
  both: { set: { servers: [&left { id: l, site: { xM: 200, yM: 100 } }, &right { id: r, site: { xM: 280, yM: 100 } }] } }
  one:
    variants: { left: { servers: [*left] }, right: { servers: [*right] } }
`);
  expect(shownRuns(study)).toEqual([
    ['both', null, 1, 'both/seed-1'],
    ['one', 'left', 1, 'one/left/seed-1'],
    ['one', 'right', 1, 'one/right/seed-1'],
  ]);
  expect(study.runs.map(({ config }) => config.servers.map(({ id }) => id))).toEqual([
    ['l', 'r'],
    ['l'],
    ['r'],
  ]);
});

test('null takes a key away, and text that looks like something else stays text', async () => {
  const study = await plan(`
seeds: 1
set:
  layers.worker.attack: { rule: bit-flip, byzantine: { count: 1, scope: per-aggregation } }
  training.learningRate: "0.1 / (1 + round)"
grid:
  fault: { none: { layers.worker.attack: null }, one: {} }
`);
  expect(study.runs.map(({ config }) => config.layers.worker.attack?.rule)).toEqual([
    undefined,
    'bit-flip',
  ]);
  expect(study.runs[0]!.config.training.learningRate).toBe('0.1 / (1 + round)');
});

test('without grid and arms a study repeats its base over the seeds', async () => {
  expect(shownRuns(await plan('seeds: 2'))).toEqual([
    ['mine', null, 1, 'mine/seed-1'],
    ['mine', null, 2, 'mine/seed-2'],
  ]);
});

test('every run is a command that can be given by hand', async () => {
  const study = await plan('seeds: 1\nset: { training.epochs: 3 }');
  const studyDir = temporaryFolder();
  const [command] = await commandsOf(study, studyDir, 2);
  expect(command!.args).toEqual([
    'run',
    relative('.', study.runs[0]!.configFile),
    'training.epochs=3',
    'name=mine.mine',
    '--seed',
    '1',
    '--out',
    join(studyDir, 'mine/seed-1'),
    '--threads',
    '2',
    '--json',
  ]);
});

test.each([
  ['seed: 3', /study\.yaml:3:1: seed: unknown key\n.*\n {2}did you mean "seeds"\?/],
  ['seeds: 0', /study\.yaml:3:8: seeds: found 0\n {2}expected a whole number, at least 1/],
  ['grid: { a: [] }', /study\.yaml:3:12: grid\.a: found an empty list/],
  ['grid: { a: {} }', /study\.yaml:3:12: grid\.a: has no levels/],
  ['grid: { a: [1] }\narms: { b: {} }', /study\.yaml:4:1: arms: found beside a grid/],
  ['arms: { b: { variants: {} } }', /3:24: arms\.b\.variants: is empty/],
  [
    'grid: { rule: { a: {} } }\naverage: [rul]',
    /study\.yaml:4:11: average\.0: "rul" is not a factor of the grid\n.*\n {2}did you mean "rule"/,
  ],
  ['grid: { x: { A: {}, a: {} } }', /"a" and "A" would share the folder a/],
])('%s is reported with its place', async (text, message) => {
  expect(await problemsOf(text)).toMatch(message);
});

test('a change that every arm takes and the config refuses is reported once', async () => {
  const problems = await problemsOf('set: { training.epoch: 3 }\ngrid: { a: { x: {}, y: {} } }');
  expect(problems).toMatch(/^study\.yaml:3:8: training\.epoch: unknown key/);
  expect(problems).toContain('did you mean "epochs"?');
  expect(problems.match(/unknown key|in arm/g)).toHaveLength(1);
});

test('a change of one arm that the config refuses is reported at its line of the study', async () => {
  const problems = await problemsOf(`grid:
  rule:
    mean: {}
    median:
      layers.edge.aggregate.rule: marginal-medain
`);
  expect(problems).toContain('study.yaml:7:35: layers.edge.aggregate.rule: ');
  expect(problems).toMatch(/did you mean "marginal-median"\?\n.*\n {2}in arm: median$/);
});

test('what stands in a list twice is refused at its line, seeds first of all', async () => {
  const problems = await problemsOf(`seeds: [1, 2, 1]
grid:
  layers.edge.deadlineS: [10, 20, 10]
  training.epochs: [1, 2]
average: [training.epochs, training.epochs]
report: { reach: [0.5, 0.9, 0.5] }
`);
  expect(problems.match(/^\S.*$/gm)).toEqual([
    'study.yaml:3:15: seeds.2: found 1',
    'study.yaml:5:35: grid.layers.edge.deadlineS.2: found 10',
    'study.yaml:7:28: average.1: found the text "training.epochs"',
    'study.yaml:8:29: report.reach.2: found 0.5',
  ]);
  expect(problems.match(/every value once/g)).toHaveLength(4);
});

test('two arms of one name are refused at the line of the second', async () => {
  expect(await problemsOf('arms:\n  one: {}\n  one: {}\n')).toContain('study.yaml:5:3: ');
});

test('two factors that change one path are refused: only the last one would have a say', async () => {
  expect(
    await problemsOf(`grid:
  a: { x: { training.epochs: 1 }, y: {} }
  training.epochs: [2, 3]
`),
  ).toBe(`study.yaml:5:3: grid.training.epochs: changed by the factor "a" too
  expected one factor for each path`);
});

test('an arm may change what is set for all, and is run with its own value alone', async () => {
  const study = await plan(`
seeds: [4]
set: { training.epochs: 1, training.learningRate: 0.5 }
arms: { short: {}, long: { set: { training.epochs: 9 } } }
`);
  expect(study.runs.map(({ overrides }) => overrides.slice(0, 2))).toEqual([
    ['training.epochs=1', 'training.learningRate=0.5'],
    ['training.learningRate=0.5', 'training.epochs=9'],
  ]);
});

test.each([
  [
    'zip: { a: [1, 2], b: [1, 2, 3] }',
    /study\.yaml:3:22: zip\.b: has 3 levels\n {2}expected 2, as a has/,
  ],
  [
    'grid: { rule: [mean, krum], f: [1] }\nwhen: { f: { rule: krumm } }',
    /when\.f\.rule: "krumm" is no level of rule\n.*\n {2}did you mean "krum"\?/,
  ],
  [
    'grid: { rule: [mean] }\nexcept: [{ where: { rules: mean } }]',
    /except\.0\.where\.rules: "rules" is not a factor/,
  ],
  ['grid: { a: [1] }\nexcept: [{ where: { a: 1 } }]', /except: leaves out every combination/],
  ['grid: { a: [1] }\nzip: { a: [1] }', /zip\.a: changed by the factor "a" too/],
  [
    'random: { draws: 2, of: { a: { uniform: [3, 1] } } }',
    /random\.of\.a\.uniform: found a list of 2\n {2}expected the first below the second/,
  ],
])('a faulty sweep is reported at its line: %s', async (text, message) => {
  expect(await problemsOf(text)).toMatch(message);
});

test('what the config refuses is left out with its reason, where the study says so', async () => {
  const study = await plan(`seeds: 1
impossible: leave-out
grid: { layers.edge.aggregate.rule: [mean, krumm] }
`);
  expect(study.runs.map(({ arm }) => arm)).toEqual(['rule mean']);
  expect(study.leftOut).toEqual([
    { arm: 'rule krumm', because: expect.stringContaining('unknown aggregator "krumm"') },
  ]);
});

test('values of a config by comma are a study, with paths into lists', async () => {
  const file = join(temporaryFolder(), 'mine.yaml');
  writeFileSync(file, validConfig);
  const changes = ['servers.left.rangeM=40,60', 'model.layers=[64,10],[64,30,10]', 'seed=4'];
  const study = await loadStudy(file, { changes, seeds: [3, 5] });
  expect(study.name).toBe('mine');
  expect([...new Set(study.runs.map(({ arm }) => arm))]).toEqual([
    'rangeM 40, layers [64,10]',
    'rangeM 40, layers [64,30,10]',
    'rangeM 60, layers [64,10]',
    'rangeM 60, layers [64,30,10]',
  ]);
  const last = study.runs.at(-1)!;
  expect(last.config).toMatchObject({
    seed: 5,
    servers: [{ rangeM: 60 }, {}],
    model: { layers: [64, 30, 10] },
  });
  await expect(loadStudy(file, { changes: ['training.epochs=1', 'training.epochs=2'] }))
    .rejects //
    .toThrow('training.epochs is given twice');
});

test('a base that is not there is reported at its line', async () => {
  const file = studyFile('');
  rmSync(join(file, '../base.yaml'));
  await expect(loadStudy(file)).rejects.toThrow(`${file}:2:7: base: there is no such file`);
});

test('a metric to compare by that the model does not have is reported at its line, one of its own is taken', async () => {
  expect(await problemsOf('report: { metric: f1 }\n')).toMatch(
    /^study\.yaml:3:\d+: report\.metric: the model has no metric "f1"\n.*accuracy, loss/,
  );
  expect((await plan('report: { metric: loss }\n')).report.metric).toBe('loss');
  const file = studyFile('');
  const base = relative(dirname(file), 'configs/sensor-calibration.yaml');
  const text = (metric: string) => `name: mine\nbase: ${base}\nreport: { metric: ${metric} }\n`;
  writeFileSync(file, text('within_half_ppm'));
  expect((await loadStudy(file)).report.metric).toBe('within_half_ppm');
  writeFileSync(file, text('accuracy'));
  await expect(loadStudy(file)).rejects.toThrow('loss, rmse, mae, r2, within_half_ppm');
});

test('a folder that holds something else is never overwritten', async () => {
  const study = await plan('seeds: 1');
  const studyDir = temporaryFolder();
  mkdirSync(join(studyDir, 'mine/seed-1'), { recursive: true });
  writeFileSync(join(studyDir, 'mine/seed-1/thesis.tex'), '');
  await expect(commandsOf(study, studyDir, 1)).rejects.toThrow(
    /mine\/seed-1: holds files, but no run\n {2}.*choose another folder with --out/,
  );
});

test('a folder that a run was killed in while it made it counts for nothing', async () => {
  const study = await plan('seeds: 1');
  const studyDir = temporaryFolder();
  mkdirSync(join(studyDir, 'mine/seed-1/checkpoints'), { recursive: true });
  leaveLock(join(studyDir, 'mine/seed-1'), { began: 'another time' });
  for (const name of ['provenance.json', 'config.resolved.yaml.partial']) {
    writeFileSync(join(studyDir, 'mine/seed-1', name), 'na');
  }
  const [command] = await commandsOf(study, studyDir, 1);
  expect(command!.args[0]).toBe('run');
});

test('the config of one run is reported as one', async () => {
  const file = join(temporaryFolder(), 'mine.yaml');
  writeFileSync(file, validConfig);
  await expect(loadStudy(file)).rejects.toThrow(
    /^\S+mine\.yaml:\d+:1: the config of one run, not a study\n {2}edgemlsim run \S+mine\.yaml runs it/,
  );
});

test.each([
  ['figure-3a', 35, ['3 edges', '2 edges', '1 edge']],
  ['figure-3b', 30, ['mean', 'marginal-median']],
])('the committed study %s is %d runs', async (name, runs, arms) => {
  const study = await loadStudy(`configs/${name}.study.yaml`);
  expect(study.runs).toHaveLength(runs);
  const [first] = study.runs;
  expect([...new Set(study.runs.map(({ arm }) => arm.split(',')[0]))]).toEqual(arms);
  expect(first!.config).toMatchObject({
    mobility: { workers: { mode: 'leased', count: 100 } },
    data: { partition: 'iid', batchSize: 100 },
    training: { learningRate: 0.001, gradient: 'sum', combine: 'sum' },
    layers: { edge: { collect: { count: 10 } } },
  });
});

test('the committed study of the original EdgeMLSim has the settings of its code', async () => {
  const study = await loadStudy('configs/edgemlsim-original.study.yaml');
  const servers = new Map(study.runs.map(({ arm, config }) => [arm, config.servers.length]));
  expect([...servers.values()]).toEqual([3, 2, 1, 3, 3, 3, 3]);
  for (const { config } of study.runs) {
    expect(config).toMatchObject({
      rounds: { mode: 'asynchronous', recipients: 'all' },
      layers: {
        cloud: { collect: { count: 10, from: 'any' }, deadlineS: null },
        edge: { collect: { count: 10 }, deadlineS: null },
        worker: { departure: 'carry' },
      },
      data: { owners: 'shared', batchSize: 100 },
      training: { gradient: 'sum', combine: 'mean', countedGradients: 'started' },
    });
  }
});

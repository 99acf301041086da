import { InputError, type Problem } from '../../errors.ts';
import type { Dataset } from '../../learning/dataset.ts';
import { loadDataset } from '../../learning/datasets/load.ts';
import type { OwnModelSpec } from '../../learning/engine.ts';
import { compileLearningRate } from '../../learning/learning-rate.ts';
import { modelParameters, planModel } from '../../learning/model.ts';
import { type DataSizes, modelProblems } from '../../learning/model-fit.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { OptionsRefused } from '../../rules/running/load.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { anyModelSpec, type BuiltInModel, modelSpec } from '../model-spec.ts';
import { isParameterFile } from '../resolve-paths.ts';
import { traceOf } from '../scenario.ts';
import { wantedEngine } from '../wanted-engine.ts';
import { workerNames, workersOf } from '../workers.ts';
import type { Path } from '../yaml-document.ts';
import type { Check, QuickCheck } from './check.ts';
import { checkDataAttacks } from './data-attacks.ts';
import { optionProblems } from './option-problems.ts';
import { checkParameters } from './parameters.ts';
import { problemsFrom } from './problems-from.ts';

const INITIALISATIONS = ['xavier-uniform', 'xavier-normal', 'he-normal', 'standard-normal'];

/** Model, engine, dataset, learning rate and the tensors that attacks touch fit each other. */
export const checkLearning: Check = async (config, problem) => [
  ...(await dataModelAndEngine(config, problem)),
  ...learningRate(config, problem),
  ...optimiser(config, problem),
  ...ownSteps(config, problem),
];

/** The dataset is there, the model takes it, it can be dealt, and there are items to measure on. */
const dataModelAndEngine: Check = async (config, problem) => {
  const { model, data } = config;
  if (model.kind === 'module' && wantedEngine(config) === 'reference') {
    const advice = ['leave it out, or take tfjs, tfjs-node, tfjs-wasm or tfjs-cpu'];
    return [problem(['engine'], 'reference cannot compute a model of kind module', advice)];
  }
  const sizes = await sizesOf(data.dataset).catch((error: unknown) =>
    datasetProblems(error, data.dataset, problem),
  );
  if (Array.isArray(sizes)) return sizes;
  const named = { ...sizes, name: data.dataset.name };
  return [
    ...(await (model.kind === 'module'
      ? ownModel(config, named, problem)
      : builtInModel(config, model, named, problem))),
    ...(await itemsToDeal(config, sizes, problem)),
    ...itemsToMeasure(config, sizes, problem),
    ...itemsToTrust(config, sizes, problem),
    ...(await checkDataAttacks(config, sizes, problem)),
  ];
};

function datasetProblems(
  error: unknown,
  dataset: Config['data']['dataset'],
  problem: ConfigSource['problem'],
): Problem[] {
  const path = ['data', 'dataset'];
  if (!(error instanceof OptionsRefused) || dataset.name !== 'module') {
    return problemsFrom(error, path, problem);
  }
  return optionProblems(error, [...path, 'options'], dataset.path, dataset.options, problem);
}

async function builtInModel(
  config: Config,
  model: BuiltInModel,
  sizes: DataSizes,
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  const spec = modelSpec(model);
  const problems = modelProblems(spec, sizes).map(({ path, found, advice }) =>
    problem(['model', ...path], found, advice),
  );
  const { init } = model;
  if (!isParameterFile(init) && !INITIALISATIONS.includes(init)) {
    problems.push(
      problem(['model', 'init'], `unknown initialisation "${init}"`, [
        ...adviceOnName(init, INITIALISATIONS),
        'or the path of a .safetensors file',
      ]),
    );
  }
  // With a layer that does not fit the others, the model has no tensors to speak of.
  if (planModel(spec).misfit !== null) return problems;
  return [...problems, ...(await checkParameters(config, modelParameters(spec), problem))];
}

/** Runs the file: the model that it makes has its tensors. */
async function ownModel(
  config: Config,
  sizes: DataSizes,
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  const { init } = config.model;
  if (!isParameterFile(init) && init !== 'own') {
    const advice = ['expected own, or the path of a .safetensors file'];
    return [problem(['model', 'init'], `unknown initialisation "${init}"`, advice)];
  }
  try {
    const { layoutOfOwnModel } = await import('../../learning/tfjs/own-layout.ts');
    const spec = (await anyModelSpec(config)) as OwnModelSpec;
    const { parameters } = await layoutOfOwnModel(spec, sizes);
    return checkParameters(config, parameters, problem);
  } catch (error) {
    return problemsFrom(error, ['model', 'path'], problem);
  }
}

/** Every owner gets something: an item, or a label of its own. */
async function itemsToDeal(
  config: Config,
  sizes: Sizes,
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  const { partition, dataset, owners: kind } = config.data;
  const { classes } = sizes;
  const items = sizes.splits?.train.items ?? sizes.trainItems ?? Number.POSITIVE_INFINITY;
  if (partition === 'iid') {
    const owners = await ownersOf(config);
    if (owners === null || owners.number <= items) return [];
    const found = `${items} train items of ${dataset.name} for ${owners.number} ${owners.what}: some would have none`;
    return [problem(['data', 'owners'], found, [`expected at most ${items} ${owners.what}`])];
  }
  const path = ['data', 'partition'];
  if (classes === null) {
    const found = `${partition} needs classes, the targets of dataset ${dataset.name} are numbers`;
    return [problem(path, found, ['expected iid'])];
  }
  if (kind === 'shared') {
    const found = `${partition} has no effect: with owners shared all data is one pool`;
    return [problem(path, found, ['expected iid, or owners: regions or workers'])];
  }
  const owners = await ownersOf(config);
  // Only labels that occur are dealt.
  const targets = sizes.splits?.train.targets;
  const labels = targets === undefined ? Math.min(classes, items) : new Set(targets).size;
  if (owners === null || owners.number <= labels) return [];
  const found = `${owners.number} ${owners.what} cannot each have labels of their own: ${dataset.name} has ${labels}`;
  return [problem(path, found, ['expected iid, or fewer owners'])];
}

/**
 * The owners that data is dealt to; null for none, or for workers of a trace that cannot be read.
 */
async function ownersOf(config: Config): Promise<{ number: number; what: string } | null> {
  const { owners } = config.data;
  if (owners === 'shared') return null;
  if (owners === 'regions') {
    return { number: config.servers.filter(({ site }) => site).length, what: 'regions' };
  }
  const workers = workersOf(config);
  if (workers.mode === 'leased') return { number: workers.slots, what: 'workers' };
  try {
    return { number: workerNames(await traceOf(config), workers).length, what: 'workers' };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function itemsToMeasure(
  { data, evaluation }: Config,
  { splits }: Sizes,
  problem: ConfigSource['problem'],
): Problem[] {
  if (splits === undefined || splits[evaluation.split].items > 0) return [];
  const found = `dataset ${data.dataset.name} has no ${evaluation.split} items`;
  return [problem(['evaluation', 'split'], found, ['expected a split that has some'])];
}

function itemsToTrust(
  { layers }: Config,
  { splits, trainItems }: Sizes,
  problem: ConfigSource['problem'],
): Problem[] {
  const items = splits?.train.items ?? trainItems;
  if (items === undefined) return [];
  return Object.entries(layers).flatMap(([name, layer]): Problem[] => {
    if (layer === undefined || !('aggregate' in layer)) return [];
    const wanted = layer.aggregate.reference?.items ?? 0;
    if (wanted <= items) return [];
    const path = ['layers', name, 'aggregate', 'reference', 'items'];
    return [problem(path, `${wanted} items, but there are only ${items} to learn from`)];
  });
}

const learningRate: QuickCheck = ({ training, layers }, problem) => {
  const { localLearningRate } = layers.worker.training;
  const path = ['layers', 'worker', 'training', 'localLearningRate'];
  return [
    ...rateProblems(training.learningRate, ['training', 'learningRate'], problem),
    ...rateProblems(localLearningRate, path, problem),
  ];
};

function rateProblems(
  rate: number | string | undefined,
  path: Path,
  problem: ConfigSource['problem'],
): Problem[] {
  if (rate === undefined) return [];
  try {
    compileLearningRate(rate)({ round: 0, epoch: 0, time: 0 });
    return [];
  } catch (error) {
    return problemsFrom(error, path, problem);
  }
}

const ownSteps: QuickCheck = ({ layers }, problem) => {
  const { localSteps, localLearningRate } = layers.worker.training;
  if (localSteps > 1 || localLearningRate === undefined) return [];
  const found = 'a learning rate of its own has no effect in a single step';
  const path = ['layers', 'worker', 'training', 'localLearningRate'];
  return [problem(path, found, ['set localSteps, or leave it out'], 'key')];
};

const optimiser: QuickCheck = ({ training }, problem) => {
  const { optimiser } = training;
  if (optimiser.name !== 'sgd' || !optimiser.nesterov || optimiser.momentum > 0) return [];
  const found = 'nesterov has no effect without momentum';
  return [
    problem(['training', 'optimiser', 'nesterov'], found, ['set momentum, for instance 0.9']),
  ];
};

/** What has to be known of a dataset to check a config. */
type Sizes = Pick<Dataset, 'features' | 'classes' | 'outputs'> &
  Partial<Pick<Dataset, 'splits'>> & { trainItems?: number };

/** The user's own files have to be read for them. */
async function sizesOf(dataset: Config['data']['dataset']): Promise<Sizes> {
  if (dataset.name === 'mnist')
    return { features: 784, classes: 10, outputs: 10, trainItems: 60_000 };
  if (dataset.name === 'synthetic') return { ...dataset, outputs: dataset.classes };
  return loadDataset(dataset, '.');
}

import type { Problem } from '../../errors.ts';
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
import { wantedEngine } from '../wanted-engine.ts';
import type { Path } from '../yaml-document.ts';
import type { Check, QuickCheck } from './check.ts';
import { checkDataAttacks } from './data-attacks.ts';
import { type DatasetSizes, datasetSizes } from './dataset-sizes.ts';
import { checkMapRegions } from './map-regions.ts';
import { optionProblems } from './option-problems.ts';
import { checkParameters } from './parameters.ts';
import { checkPartition } from './partition.ts';
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
  const sizes = await datasetSizes(data.dataset).catch((error: unknown) =>
    datasetProblems(error, data.dataset, problem),
  );
  if (Array.isArray(sizes)) return sizes;
  const named = { ...sizes, name: data.dataset.name };
  return [
    ...(await (model.kind === 'module'
      ? ownModel(config, named, problem)
      : builtInModel(config, model, named, problem))),
    ...checkMapRegions(config, sizes, problem),
    ...(await checkPartition(config, sizes, problem)),
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

function itemsToMeasure(
  { data, evaluation }: Config,
  { splits }: DatasetSizes,
  problem: ConfigSource['problem'],
): Problem[] {
  if (splits === undefined || splits[evaluation.split].items > 0) return [];
  const found = `dataset ${data.dataset.name} has no ${evaluation.split} items`;
  return [problem(['evaluation', 'split'], found, ['expected a split that has some'])];
}

function itemsToTrust(
  { layers }: Config,
  { splits, trainItems }: DatasetSizes,
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

import type { Config } from '../config/config-schema.ts';
import { dataOwners } from '../config/data-owners.ts';
import { scenarioOf } from '../config/scenario.ts';
import { workerNames, workersOf } from '../config/workers.ts';
import { atPath } from '../errors.ts';
import type { ChosenEngine } from '../learning/choose-engine.ts';
import type { SplitName } from '../learning/dataset.ts';
import { loadDataset } from '../learning/datasets/load.ts';
import type { Parameter } from '../learning/engine.ts';
import { compileLearningRate } from '../learning/learning-rate.ts';
import type { DataSizes } from '../learning/model-fit.ts';
import { createOptimiser } from '../learning/optimisers/index.ts';
import { partitionOf } from '../learning/partitions/index.ts';
import { spreadOf } from '../learning/regression-metrics.ts';
import type { WorkerTraining } from '../learning/worker-side/worker-training.ts';
import { type MovementList, repetitionOf } from '../mobility/contacts.ts';
import { staticPlan } from '../mobility/static-plan.ts';
import type { Trace } from '../mobility/trace.ts';
import { limitWorkers } from '../mobility/worker-limit.ts';
import {
  asynchronous,
  asynchronousToAll,
  partiallyAsynchronous,
  type RoundMode,
  synchronous,
} from '../nodes/round-mode.ts';
import { roundUpProduct } from '../nodes/round-up.ts';
import type { TraceFacts } from '../provenance.ts';
import { openStream } from '../simulation/random.ts';
import type { ComputationSettings } from '../worlds/computing/computation-settings.ts';
import type { ThreadSetup } from '../worlds/computing/task.ts';
import { SHARED_OWNER } from '../worlds/data-owner.ts';
import type { WorldSettings } from '../worlds/world-settings.ts';
import { attacksOf, deliveryAttacksOf, modelAttacksOf, poisonOf } from './attacks.ts';
import { channelsOf, workerLimitsOf } from './channels.ts';
import { failuresOf } from './failures.ts';
import { hierarchyOf, triggersOf, windowsOf, windowTrainingOf } from './hierarchy.ts';
import { leavesOf, standbysOf } from './leaves.ts';
import { localLearningRate } from './local-learning-rate.ts';
import { movementPlan } from './movement-plan.ts';
import { nodeMemory } from './node-memory.ts';
import { openLearning } from './open-learning.ts';
import { openModel } from './open-model.ts';
import { optionalUs } from './optional-us.ts';
import { samplingOf } from './sampling.ts';
import { fixedOf, layersOf, limitsPerWorker, referencesOf } from './server-layers.ts';
import { linksOf, serverTree } from './server-tree.ts';
import { signalOf } from './signal.ts';
import { checkTriggerMetrics } from './trigger-metrics.ts';

/** Called with what is done next while a run starts: `reading the trace`, for instance. */
export type OnStep = (doing: string) => void;

/** Everything a run needs, made from its config. */
export interface Composition {
  settings: WorldSettings;
  computation: ComputationSettings;
  threads: ThreadSetup;
  engine: ChosenEngine;
  parameters: readonly Parameter[];
  /** The first parameters. */
  theta: Float32Array;
  mobility: (repetition: number) => MovementList | null;
  dataset: DataSizes & { sha256: string };
  /** Null of workers that stay. */
  trace: TraceFacts | null;
}

/** `splits`: those whose items this process computes on; all by default. Throws InputError. */
export async function compose(
  config: Config,
  splits: readonly SplitName[] = ['train', 'validation', 'test'],
  onStep: OnStep = () => {},
): Promise<Composition> {
  const { seed } = config;
  onStep('reading the trace and the data');
  const [scenario, dataset] = await Promise.all([
    scenarioOf(config),
    loadDataset(config.data.dataset, '.').catch(atPath(['data', 'dataset'])),
  ]);
  const { spec: model, parameters, theta, metrics } = await openModel(config, dataset);
  const { trace } = scenario;
  const workers = workersOf(config);
  const workerIds = workerNames(trace, workers);
  onStep('finding the contacts of workers and servers');
  const isStatic = config.mobility.model === 'static';
  const leaves = leavesOf(config, workerIds);
  const unlimited = isStatic
    ? staticPlan(workerIds, leaves, standbysOf(config, leaves))
    : movementPlan(config, scenario);
  const tree = serverTree(config);
  const limits = workerLimitsOf(config, tree);
  const plan = { ...unlimited, events: limitWorkers(unlimited.events, limits) };
  onStep('preparing the data and the model');
  const nodes = { tree, workerIds, trace };
  const attacks = await attacksOf(config);
  const poison = poisonOf(attacks);
  const { layers, intakes, attackers } = await layersOf(config, nodes, parameters, attacks);
  const { memory, data, engine } = await openLearning(config, { model, theta }, dataset, splits);
  const owners = ownersOf(config, workerIds);
  const { optimiser } = config.training;
  const training = workerTraining(config);
  const { rounds } = config;
  const itemsByOwner = partitionOf(config.data.partition)(
    dataset.splits.train,
    owners,
    openStream(seed, 'partition'),
  );
  const sampling = samplingOf(config, scenario, dataset, itemsByOwner);
  const triggers = await triggersOf(config);
  const hierarchy = await hierarchyOf(config, workerIds, triggers, { spec: model, parameters });
  if (hierarchy !== null) {
    checkTriggerMetrics(config, hierarchy.exchange, metrics, dataset.classes !== null);
  }
  const windows = await windowsOf(config, workerIds, dataset, itemsByOwner);
  const rootOptimiser = rounds.mode === 'hierarchical' ? rounds.rootOptimiser : optimiser;
  const optimiserStateLength = createOptimiser(rootOptimiser).stateLength(theta.length);
  const split = config.evaluation.split;
  const { name, features, classes, outputs } = dataset;
  return {
    settings: {
      name: config.name,
      seed,
      mode: roundMode(config.rounds),
      servers: tree,
      layers,
      workerLink: config.layers.worker.link,
      signal: signalOf(config),
      links: linksOf(config),
      channels: channelsOf(config, tree),
      cloud: cloudSettings(config),
      workersHaveMomentum: training.momentum !== null,
      localLearningRate: localLearningRate(config),
      worker: {
        localSteps: config.layers.worker.training.localSteps,
        gradient: config.layers.worker.gradientS,
        gradientByKind: config.layers.worker.gradientSByKind,
        maxPerWorker: limitsPerWorker(config),
        departure: config.layers.worker.departure,
      },
      workers: workerIds,
      handoverDelayUs: Math.round(config.mobility.handover.delayS * 1e6),
      loadPolicy: scenario.loadPolicy,
      byzantine: fixedOf(attackers),
      attackers,
      poisons: poison !== null,
      deliveryAttacks: deliveryAttacksOf(attacks),
      modelAttacks: modelAttacksOf(attacks),
      failures: failuresOf(config, tree, workerIds),
      owners: sampling === null ? dataOwners(config, workerIds).kind : 'workers',
      itemsByOwner: sampling === null ? itemsByOwner : new Map(),
      sampling,
      hierarchy,
      windows,
      memory:
        hierarchy === null || windows === null
          ? null
          : nodeMemory(config, {
              ...{ hierarchy, windows, tree, optimiserStateLength, features: dataset.features },
              leaves,
            }),
      batchSize: config.data.batchSize,
      recordsTransfers: config.diagnostics === 'full',
      references: referencesOf(config, tree, dataset.splits.train.items),
      metrics,
      parameters: parameters.map(({ name, shape }) => ({ name, shape })),
      dimension: theta.length,
      optimiserStateLength,
      latestEnd: latestEndOf(config, trace),
    },
    computation: {
      batchSize: config.data.batchSize,
      gradientFactor: config.training.gradient === 'sum' ? 1 : 1 / config.data.batchSize,
      // A merge of a tree of models is taken as it is.
      combine: hierarchy === null ? config.training.combine : 'mean',
      workerOptimiserLength: hierarchy?.training.optimiserStateLength ?? 0,
      optimiserStateLength,
      evaluationItems: dataset.splits[split].items,
      splitItems: {
        train: dataset.splits.train.items,
        validation: dataset.splits.validation.items,
        test: dataset.splits.test.items,
      },
      spread: spreadOf(dataset, split),
    },
    threads: {
      memory,
      kernels: config.kernels,
      seed,
      engine: engine.name,
      model,
      data,
      split,
      training,
      optimiser: rootOptimiser,
      windows: windowTrainingOf(config),
      intakes,
      triggers,
      poison,
    },
    engine,
    parameters,
    theta,
    mobility: (repetition) =>
      repetition > 0 && (isStatic || config.mobility.end === 'stop')
        ? null
        : repetitionOf(plan, repetition),
    dataset: { name, features, classes, outputs, sha256: dataset.sha256 },
    trace: isStatic ? null : factsOf(trace),
  };
}

function factsOf({ files, presences, cuts, remarks }: Trace): TraceFacts {
  return { files, presences: presences.length, ...cuts, remarks };
}

function ownersOf(config: Config, workerIds: readonly string[]): readonly string[] {
  const { kind, ids } = dataOwners(config, workerIds);
  return kind === 'shared' ? [SHARED_OWNER] : ids;
}

/** At its time, or with the trace where that is not to be played again: whichever is first. */
function latestEndOf({ training, mobility }: Config, trace: Trace): WorldSettings['latestEnd'] {
  const limitUs = optionalUs(training.maximumTimeS);
  const traceUs = mobility.model !== 'static' && mobility.end === 'stop' ? trace.spanUs : null;
  if (traceUs !== null && (limitUs === null || traceUs < limitUs)) {
    return { timeUs: traceUs, reason: 'trace' };
  }
  return limitUs === null ? null : { timeUs: limitUs, reason: 'time' };
}

function roundMode(rounds: Config['rounds']): RoundMode | null {
  switch (rounds.mode) {
    case 'synchronous':
      return synchronous;
    case 'asynchronous':
      return rounds.recipients === 'all' ? asynchronousToAll : asynchronous;
    case 'hierarchical':
      return null;
    case 'partially-asynchronous':
      return partiallyAsynchronous(rounds.maximumStaleness, rounds.late === 'use');
  }
}

function workerTraining({ layers }: Config): WorkerTraining {
  const { momentum = null, clipNorm = null, weightDecay } = layers.worker.training;
  return { momentum, clipNorm, weightDecay };
}

function cloudSettings(config: Config): WorldSettings['cloud'] {
  const { learningRate, gradientsPerEpoch, countedGradients, epochs, maximumRounds } =
    config.training;
  return {
    learningRate: compileLearningRate(learningRate),
    gradientsPerEpoch,
    counted: countedGradients,
    gradientsAtEnd: roundUpProduct(epochs, gradientsPerEpoch),
    maximumRounds: maximumRounds ?? null,
    evaluateEveryGradients: config.evaluation.everyGradients,
    split: config.evaluation.split,
  };
}

import type { Kernels } from '../../kernels/kernels.ts';
import { withNextVectorAt } from '../../kernels/placement.ts';
import type { Substitute } from '../../learning/batch-samples.ts';
import type { SplitName } from '../../learning/dataset.ts';
import { createEncoding } from '../../learning/encodings/index.ts';
import { withoutSent } from '../../learning/encodings/without-sent.ts';
import type { ClassEvaluation, Engine, Evaluation } from '../../learning/engine.ts';
import type { Optimiser } from '../../learning/optimiser.ts';
import type { PlacedDataset } from '../../learning/placed-dataset.ts';
import { localSteps, type StepGradient } from '../../learning/worker-side/local-steps.ts';
import { advanceMomentum } from '../../learning/worker-side/momentum.ts';
import { shapeGradient } from '../../learning/worker-side/shape-gradient.ts';
import { trainOnWindow } from '../../learning/worker-side/window-training.ts';
import type { WorkerTraining } from '../../learning/worker-side/worker-training.ts';
import type { DataAttack } from '../../rules/contract/data-attack.ts';
import type { TransferTrigger } from '../../rules/contract/trigger.ts';
import type { Chosen } from '../../rules/running/chosen.ts';
import { type IntakeStep, intake } from '../../rules/running/intake.ts';
import { type ExchangeTriggers, exchangeDue } from '../../rules/running/triggering.ts';
import { norm } from '../../rules/toolbox/vectors.ts';
import { openStream, streamState } from '../../simulation/random.ts';
import { poisonedBatch, triggeredRows, triggerTally } from './poisoned-batch.ts';
import type { Task, TaskResult, VectorAddress, WindowTrainingSpec } from './task.ts';
import { updateFacts } from './update-facts.ts';
import type { VectorMemory } from './vector-memory.ts';

/** Everything a thread has ready for its tasks. */
export interface TaskRunner {
  kernels: Kernels;
  engine: Engine;
  data: PlacedDataset;
  /** The attack on the samples of Byzantine workers, if any. */
  poison: Chosen<DataAttack> | null;
  /** How workers make what they send of gradients. */
  training: WorkerTraining;
  optimiser: Optimiser;
  windows: (Omit<WindowTrainingSpec, 'optimiser'> & { optimiser: Optimiser }) | null;
  seed: number;
  split: SplitName;
  intakes: ReadonlyMap<string, IntakeStep>;
  /** By layer of the sender. */
  triggers: ReadonlyMap<string, ExchangeTriggers<Chosen<TransferTrigger>>>;
  /** Room for vectors of tasks of several steps. Of this thread alone, so that it stays in its cache. */
  scratch: VectorMemory;
}

/** The vector at an address, of the model's length where no other is given. */
type VectorAt = (address: VectorAddress, length?: number) => Float32Array;

/**
 * Runs one task to its end. Depends only on the task and the data at its addresses. A promise
 * comes from an engine that computes elsewhere; until then the thread may run other tasks.
 */
export function runTask(runner: TaskRunner, task: Task): TaskResult | Promise<TaskResult> {
  const { kernels, engine, optimiser } = runner;
  const { dimension } = engine;
  const at = (address: VectorAddress, length = dimension) =>
    new Float32Array(kernels.memory.buffer, address, length);
  switch (task.kind) {
    case 'gradient':
      return gradient(runner, task, at);
    case 'window':
      return trainWindow(runner, task, at);
    case 'add-scaled':
      return addScaled(kernels, at, task);
    case 'worker-momentum': {
      const { previous } = task;
      const finite = advanceMomentum(kernels, runner.training.momentum!, {
        gradient: at(task.gradient),
        previous: previous === null ? null : at(previous),
        out: at(task.out),
      });
      return { kind: 'worker-momentum', finite };
    }
    case 'aggregate':
      return aggregate(runner, task, at);
    case 'optimiser-state': {
      const { aggregate, optimiserState, out } = task;
      beginState(optimiser, at, optimiserState, out, dimension);
      if (aggregate !== null) {
        optimiser.advance(kernels, { ...task, aggregate, length: dimension });
      }
      return { kind: 'optimiser-state' };
    }
    case 'update': {
      const { theta, aggregate, optimiserState, out } = task;
      if (aggregate === null) {
        at(out).set(at(theta));
      } else {
        const step = { ...task, aggregate, state: optimiserState ?? 0, length: dimension };
        optimiser.update(kernels, step);
      }
      return { kind: 'update', ...updateFacts(at(theta), at(out)) };
    }
    case 'encode': {
      const { spec, t, out } = task;
      const vectors = { change: at(task.change), model: at(task.theta) };
      const count = createEncoding(spec).encode({ ...vectors, t }, at(out));
      return { kind: 'encode', count, finite: kernels.run.allFinite(out, dimension) === 1 };
    }
    case 'without-sent':
      withoutSent(at(task.base), at(task.theta), at(task.sent), at(task.out));
      return { kind: 'without-sent' };
    case 'measure':
      return measure(runner, task, at);
    case 'evaluate':
      return evaluate(runner, task, at(task.theta));
  }
}

/** out <- a + scale * b, or a alone. */
function addScaled(
  { run }: Kernels,
  at: VectorAt,
  { a, b, scale, out }: Omit<Task & { kind: 'add-scaled' }, 'kind'>,
): TaskResult & { kind: 'add-scaled' } {
  const { length } = at(out);
  if (b !== null) {
    return { kind: 'add-scaled', finite: run.addScaledFinite(out, a, b, scale, length) === 1 };
  }
  at(out).set(at(a));
  return { kind: 'add-scaled', finite: run.allFinite(out, length) === 1 };
}

/** The state of an optimiser before an update, where the one after it is to be. */
function beginState(
  optimiser: Optimiser,
  at: VectorAt,
  before: VectorAddress | null,
  out: VectorAddress,
  dimension: number,
): void {
  const length = optimiser.stateLength(dimension);
  if (before === null) at(out, length).fill(optimiser.initialState);
  else at(out, length).set(at(before, length));
}

/**
 * The computation of a worker before it sends: one batch's gradient, or several steps of its own.
 */
function gradient(
  runner: TaskRunner,
  task: Task & { kind: 'gradient' },
  at: VectorAt,
): TaskResult | Promise<TaskResult> {
  const { kernels, engine, training, seed } = runner;
  const { items, factor, steps: count, learningRate } = task;
  const out = at(task.out);
  const batchSize = items.length / count;
  const compute: StepGradient = (step, theta, into) => {
    const batch = items.subarray(step * batchSize, (step + 1) * batchSize);
    const streamPrefix = step === 0 ? task.streamPrefix : `${task.streamPrefix}/step-${step}`;
    const randomOf = (layer: string) => streamState(seed, `${streamPrefix}/${layer}`);
    const substitute = task.poisoned ? poisonedItems(runner, batch, streamPrefix) : undefined;
    const finish = (loss: number): number => {
      if (factor !== 1) kernels.run.scale(into.byteOffset, into.byteOffset, factor, into.length);
      shapeGradient(kernels, training, into, theta);
      return loss;
    };
    // Those of later steps are the worker's own.
    const thetaId = step === 0 ? task.thetaId : null;
    const loss = engine.gradient(theta, batch, into, randomOf, substitute, thetaId);
    return typeof loss === 'number' ? finish(loss) : loss.then(finish);
  };
  const finish = (loss: number): TaskResult => {
    // Looked at here, while it is still in the cache.
    const finite = kernels.run.allFinite(out.byteOffset, out.length) === 1;
    for (const vector of room ?? []) runner.scratch.free(vector.byteOffset);
    return { kind: 'gradient', loss: loss / items.length, finite };
  };
  const vector = () => at(runner.scratch.allocate());
  const room = count > 1 ? ([vector(), vector()] as const) : null;
  const steps = { count, learningRate, theta: at(task.theta), scratch: room, out };
  const loss = localSteps(kernels, steps, compute);
  return typeof loss === 'number' ? finish(loss) : loss.then(finish);
}

/** The training of a worker with a model of its own on the items of a window. */
function trainWindow(
  runner: TaskRunner,
  task: Task & { kind: 'window' },
  at: VectorAt,
): TaskResult | Promise<TaskResult> {
  const { kernels, engine, training, seed } = runner;
  const { items, streamPrefix, optimiserState, optimiserStateOut, learningRate, change } = task;
  const { optimiser, batchSize, epochs, gradient: form } = runner.windows!;
  // Parameters that are wanted for their change alone stay in the cache of this thread.
  const length = task.out === null ? 2 : 1;
  const room = Array.from({ length }, () => runner.scratch.allocate());
  const [gradient, theta] = [at(room[0]!), at(task.out ?? room[1]!)];
  if (optimiserStateOut !== null) {
    beginState(optimiser, at, optimiserState, optimiserStateOut, engine.dimension);
  }
  const finish = (loss: number): TaskResult => {
    for (const address of room) runner.scratch.free(address);
    const ofItem = items.length === 0 ? 0 : loss / (items.length * epochs);
    const changed = change && addScaled(kernels, at, { ...change, b: theta.byteOffset });
    return { kind: 'window', loss: ofItem, norm: norm(theta), change: changed };
  };
  const settings = {
    items,
    batchSize,
    epochs,
    learningRate,
    optimiser,
    from: at(task.theta),
    theta,
    gradient,
    optimiserState: optimiserStateOut === null ? null : at(optimiserStateOut),
  };
  const loss = trainOnWindow(
    kernels,
    settings,
    openStream(seed, `${streamPrefix}/order`),
    (step, batch, from) => {
      const ofStep = `${streamPrefix}/step-${step}`;
      const randomOf = (layer: string) => streamState(seed, `${ofStep}/${layer}`);
      const substitute = task.poisoned ? poisonedItems(runner, batch, ofStep) : undefined;
      const shape = (sum: number): number => {
        if (form === 'mean') {
          const factor = 1 / batch.length;
          kernels.run.scale(gradient.byteOffset, gradient.byteOffset, factor, gradient.length);
        }
        shapeGradient(kernels, training, gradient, from);
        return sum;
      };
      const sum = engine.gradient(from, batch, gradient, randomOf, substitute);
      return typeof sum === 'number' ? shape(sum) : sum.then(shape);
    },
  );
  return typeof loss === 'number' ? finish(loss) : loss.then(finish);
}

function poisonedItems(
  { kernels, data, poison, seed }: TaskRunner,
  items: Uint32Array,
  streamPrefix: string,
): Substitute {
  const random = openStream(seed, `${streamPrefix}/poison`);
  return poisonedBatch({ kernels, data, attack: poison! }, items, random);
}

/** The items as they are; then, where an attack has a trigger, the same items wearing it. */
function evaluate(
  { kernels, engine, data, poison, split: usual }: TaskRunner,
  { from, to, split = usual }: Task & { kind: 'evaluate' },
  theta: Float32Array,
): TaskResult | Promise<TaskResult> {
  const finish = (plain: Evaluation, worn?: Evaluation): TaskResult => {
    const trigger = worn && triggerTally(worn as ClassEvaluation, rows!.target);
    return { kind: 'evaluate', ...plain, ...(trigger && { trigger }) };
  };
  const plain = engine.evaluate(theta, split, from, to);
  const rows = poison && triggeredRows({ kernels, data, attack: poison }, split, from, to);
  const worn = rows ? engine.evaluate(theta, split, from, to, rows.inputs) : undefined;
  return plain instanceof Promise || worn instanceof Promise
    ? Promise.all([plain, worn]).then(([first, second]) => finish(first, second))
    : finish(plain, worn);
}

function aggregate(
  { intakes, seed }: TaskRunner,
  task: Task & { kind: 'aggregate' },
  at: VectorAt,
): TaskResult {
  const { server, layer, aggregation, contributions, reference, state } = task;
  const streamPrefix = `aggregation/${server}/${aggregation}`;
  const out = at(task.out);
  const result = withNextVectorAt(out, () =>
    intake(intakes.get(layer)!, {
      contributions: contributions.map((each) => ({ ...each, vector: at(each.vector) })),
      reference: reference === null ? null : at(reference),
      random: (purpose) => openStream(seed, `${streamPrefix}/${purpose}`),
      state,
    }),
  );
  const { vector, finite, nonFinite, needed: _, ...facts } = result;
  if (vector !== null && vector.byteOffset !== task.out) out.set(vector);
  const present = vector !== null && finite;
  return { kind: 'aggregate', present, nonFinite: nonFinite.length, ...facts };
}

/** Whether the triggers of a node are due. */
function measure(
  { triggers }: TaskRunner,
  { layer, theta, change, globalChange, accuracy, push, pull }: Task & { kind: 'measure' },
  at: VectorAt,
): TaskResult {
  const vectors = { model: at(theta), change: at(change) };
  const known = { ...vectors, globalChange: globalChange === null ? null : at(globalChange) };
  const numbersOf = ({ lastAccuracy }: typeof push) => ({ ...known, accuracy, lastAccuracy });
  return { kind: 'measure', ...exchangeDue(triggers.get(layer)!, { push, pull }, numbersOf) };
}

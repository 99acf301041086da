import { InputError } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { streamState } from '../simulation/random.ts';
import type { AnyModelSpec } from './engine.ts';
import type { EngineName } from './engine-name.ts';
import { openEngine } from './open-engine.ts';
import type { PlacedDataset } from './placed-dataset.ts';
import { backends } from './tfjs/backend.ts';

/** An engine by name, or the fastest that TensorFlow.js has here for the model. */
export type WantedEngine = EngineName | 'tfjs';

/** The engine that a run takes. Plain data. */
export interface ChosenEngine {
  name: EngineName;
  /** Of what it is made of, by package or library; none for our own. */
  versions: Record<string, string>;
  /** Why faster ones were left out. */
  leftOut: Record<string, string>;
}

interface Trial {
  model: AnyModelSpec;
  data: PlacedDataset;
  /** The first parameters; null where our own engine is wanted, which is not tried. */
  theta: Float32Array | null;
}

/** Items of the gradient that is tried. */
const TRIAL_ITEMS = 2;

/**
 * Takes the wanted engine, or for `tfjs` the fastest, that computes a first gradient of the model.
 * Throws InputError when there is none.
 */
export async function chooseEngine(
  wanted: WantedEngine,
  kernels: Kernels,
  trial: Trial,
): Promise<ChosenEngine> {
  if (wanted === 'reference') return { name: wanted, versions: {}, leftOut: {} };
  const names: EngineName[] =
    wanted === 'tfjs' ? backends.map((backend) => `tfjs-${backend}` as const) : [wanted];
  const leftOut: Record<string, string> = {};
  for (const name of names) {
    try {
      return { name, versions: await tryEngine(name, kernels, trial), leftOut };
    } catch (error) {
      // The error of the engine that runs everywhere counts: then it is the model's fault.
      if (name === names.at(-1)) throw asInputError(name, error);
      leftOut[name] = messageOf(error);
    }
  }
  throw new Error('there is always one engine to try');
}

async function tryEngine(
  engine: EngineName,
  kernels: Kernels,
  { model, data, theta }: Trial,
): Promise<Record<string, string>> {
  const { arena, run } = kernels;
  const opened = await openEngine(kernels, { engine, model, data });
  const mark = arena.mark();
  try {
    const parameters = arena.vector(theta!.length);
    parameters.set(theta!);
    const out = arena.vector(theta!.length);
    const count = Math.min(TRIAL_ITEMS, data.splits.train.items);
    const items = Uint32Array.from({ length: count }, (_, index) => index);
    const randomOf = (layer: string) => streamState(0, `trial/${layer}`);
    const loss = await opened.gradient(parameters, items, out, randomOf);
    const finite = Number.isFinite(loss) && run.allFinite(out.byteOffset, out.length) === 1;
    if (model.kind === 'module' && !finite) {
      throw new InputError({
        found: `the loss of the first ${count} items is ${loss}, or its gradient is not finite`,
        advice: ['before anything is learnt: look for a logarithm or a root of 0, a division by 0'],
      });
    }
    if (model.kind === 'module' && out.every((value) => value === 0)) {
      throw new InputError({
        found: `the gradient of the first ${count} items is 0 everywhere`,
        advice: ['look for what passes none on: argMax, round, a comparison'],
      });
    }
    return opened.versions ?? {};
  } finally {
    opened.close?.();
    arena.release(mark);
  }
}

function asInputError(name: EngineName, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError({
    found: `engine ${name} cannot compute this model: ${messageOf(error)}`,
    advice: name === 'tfjs-cpu' ? [] : ['engine: tfjs takes the fastest that can'],
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

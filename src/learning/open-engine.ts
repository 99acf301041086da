import type { Kernels } from '../kernels/kernels.ts';
import type { AnyModelSpec, Engine, ModelSpec } from './engine.ts';
import type { EngineName } from './engine-name.ts';
import { noEngine } from './no-engine.ts';
import type { PlacedDataset } from './placed-dataset.ts';
import { createReferenceEngine } from './reference-engine.ts';
import type { Backend } from './tfjs/backend.ts';

/** Settings with which an engine is opened. Plain data: every thread opens one of its own. */
export type EngineSetup = {
  model: AnyModelSpec;
  data: PlacedDataset;
} & (
  | { engine: EngineName }
  /** Only vectors of that length are put together: nothing is computed with the model. */
  | { engine: null; dimension: number }
);

/**
 * Opens an engine for this thread. TensorFlow.js is loaded only where it is asked for; on
 * libtensorflow it computes in a process of its own.
 * Throws InputError when the engine or the user's own model does not run here.
 */
export async function openEngine(kernels: Kernels, setup: EngineSetup): Promise<Engine> {
  if (setup.engine === null) return noEngine(setup.dimension);
  const { engine, model, data } = setup;
  if (engine === 'reference') return createReferenceEngine(kernels, model as ModelSpec, data);
  if (engine === 'tfjs-node') {
    const { openNativeEngine } = await import('./tfjs/native-engine.ts');
    return openNativeEngine(kernels, model, data);
  }
  const { openTfjsEngine } = await import('./tfjs/open-tfjs-engine.ts');
  return openTfjsEngine(engine.slice('tfjs-'.length) as Backend, kernels, model, data);
}

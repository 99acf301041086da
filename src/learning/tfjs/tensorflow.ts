import { createRequire } from 'node:module';
import type * as Core from '@tensorflow/tfjs-core';
import type {} from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import type * as Layers from '@tensorflow/tfjs-layers';
import { InputError } from '../../errors.ts';
import type { Backend } from './backend.ts';
import { chainOperations } from './chained-operations.ts';
import { multiplyWithoutTransposes } from './wasm-products.ts';

/** The functions of TensorFlow.js that every backend has. */
export type Tensorflow = typeof import('@tensorflow/tfjs-core') &
  typeof import('@tensorflow/tfjs-layers');

/** TensorFlow.js with one of its backends ready. */
export interface LoadedTensorflow {
  tf: Tensorflow;
  /** Makes the backend the one that computes in this thread. */
  use: () => void;
  /** Of the packages and libraries that compute. */
  versions: Record<string, string>;
}

/** Not by an import, which reads CommonJS twice: 0.36 s of a core in each thread, where this takes 0.09. */
const require = createRequire(import.meta.url);

/**
 * Loads TensorFlow.js; takes about a tenth of a second the first time.
 * Throws InputError when the backend is not installed or does not run here.
 */
export async function loadTensorflow(backend: Backend): Promise<LoadedTensorflow> {
  return backend === 'node' ? loadNative() : loadPortable(backend);
}

async function loadPortable(backend: 'wasm' | 'cpu'): Promise<LoadedTensorflow> {
  const core = require('@tensorflow/tfjs-core') as typeof Core;
  const layers = require('@tensorflow/tfjs-layers') as typeof Layers;
  const versions: Record<string, string> = { '@tensorflow/tfjs-core': core.version_core };
  if (backend === 'cpu') {
    const { version_cpu } = require('@tensorflow/tfjs-backend-cpu') as { version_cpu: string };
    versions['@tensorflow/tfjs-backend-cpu'] = version_cpu;
  } else {
    const { version_wasm } = require('@tensorflow/tfjs-backend-wasm') as { version_wasm: string };
    versions['@tensorflow/tfjs-backend-wasm'] = version_wasm;
    // Each pool thread is one thread.
    core.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  }
  chainOperations(core);
  if (!(await core.setBackend(backend))) {
    throw new InputError({ found: `engine tfjs-${backend} does not start on this machine` });
  }
  await core.ready();
  if (backend === 'wasm') multiplyWithoutTransposes(core);
  // Else it advertises tfjs-node at its first tensor.
  else Object.assign(core.backend(), { firstUse: false });
  return { tf: { ...core, ...layers }, use: () => useBackend(core, backend), versions };
}

function useBackend(core: typeof Core, name: string): void {
  // It has been started already, so the change is there at once.
  if (core.getBackend() !== name) void core.setBackend(name);
}

function loadNative(): LoadedTensorflow {
  try {
    const tf = require('@tensorflow/tfjs-node') as Tensorflow & {
      version: { 'tfjs-node': string };
    };
    const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
    const versions = {
      '@tensorflow/tfjs-node': tf.version['tfjs-node'],
      libtensorflow: binding.TF_Version,
    };
    return { tf, use: () => {}, versions };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new InputError({
      found: `engine tfjs-node does not run here: ${reason}`,
      advice: ['take another engine, or install this one: docs/own-model.md says how'],
    });
  }
}

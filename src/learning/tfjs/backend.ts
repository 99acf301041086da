/** Backends of TensorFlow.js: libtensorflow, WebAssembly or plain JavaScript. */
export type Backend = 'node' | 'wasm' | 'cpu';

/** From the fastest to the one that runs everywhere. */
export const backends: readonly Backend[] = ['node', 'wasm', 'cpu'];

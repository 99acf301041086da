import { buildNativeIfChanged } from '../src/kernels/build-native.ts';

// Without a C compiler WebAssembly computes alone; `edgemlsim doctor` tells.
buildNativeIfChanged();

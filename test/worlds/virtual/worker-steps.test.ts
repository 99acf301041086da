import { testWorkerSteps } from './worker-steps.ts';

testWorkerSteps('reference');
testWorkerSteps('tfjs-cpu');
testWorkerSteps('tfjs-wasm');

import { testWorkerSteps } from '../../worlds/virtual/worker-steps.ts';
import { describeSubstitutes } from '../substitute.ts';
import { describeAgreement } from './engine-agreement.ts';

describeAgreement('tfjs-node', { convolutions: true, runs: 20 });
describeSubstitutes('tfjs-node');
testWorkerSteps('tfjs-node');

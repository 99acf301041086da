import { describeSubstitutes } from './substitute.ts';

describeSubstitutes('reference');
describeSubstitutes('tfjs-cpu');
describeSubstitutes('tfjs-wasm');

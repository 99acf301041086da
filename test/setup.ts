import fc from 'fast-check';
import { afterAll } from 'vitest';
import './typed-arrays.ts';
import { removeTemporaryFolders } from './temporary-folder.ts';

// The same random cases in every run, so that a verdict never differs; `npm run soak` draws others.
fc.configureGlobal({ seed: Number(process.env.EDGEMLSIM_TEST_SEED ?? 1) });

// Vitest evaluates this file for each test file; a helper's module, only once in a process.
afterAll(removeTemporaryFolders);

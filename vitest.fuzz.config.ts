import { defineConfig } from 'vitest/config';
import { reporting, shared } from './vitest.shared.ts';

// A million messages that do not fit: npm run fuzz. FUZZ_CASES=N tries as many, FUZZ_SEED=N repeats
// what was drawn.
export default defineConfig({
  test: {
    ...shared,
    ...reporting,
    include: ['test/fuzz/*.test.ts'],
    env: {
      ...shared.env,
      FUZZ_CASES: process.env.FUZZ_CASES ?? '1000000',
      FUZZ_SEED: process.env.FUZZ_SEED ?? `${Date.now() % 1_000_000}`,
    },
    testTimeout: 60 * 60_000,
    disableConsoleIntercept: true,
    outputFile: { json: 'dist/fuzz-results.json' },
  },
});

import { defineConfig } from 'vitest/config';
import { reporting, shared } from './vitest.shared.ts';

// Runs that are broken 650 times, and a thousand random systems: npm run soak, a quarter of an hour.
// SOAK_SHARE=0.1 makes it a tenth of that, SOAK_SEED=N repeats what was drawn.
const seed = process.env.SOAK_SEED ?? `${Date.now() % 1_000_000}`;

export default defineConfig({
  test: {
    ...shared,
    ...reporting,
    include: ['test/**/*.soak-test.ts', 'test/worlds/virtual/invariants.test.ts'],
    env: {
      SOAK_SEED: seed,
      EDGEMLSIM_TEST_SEED: seed,
      EDGEMLSIM_RANDOM_SYSTEMS: `${Math.max(100, 1000 * Number(process.env.SOAK_SHARE ?? 1))}`,
    },
    testTimeout: 60 * 60_000,
    disableConsoleIntercept: true,
    outputFile: { json: 'dist/soak-results.json' },
  },
});

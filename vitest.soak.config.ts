import { defineConfig } from 'vitest/config';
import { reporting, shared } from './vitest.shared.ts';

// Runs that are broken 650 times, a thousand random systems, and more cases of some tests than npm test
// takes (test/case-count.ts): npm run soak.
// SOAK_SHARE=0.1 makes it a tenth of that, SOAK_SEED=N repeats what was drawn.
const seed = process.env.SOAK_SEED ?? `${Date.now() % 1_000_000}`;

export default defineConfig({
  test: {
    ...shared,
    ...reporting,
    include: [
      'test/**/*.soak-test.ts',
      'test/cli/orphans.test.ts',
      'test/worlds/live/hierarchy.test.ts',
      'test/worlds/live/random-live-system.test.ts',
      'test/worlds/virtual/hierarchy.test.ts',
      'test/worlds/virtual/invariants.test.ts',
      'test/worlds/virtual/same-journal.test.ts',
    ],
    env: {
      ...shared.env,
      SOAK_SEED: seed,
      EDGEMLSIM_TEST_SEED: seed,
      EDGEMLSIM_RANDOM_SYSTEMS: `${Math.max(100, 1000 * Number(process.env.SOAK_SHARE ?? 1))}`,
    },
    testTimeout: 60 * 60_000,
    disableConsoleIntercept: true,
    outputFile: { json: 'dist/soak-results.json' },
  },
});

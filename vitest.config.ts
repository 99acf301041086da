import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/slow-first.ts';
import { fromSources, reporting, shared } from './vitest.shared.ts';

/** Tests of runs: a world that computes in the test's own process changes where its vectors are. */
const runs = [
  'test/golden-hashes.test.ts',
  'test/{cli,deploy,run,worlds}/**/*.test.ts',
  'test/journal/follow.test.ts',
];

/** Tests that change or measure the memory of their process. */
const alone = ['test/aggregators/memory.test.ts', 'test/kernels/{block-sharing,placement}.test.ts'];

/** Tests that put modules in the place of others, which works with sources alone. */
const replaced = ['test/mobility/sample-store.test.ts'];

/** Many test files share one process: to start one for each took longer than most of them do. */
const together = { ...shared, isolate: false };

// The other tests run against the build in dist/: worker threads and child processes load compiled
// files, so the tests look at the very same ones.
export default defineConfig({
  test: {
    ...reporting,
    maxWorkers: shared.maxWorkers,
    sequence: { sequencer: SlowFirst },
    outputFile: { json: 'dist/test-results.json' },
    projects: [
      { test: { ...shared, name: 'alone', include: alone } },
      { test: { ...together, name: 'runs', include: runs } },
      {
        test: {
          ...together,
          name: 'built',
          setupFiles: [...shared.setupFiles, 'test/shared-process.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [...alone, ...runs, ...replaced],
        },
      },
      { plugins: [fromSources], test: { ...together, name: 'replaced', include: replaced } },
    ],
  },
});

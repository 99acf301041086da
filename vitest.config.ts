import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/slow-first.ts';
import { reporting, shared } from './vitest.shared.ts';

/** Tests that need neither kernels nor threads nor processes: they read src/, without a build. */
const unit = [
  'test/nearest-name.test.ts',
  'test/{faults,mobility,network,nodes,simulation}/**/*.test.ts',
];

/** Tests of runs: a world that computes in the test's own process changes where its vectors are. */
const runs = [
  'test/golden-hashes.test.ts',
  'test/{cli,deploy,run,worlds}/**/*.test.ts',
  'test/journal/follow.test.ts',
];

/** Tests that change or measure the memory of their process. */
const alone = ['test/aggregators/memory.test.ts', 'test/kernels/{block-sharing,placement}.test.ts'];

/** Many test files share one process: to start one for each took longer than most of them do. */
const together = { ...shared, isolate: false };

/** Takes the project's own imports (`#src/…`) from the sources instead of from dist/. */
const fromSources = {
  name: 'from-sources',
  enforce: 'pre' as const,
  resolveId(id: string): string | undefined {
    const [, path] =
      /^#((?:src|aggregators|attacks|pre-aggregators|triggers|participants)\/.*)\.js$/.exec(id) ??
      [];
    return path && fileURLToPath(new URL(`./${path}.ts`, import.meta.url));
  },
};

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
          exclude: [...alone, ...runs, ...unit],
        },
      },
      { plugins: [fromSources], test: { ...together, name: 'unit', include: unit } },
    ],
  },
});

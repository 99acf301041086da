import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { reporting, shared } from './vitest.shared.ts';

/** Tests that need neither kernels nor threads nor processes: they read src/, without a build. */
const unit = [
  'test/nearest-name.test.ts',
  'test/{faults,mobility,network,nodes,report,simulation}/**/*.test.ts',
];

/** Takes the project's own imports (`#src/…`) from the sources instead of from dist/. */
const fromSources = {
  name: 'from-sources',
  enforce: 'pre' as const,
  resolveId(id: string): string | undefined {
    const [, path] = /^#((?:src|aggregators|attacks|pre-aggregators)\/.*)\.js$/.exec(id) ?? [];
    return path && fileURLToPath(new URL(`./${path}.ts`, import.meta.url));
  },
};

// The other tests run against the build in dist/: worker threads and child processes load compiled
// files, so the tests look at the very same ones.
export default defineConfig({
  test: {
    ...reporting,
    maxWorkers: shared.maxWorkers,
    outputFile: { json: 'dist/test-results.json' },
    projects: [
      { plugins: [fromSources], test: { ...shared, name: 'unit', include: unit } },
      { test: { ...shared, name: 'built', include: ['test/**/*.test.ts'], exclude: unit } },
    ],
  },
});

import { defineConfig } from 'vitest/config';

// Tests run against the build in dist/: worker threads and child processes load compiled files,
// so the tests look at the very same ones.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    server: { deps: { external: [/\/dist\//] } },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/skipped-reporter.ts', 'json'],
    outputFile: { json: 'dist/test-results.json' },
  },
});

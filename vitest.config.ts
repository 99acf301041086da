import { defineConfig } from 'vitest/config';

// Tests run against the build in dist/: worker threads and child processes load compiled files,
// so the tests look at the very same ones.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    server: { deps: { external: [/\/dist\//] } },
    // So that no verdict depends on how busy the machine is: what hangs is found all the same.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/skipped-reporter.ts', 'json'],
    outputFile: { json: 'dist/test-results.json' },
  },
});

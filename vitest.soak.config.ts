import { defineConfig } from 'vitest/config';
import everywhere from './vitest.config.ts';

// A run of some minutes that is broken two hundred times: npm run soak.
export default defineConfig({
  test: {
    ...everywhere.test,
    include: ['test/**/*.soak-test.ts'],
    testTimeout: 60 * 60_000,
    disableConsoleIntercept: true,
    outputFile: { json: 'dist/soak-results.json' },
  },
});

import { defineConfig } from 'vitest/config';
import { fromSources, reporting, shared } from './vitest.shared.ts';

/** Tests that need neither kernels nor threads nor processes: here they read src/, without a build. */
export default defineConfig({
  plugins: [fromSources],
  test: {
    ...reporting,
    ...shared,
    isolate: false,
    include: [
      'test/nearest-name.test.ts',
      'test/{faults,mobility,network,nodes,simulation}/**/*.test.ts',
    ],
    outputFile: { json: 'dist/test-results.json' },
  },
});

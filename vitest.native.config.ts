import { defineConfig } from 'vitest/config';
import { reporting, shared } from './vitest.shared.ts';

// The tests that need tfjs-node built for this machine: .ci/build-tfjs-node.sh, npm run test:native.
export default defineConfig({
  test: {
    ...shared,
    ...reporting,
    include: ['test/**/*.native-test.ts'],
    outputFile: { json: 'dist/native-test-results.json' },
  },
});

import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

/** What all suites of tests have in common. */
export const shared = {
  server: { deps: { external: [/\/dist\//] } },
  // So that no verdict depends on how busy the machine is: what hangs is found all the same.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 300_000 } },
  setupFiles: ['test/setup.ts'],
  env: {
    // Not the user's: traces that were read before are in there.
    XDG_CACHE_HOME: fileURLToPath(new URL('./node_modules/.cache', import.meta.url)),
    // Node.js 20 reads the certificates of this file at each start, for 55 ms where they are a whole system's;
    // hundreds of processes start, and only those of test/registry-environment.ts connect to another machine.
    NODE_EXTRA_CA_CERTS: '',
    REGISTRY_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS ?? '',
  },
  pool: 'forks',
  // V8 optimises a function later than by default: optimising what a test runs a few times took a fifth of
  // these processes' time. Later versions of Node.js do not know the flag.
  execArgv: process.versions.node.startsWith('20.') ? ['--interrupt-budget=1000000'] : [],
  // Three times the cores of a small machine: tests of runs wait for processes and clocks.
  maxWorkers: 6,
} satisfies ViteUserConfig['test'];

/** How their results are told. */
export const reporting = {
  reporters: ['default', './test/running-reporter.ts', './test/skipped-reporter.ts', 'json'],
} satisfies ViteUserConfig['test'];

/** Takes the project's own imports (`#src/…`) from the sources instead of from dist/. */
export const fromSources = {
  name: 'from-sources',
  enforce: 'pre' as const,
  resolveId(id: string): string | undefined {
    const [, path] =
      /^#((?:src|aggregators|attacks|pre-aggregators|triggers|participants)\/.*)\.js$/.exec(id) ??
      [];
    return path && fileURLToPath(new URL(`./${path}.ts`, import.meta.url));
  },
};

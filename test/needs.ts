import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

/**
 * `test` where the program is installed, else `test.skip` with the Debian package to install in
 * the title. With EDGEMLSIM_SKIP_NOTHING set the test runs anyway, and fails by itself.
 */
export function testWith(program: string, debianPackages: string): typeof test {
  const isThere = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (isThere || process.env.EDGEMLSIM_SKIP_NOTHING) return test;
  const skip = (title: string) => test.skip(`${title} [needs Debian's ${debianPackages}]`);
  return skip as unknown as typeof test;
}

/** `test` where this process may make network namespaces, else `test.skip` with the reason. */
export function testWithNetworks(): typeof test {
  const name = `edgemlsim${process.pid}`;
  const { status } = spawnSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
  if (status === 0) spawnSync('ip', ['netns', 'del', name]);
  if (status === 0 || process.env.EDGEMLSIM_SKIP_NOTHING) return test;
  const skip = (title: string) => test.skip(`${title} [needs iproute2 and network namespaces]`);
  return skip as unknown as typeof test;
}

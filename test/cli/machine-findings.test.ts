import { afterEach, expect, it, vi } from 'vitest';
import { findings } from '#src/cli/machine-findings.js';

afterEach(() => vi.unstubAllEnvs());

it('kernels that a variable names and that are not there leave the other findings as they are', () => {
  const others = () => findings().filter(({ what }) => what !== 'kernels' && what !== 'memory');
  const before = others();
  vi.stubEnv('EDGEMLSIM_KERNELS', 'bad');
  const kernels = findings().find(({ what }) => what === 'kernels')!;
  expect(kernels.found).toBeNull();
  expect(kernels.problem).toMatch(
    /^EDGEMLSIM_KERNELS=bad: no such kernels on this machine; here: wasm/,
  );
  expect(others()).toEqual(before);
  vi.stubEnv('EDGEMLSIM_KERNELS', 'wasm');
  expect(findings().find(({ what }) => what === 'kernels')).toMatchObject({ found: 'wasm' });
});

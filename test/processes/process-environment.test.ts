import { expect, it, onTestFinished, vi } from 'vitest';
import { agentEnvironment, processEnvironment } from '#src/processes/process-environment.js';

it('a process that loads no code of the user’s does not read certificates that are for other connections', () => {
  vi.stubEnv('NODE_EXTRA_CA_CERTS', '/etc/ssl/own.pem');
  onTestFinished(() => void vi.unstubAllEnvs());
  const certificates = (files: string[]) => agentEnvironment(files, false).NODE_EXTRA_CA_CERTS;
  expect(certificates([])).toBeUndefined();
  expect(certificates(['town.net.xml', 'data.csv', 'model.safetensors'])).toBeUndefined();
  for (const file of ['my-data.ts', 'rule.mjs', 'file:///home/me/model.js', 'median.mts']) {
    expect(certificates(['town.net.xml', file]), file).toBe('/etc/ssl/own.pem');
  }
  expect(agentEnvironment([], true).NODE_EXTRA_CA_CERTS).toBe('/etc/ssl/own.pem');
  expect(processEnvironment().NODE_EXTRA_CA_CERTS).toBe('/etc/ssl/own.pem');
  expect(agentEnvironment([], false).PATH).toBe(process.env.PATH);
});

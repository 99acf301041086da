import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { endpoint, transports } from '#src/processes/live-endpoints.js';
import { runMachineAgent } from '#src/processes/machine-agent.js';
import type { Connection } from '#src/transport/connection.js';
import type { Header } from '#src/transport/frame.js';
import { limitsFor } from '#src/transport/limits.js';
import { temporaryFolder } from '../temporary-folder.ts';

const credentials = { secret: null, tls: null, insecure: false };
/** One that is not ended before it has begun extends the file, and ends. */
const PROCESS =
  'setTimeout(() => require("fs").appendFileSync(process.env.STARTED, "x"), 500); process.stdin.destroy();';

/** An agent of a coordinator that sends these, once it offers its machine; the file that its processes extend. */
async function agentOf(messages: readonly Header[]) {
  const started = join(temporaryFolder('agent'), 'started');
  appendFileSync(started, '');
  const limits = limitsFor(2 ** 16);
  let coordinator: Connection | null = null;
  const here = { host: '127.0.0.1', port: 0 };
  const listener = await transports.tcp.listen(
    endpoint(here, limits, credentials),
    (connection) => {
      coordinator = connection;
      connection.onFrame = ({ header }) => {
        if (header.type !== 'offer') return;
        for (const message of messages) connection.send({ header: message, body: null });
      };
    },
  );
  onTestFinished(() => listener.close());
  const end = runMachineAgent({
    find: () => ({ ...listener.address, transport: 'tcp' }),
    machine: { name: 'a', cores: 2 },
    ...{ credentials, patienceS: 1, waitS: 5, listenHost: null },
    program: ['sh', '-c', `STARTED='${started}' exec '${process.execPath}' -e '${PROCESS}'`],
  });
  const count = () => readFileSync(started, 'utf8').length;
  return { end, count, close: () => coordinator!.close() };
}

it('starts none of more processes than a machine is given', async () => {
  const slots = Array.from({ length: 1025 }, (_, slot) => slot);
  const { end, count } = await agentOf([{ type: 'start', slots }]);
  await end;
  expect(count()).toBe(0);
});

it('starts one process that computes, however many names a coordinator has for it', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const { end, count, close } = await agentOf(names.map((name) => ({ type: 'compute', name })));
  await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(0);
  close();
  await end;
  expect(count()).toBe(1);
}, 30_000);

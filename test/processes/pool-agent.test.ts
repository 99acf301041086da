import { expect, it, onTestFinished } from 'vitest';
import { endpoint, transports } from '#src/processes/live-endpoints.js';
import { runPoolAgent } from '#src/processes/pool-agent.js';
import { limitsFor } from '#src/transport/limits.js';

it('a config of its coordinator that is none is told as one, with the key', async () => {
  const credentials = { secret: null, tls: null, insecure: false };
  const header = { type: 'pool-setup', agent: 1, nonce: 'a nonce' };
  const body = new TextEncoder().encode('{ "layers": 1 }');
  const listener = await transports.tcp.listen(
    endpoint({ host: '127.0.0.1', port: 0 }, limitsFor(2 ** 16), credentials),
    (connection) => {
      connection.onFrame = () => void connection.send({ header, body });
    },
  );
  onTestFinished(() => listener.close());
  const agent = runPoolAgent({
    ...{ join: listener.address, transport: 'tcp', name: 'a', threads: 1, credentials },
    patienceS: 5,
  });
  await expect(agent).rejects.toThrow(/the coordinator sent a config that is none: \w+/);
});

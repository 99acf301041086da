import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { compose } from '#src/compose/compose.js';
import { provenanceOf } from '#src/compose/provenance.js';
import { PoolAdmission } from '#src/processes/pool-admission.js';
import type { Connection } from '#src/transport/connection.js';
import type { Header } from '#src/transport/frame.js';
import { limitsFor } from '#src/transport/limits.js';
import { POOL_PROTOCOL } from '#src/worlds/computing/pool-message.js';
import { memoryTransport } from '../transport/memory-transport.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';

const here = { host: 'here', port: 0, secret: null, tls: null, limits: limitsFor(2 ** 20) };

/** The next frame's header. */
function next(connection: Connection): Promise<Header> {
  return new Promise((resolve) => {
    connection.onFrame = ({ header }) => resolve(header);
  });
}

it('takes the work connection of an agent from the process alone that was given its nonce', async () => {
  const config = tinyConfig();
  const provenance = provenanceOf(config, stringify(config), await compose(config));
  const joined: number[] = [];
  const admission = new PoolAdmission({
    run: config,
    provenance,
    onJoined: ({ agent }) => joined.push(agent),
    onRefused: (_, reason) => expect.unreachable(reason),
    onBadFrame: () => {},
  });
  const transport = memoryTransport();
  const { address } = await transport.listen(here, (connection) => admission.receive(connection));
  const connect = () => transport.connect({ ...here, port: address.port });
  const control = await connect();
  const hello = { type: 'pool-hello', protocol: POOL_PROTOCOL, name: 'own', threads: 1, pid: 1 };
  control.send({ header: hello, body: null });
  const setup = await next(control);
  expect(setup.type).toBe('pool-setup');
  const inputs = provenance as unknown as Header;
  control.send({ header: { type: 'made', inputs }, body: null });
  expect(await next(control)).toEqual({ type: 'admitted' });
  const work = { type: 'pool-work', agent: setup.agent! };
  for (const shown of [{}, { nonce: null }, { nonce: 'a guess' }]) {
    const other = await connect();
    const ended = new Promise((resolve) => {
      other.onClose = resolve;
    });
    other.onFrame = () => {};
    other.send({ header: { ...work, ...shown }, body: null });
    await ended;
  }
  expect(joined).toEqual([]);
  (await connect()).send({ header: { ...work, nonce: setup.nonce! }, body: null });
  await expect.poll(() => joined).toEqual([setup.agent]);
});

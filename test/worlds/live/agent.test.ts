import { expect, it } from 'vitest';
import { deferred } from '#src/deferred.js';
import type { Connection } from '#src/transport/connection.js';
import { limitsFor } from '#src/transport/limits.js';
import { Agent, type ProcessDependencies } from '#src/worlds/live/process/agent.js';
import { type SetupBody, say } from '#src/worlds/live/protocol/control-message.js';
import { memoryTransport } from '../../transport/memory-transport.ts';

const here = { host: 'here', port: 0, secret: null, tls: null, limits: limitsFor(2 ** 20) };

it('lets go of what it has made when the coordinator is gone meanwhile, and listens nowhere', async () => {
  const transport = memoryTransport();
  const { promise: joined, resolve: join } = deferred<Connection>();
  const { address } = await transport.listen(here, join);
  const connect = () => transport.connect({ ...here, port: address.port });
  const { promise: made, resolve: make } = deferred<ProcessDependencies>();
  const { promise: isMaking, resolve: makes } = deferred<void>();
  const done: string[] = [];
  const end = Agent.run({
    control: await connect(),
    again: connect,
    slot: 0,
    wallUs: () => performance.now() * 1000,
    patienceS: 30,
    make: () => {
      makes();
      return made;
    },
    listen: async (_, onConnection) => {
      done.push('listens');
      return transport.listen(here, onConnection);
    },
    dial: connect,
  });
  const control = await joined;
  control.onFrame = () => {};
  const setup: SetupBody = {
    ...{ run: null, patienceS: 30, generations: [0], nonce: null },
    slots: [{ index: 0, role: 'workers', nodes: [] }],
  };
  say(control, { type: 'setup', self: 0 }, new TextEncoder().encode(JSON.stringify(setup)));
  await isMaking;
  control.destroy();
  await expect(end).rejects.toThrow('the coordinator is gone');
  const { promise: closed, resolve: close } = deferred<void>();
  const pool = {
    close: async () => {
      done.push('pool closed');
      close();
    },
  };
  make({ pool, settings: {} } as unknown as ProcessDependencies);
  await closed;
  expect(done).toEqual(['pool closed']);
});

import { expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import { deferred } from '#src/deferred.js';
import { decodeManifest, encodeManifest } from '#src/processes/run-manifest.js';
import type { Connection } from '#src/transport/connection.js';
import { limitsFor } from '#src/transport/limits.js';
import {
  ProcessClient,
  type ProcessDependencies,
} from '#src/worlds/live/process/process-client.js';
import { type SetupBody, say } from '#src/worlds/live/protocol/control-message.js';
import { placeNodes } from '#src/worlds/live/protocol/placement.js';
import { memoryTransport } from '../../transport/memory-transport.ts';
import { tinyConfig } from '../tiny-config.ts';
import { dependenciesOf } from './in-process-live-world.ts';

const here = { host: 'here', port: 0, secret: null, tls: null, limits: limitsFor(2 ** 20) };

it('lets go of what it has made when the coordinator is gone meanwhile, and listens nowhere', async () => {
  const transport = memoryTransport();
  const { promise: joined, resolve: join } = deferred<Connection>();
  const { address } = await transport.listen(here, join);
  const connect = () => transport.connect({ ...here, port: address.port });
  const { promise: made, resolve: make } = deferred<ProcessDependencies>();
  const { promise: isMaking, resolve: makes } = deferred<void>();
  const done: string[] = [];
  const end = ProcessClient.run({
    control: await connect(),
    again: connect,
    slot: 0,
    wallUs: () => performance.now() * 1000,
    patienceS: 30,
    use: () => ({ cpuS: 0, memoryBytes: 0 }),
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

it('ends well when its second connection ends before the first one has said that the run is over', async () => {
  const transport = memoryTransport();
  const config = tinyConfig({ world: 'live' });
  const composition = await compose(config);
  const slots = placeNodes(composition.settings, 1);
  const { promise: joined, resolve: join } = deferred<Connection>();
  const { promise: doubled, resolve: double } = deferred<Connection>();
  const waiting = [join, double];
  const { address } = await transport.listen(here, (connection) => waiting.shift()!(connection));
  const connect = () => transport.connect({ ...here, port: address.port });
  const end = ProcessClient.run({
    control: await connect(),
    again: connect,
    slot: 0,
    wallUs: () => performance.now() * 1000,
    patienceS: 30,
    use: () => ({ cpuS: 0, memoryBytes: 0 }),
    make: async (run, slot) =>
      dependenciesOf(decodeManifest(JSON.parse(JSON.stringify(run))), slot),
    listen: async (_, onConnection) => transport.listen(here, onConnection),
    dial: connect,
  });
  const control = await joined;
  const { promise: ready, resolve: isReady } = deferred<void>();
  control.onFrame = ({ header }) => {
    if ((header as { type: string }).type === 'ready') isReady();
  };
  const setup: SetupBody = {
    ...{ run: encodeManifest(config, composition), patienceS: 30, nonce: 'nonce' },
    ...{ slots, generations: slots.map(() => 0) },
  };
  say(control, { type: 'setup', self: 0 }, new TextEncoder().encode(JSON.stringify(setup)));
  const bulk = await doubled;
  bulk.onFrame = () => {
    say(bulk, { type: 'pong', wallUs: 0 });
  };
  await ready;
  const { promise: closed, resolve: close } = deferred<void>();
  bulk.onClose = () => close();
  bulk.close();
  await closed;
  say(control, { type: 'exit' });
  await expect(end).resolves.toBeUndefined();
});

import { expect, it, vi } from 'vitest';
import { PoolAgent } from '#src/worlds/computing/pool-agent.js';
import { Peer } from '../../fuzz/peer.ts';

it('makes its share once, also where the coordinator asks again before it is there', async () => {
  const peer = new Peer();
  const make = vi.fn(() => new Promise<never>(() => {}));
  const end = PoolAgent.run({
    ...{ control: peer.connection, name: 'a', threads: 1, patienceS: 10 },
    ...{ make, dial: make },
  });
  const failed = expect(end).rejects.toThrow('the coordinator speaks out of turn');
  const setup = { type: 'pool-setup', agent: 1, nonce: 'a nonce' };
  for (let times = 0; times < 3; times += 1) {
    peer.send({ header: setup, body: new TextEncoder().encode('{}') });
  }
  await failed;
  expect(make).toHaveBeenCalledTimes(1);
});

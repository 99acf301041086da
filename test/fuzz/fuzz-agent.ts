import { setImmediate as transition } from 'node:timers/promises';
import { expect } from 'vitest';
import { InputError, RunError } from '#src/errors.js';
import { PoolAgent } from '#src/worlds/computing/pool-agent.js';
import { ProcessClient } from '#src/worlds/live/process/process-client.js';
import type { Counts } from './fuzz-live.ts';
import { anyBody, anyBytes, Draw, mutated } from './mutate.ts';
import { Peer } from './peer.ts';

const address = { host: 'here', port: 1 };
const worker = { timeUs: 1, worker: 'worker-1' };
const counters = { version: 0, rounds: 0, updates: 0, gradients: 0, started: 0 };

/** One of every message of a live run's coordinator to a process, but that it may go. */
const toProcess = [
  { type: 'refused', reason: 'full' },
  { type: 'setup', self: 0 },
  { type: 'peers', addresses: [address, null] },
  { type: 'pong', wallUs: 2 },
  { type: 'clock', change: 1, reading: { isRunning: true, simUs: 0, wallUs: 0 } },
  {
    type: 'movements',
    movements: [
      { ...worker, type: 'enter-map', entity: 'car', kind: 'car' },
      { ...worker, type: 'enter-range', server: 'left', contact: 1 },
      { ...worker, type: 'enter-region' },
      { ...worker, type: 'associate', server: 'left', previous: null, reason: 'left-range' },
      {
        timeUs: 1,
        type: 'fault-transition',
        node: 'left',
        isByzantine: true,
        recorded: { server: null },
      },
    ],
  },
  {
    ...{ type: 'signal', contact: 1, sinceUs: 1, from: 0, losses: [0, 90, 1, 91] },
    up: { powerDbm: 20, sensitivityDbm: -86, noiseFigureDb: 5 },
    down: { powerDbm: 20, sensitivityDbm: -86, noiseFigureDb: 9 },
  },
  { type: 'crash', node: 'left', state: 'lost' },
  { type: 'recover', node: 'left', hasCrashed: true },
  { type: 'cut', server: 'left' },
  { type: 'restore', server: 'left' },
  { type: 'started', gradients: 1 },
  { type: 'background', down: ['left'], cut: [], rounds: [1] },
  { type: 'batch', value: 1, epoch: 0 },
  { type: 'lost', slot: 1 },
  { type: 'kept' },
  { type: 'restore-optimiser' },
  { type: 'restore-cloud', counters: { ...counters, evaluatedGradients: 0 }, hasCrashed: true },
  { type: 'end', reason: 'rounds' },
];

const toPoolAgent = [
  { type: 'refused', reason: 'full', advice: ['wait'] },
  { type: 'pool-setup', agent: 1, nonce: 'a nonce' },
  { type: 'admitted' },
  { type: 'pong' },
];

const setup = {
  ...{ run: {}, generations: [0], patienceS: 30, nonce: null },
  slots: [{ index: 0, role: 'server', nodes: ['left'] }],
};

/** Has the other end send anything to a process that joins a run: it ends in order. */
export async function fuzzAgents(cases: number, seed: number): Promise<Counts> {
  const draw = new Draw(seed);
  const counts = { cases: 0, cut: 0 };
  const never = () => new Promise<never>(() => {});
  for (; counts.cases < cases; counts.cases += 1) {
    const peer = new Peer();
    const control = peer.connection;
    const isLive = draw.below(2) === 0;
    const listen = { listen: never, dial: never, again: never };
    const end = isLive
      ? ProcessClient.run({
          control,
          ...listen,
          slot: 0,
          wallUs: () => 0,
          patienceS: 10,
          use: () => ({ cpuS: 0, memoryBytes: 0 }),
          make: never,
        })
      : PoolAgent.run({ control, name: 'a', threads: 1, patienceS: 10, make: never, dial: never });
    const ended = end.then(
      () => null,
      (error: unknown) => error,
    );
    await transition();
    for (let times = 0; times < 3; times += 1) {
      const header = mutated(draw.of<object>(isLive ? toProcess : toPoolAgent), draw);
      const text = JSON.stringify(mutated(setup, draw));
      const body = anyBody(new TextEncoder().encode(text), 8, draw);
      peer.sendBytes(anyBytes({ header, body }, draw));
    }
    await transition();
    if (peer.isClosed) counts.cut += 1;
    else peer.hangUp();
    const error = await ended;
    expect(error instanceof RunError || error instanceof InputError, String(error)).toBe(true);
    const { kind, error: thrown } = await control.ended;
    expect(kind, String(thrown)).not.toBe('handler-failed');
  }
  return counts;
}

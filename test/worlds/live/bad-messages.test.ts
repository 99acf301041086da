import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { Frame } from '#src/transport/frame.js';
import { FuzzedSimulator } from '../../fuzz/fuzzed-coordinator.ts';
import { tinyConfig } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

const config = tinyConfig({
  training: { maximumTimeS: 10_000, learningRate: 0.01 },
  world: 'live',
  live: { speed: 20 },
});

const record = (event: object, late: number | null = null) => ({
  type: 'report',
  timeUs: 0,
  items: [{ type: 'record', event, late }],
});
const ids = { gradients: [], results: [] };
const has = (changes: object) => {
  const all = { lost: 0, elsewhere: ids, sentThere: ids, newest: { version: 0, round: 0 } };
  return new TextEncoder().encode(JSON.stringify({ ...all, ...changes }));
};
const opened = { type: 'round-opened', server: 'left', round: 1, version: 0, children: 1 };
const end = { worker: 'worker-1', server: 'left', outcome: 'dropped', reason: 'late' };
const counters = {
  version: 1,
  rounds: 1,
  updates: 1,
  gradients: 1,
  started: 0,
  evaluatedGradients: 0,
};

interface Case {
  /** A node of the process that says it. */
  of: string;
  /** The message, or the one to send at a time counted from 0. */
  header: object | ((time: number) => object);
  /** Times it is sent at most, until its process is lost. */
  times?: number;
  body?: Frame['body'];
  way?: 'bulk';
  why: RegExp;
}

const cases: Record<string, Case> = {
  'a ping with a time': {
    of: 'left',
    header: { type: 'ping', wallUs: 0 },
    why: /"ping" that does not fit: .*Unrecognized key/,
  },
  'a report of nothing': {
    of: 'left',
    header: { type: 'report', timeUs: 0, items: null },
    why: /items: Invalid input/,
  },
  'a wish for a batch of an unknown owner': {
    of: 'worker-1',
    header: { type: 'batch-wanted', owner: 'unknown', value: 1, beganUs: 0 },
    why: /unknown owner/,
  },
  'a wish for a batch from a server': {
    of: 'left',
    header: { type: 'batch-wanted', owner: 'left', value: 1, beganUs: 0 },
    why: /without workers/,
  },
  'a checkpoint without its numbers': {
    of: 'cloud',
    header: { type: 'checkpoint', counters },
    way: 'bulk',
    why: /without its 75 numbers/,
  },
  'a checkpoint of a version far ahead': {
    of: 'cloud',
    header: { type: 'checkpoint', counters: { ...counters, version: 2 ** 40 } },
    body: new Float32Array(75),
    way: 'bulk',
    why: /version 1099511627776/,
  },
  'a checkpoint from a server': {
    of: 'left',
    header: { type: 'checkpoint', counters },
    body: new Float32Array(75),
    why: /"checkpoint" that does not fit/,
  },
  'what it has, without JSON': {
    of: 'left',
    header: { type: 'has' },
    body: Uint8Array.of(1, 2),
    why: /not JSON/,
  },
  'what it has, of a process that the run has not': {
    of: 'left',
    header: { type: 'has' },
    body: has({ lost: 99 }),
    why: /no process 99/,
  },
  'what it has seen: a version far ahead': {
    of: 'left',
    header: { type: 'has' },
    body: has({ newest: { version: 2 ** 50, round: 0 } }),
    why: /version 1125899906842624/,
  },
  'a hold of a process that is not the cloud': {
    of: 'left',
    header: { type: 'hold' },
    why: /held by another than the cloud/,
  },
  'a release without a hold': {
    of: 'cloud',
    header: { type: 'release' },
    why: /released without/,
  },
  'a change of the clock to come': {
    of: 'left',
    header: { type: 'held', change: 1e9 },
    why: /a change of the clock to come/,
  },
  'an end for a reason that is an object': {
    of: 'cloud',
    header: { type: 'finish', reason: { a: 1 } },
    why: /reason: Invalid/,
  },
  'an end from a process that is not the cloud': {
    of: 'left',
    header: { type: 'finish', reason: 'rounds' },
    why: /finished by another/,
  },
  'that it has ended before the run': {
    of: 'left',
    header: { type: 'ended', computed: 0 },
    why: /ended before the run/,
  },
  'that it is ready once more': {
    of: 'left',
    header: { type: 'ready', address: { host: 'here', port: 1 } },
    why: /ready once more/,
  },
  'an event with its own number and time': {
    of: 'left',
    header: record({ ...opened, n: 0, timeUs: 0 }),
    why: /Unrecognized key/,
  },
  'an event of a version of 1e308': {
    of: 'left',
    header: record({ ...opened, version: 1e308 }),
    why: /version: Too big/,
  },
  'an event of a version far ahead': {
    of: 'left',
    header: record({ ...opened, version: 2 ** 30 }),
    why: /version 1073741824/,
  },
  'an event of a node elsewhere': {
    of: 'right',
    header: record(opened),
    why: /left, which run elsewhere/,
  },
  'an event of a node that the run has not': {
    of: 'right',
    header: record({ type: 'crashed', node: 'unknown', state: 'lost' }),
    why: /a node that the run has not/,
  },
  'an event that only the coordinator records': {
    of: 'left',
    header: record({ type: 'turned-byzantine', node: 'left', server: null }),
    why: /does not fit/,
  },
  'an update from a server that is not the cloud': {
    of: 'left',
    header: record({
      type: 'updated',
      server: 'left',
      round: 1,
      version: 1,
      gradients: 1,
      learningRate: 1,
    }),
    why: /an event of the cloud/,
  },
  'an update of another server': {
    of: 'cloud',
    header: record({
      type: 'updated',
      server: 'left',
      round: 1,
      version: 1,
      gradients: 1,
      learningRate: 1,
    }),
    why: /what happened to left, which run elsewhere/,
  },
  'the end of a result of a server that is not below': {
    of: 'left',
    header: record({
      ...{ type: 'result-ended', result: 1, server: 'left', parent: 'right' },
      ...{ outcome: 'lost' },
    }),
    why: /left is not below right/,
  },
  'a beginning with a number of another process': {
    of: 'worker-1',
    header: record({
      ...{ type: 'gradient-started', gradient: 0, worker: 'worker-1', server: 'left' },
      ...{ round: 1, version: 0 },
    }),
    why: /the number 0, which is another process's/,
  },
  'facts of an event that it has not recorded': {
    of: 'left',
    header: { type: 'report', timeUs: 0, items: [{ type: 'settle', late: 1e6, facts: {} }] },
    why: /facts of no event/,
  },
  'facts that bring an event another number': {
    of: 'cloud',
    header: {
      type: 'report',
      timeUs: 0,
      items: [
        {
          type: 'record',
          event: {
            type: 'updated',
            server: 'cloud',
            round: 1,
            version: 1,
            gradients: 0,
            learningRate: 1,
          },
          late: 1e6,
        },
        { type: 'settle', late: 1e6, facts: { n: 0 } },
      ],
    },
    why: /facts that are none of an event "updated"/,
  },
  'late facts of an event that has none': {
    of: 'left',
    header: record(opened, 1e6),
    why: /has no facts that come late/,
  },
  'ends of more than may have begun': {
    of: 'left',
    header: (time) => ({
      type: 'report',
      timeUs: 0,
      items: Array.from({ length: 300 }, (_, at) => {
        const gradient = 2 ** 23 + 300 * time + at;
        return { type: 'record', event: { type: 'gradient-ended', gradient, ...end }, late: null };
      }),
    }),
    times: 60,
    why: /ends of what never began/,
  },
  'that others have sent it what does not fit, again and again': {
    of: 'left',
    header: { type: 'bad-peer', slot: 99, generation: 0, why: 'x' },
    why: /too many others/,
  },
  'a message of no kind': { of: 'left', header: { type: 'toString' }, why: /does not fit/ },
};

async function comes(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('a live run loses a process that says what does not fit, and goes on with another', async () => {
  const live = await InProcessLiveWorld.open(config);
  const ended = live.run();
  const lost = () => live.lines.filter((line) => line.type === 'process-lost');
  for (const [name, { of, header, times = 4, body = null, way, why }] of Object.entries(cases)) {
    const slot = live.slotOf(of);
    const before = lost().length;
    for (let each = 0; each < times && lost().length === before; each += 1) {
      live.say(slot, typeof header === 'function' ? header(each) : header, body, way);
      if (each % 10 === 3) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await comes(() => lost().length > before);
    expect(lost().at(-1), name).toMatchObject({ slot, why: expect.stringMatching(why) });
    // Another is there, and it goes on.
    const { generation } = lost().at(-1)!;
    await comes(() =>
      live.lines.some(
        (line) =>
          line.type === 'process-started' &&
          line.slot === slot &&
          line.generation === generation + 1,
      ),
    );
    const { length } = live.simulated;
    await live.until(({ type }) => type === 'round-ended', length);
  }
  live.coordinator.end('stopped');
  await ended;
  expect(lost()).toHaveLength(Object.keys(cases).length);
  const { violations } = live.record;
  expect(violations).toEqual([]);
});

it('a live run reports a connection that is no process’s and says what does not fit', async () => {
  const live = await InProcessLiveWorld.open(config);
  const ended = live.run();
  for (const header of [{ type: 'ping' }, { type: 'hello', slot: 'x' }, {}]) {
    const connection = await live.unauthenticated();
    const closed = new Promise((resolve) => {
      connection.onClose = resolve;
    });
    connection.onFrame = () => {};
    connection.send({ header, body: null });
    await closed;
  }
  live.coordinator.end('stopped');
  await ended;
  const refused = live.lines.filter((line) => line.type === 'connection-refused');
  expect(refused).toHaveLength(3);
  expect(live.lines.filter((line) => line.type === 'process-lost')).toEqual([]);
});

it('a live run loses a process that sends another what does not fit, and goes on', async () => {
  const live = await InProcessLiveWorld.open(config);
  const ended = live.run();
  await live.until(({ type }) => type === 'round-ended');
  const [to, from] = [live.slotOf('left'), live.slotOf('worker-1')];
  const connection = await live.peerOf(to);
  connection.send({ header: { type: 'peer', slot: from, generation: 0 }, body: null });
  // A worker of another process, which only that one can speak for.
  const recovered = { type: 'recovered', worker: 'worker-2', server: 'left' };
  connection.send({ header: recovered, body: null });
  const lost = () => live.lines.filter((line) => line.type === 'process-lost');
  await comes(() => lost().length > 0);
  const { length } = live.simulated;
  await live.until(({ type }) => type === 'round-ended', length);
  live.coordinator.end('stopped');
  await ended;
  const why = `it has sent process ${to} a message of worker-2, which is not there`;
  expect(lost()).toMatchObject([{ slot: from, generation: 0, why }]);
  expect(live.record.violations).toEqual([]);
});

it('a live run starts when somebody said hello as the cloud and hung up before', async () => {
  const world = new FuzzedSimulator(config, await compose(config));
  const peer = world.unauthenticated();
  await turn();
  peer.send({ header: { type: 'hello', protocol: 1, pid: 1, slot: 0 }, body: null });
  await turn();
  peer.hangUp();
  await turn();
  await world.begin();
  await world.isWell();
  expect(world.lost).toBe(1);
  expect(world.failure).toBeNull();
  world.coordinator.end('stopped');
  await comes(() => world.hasEnded);
});

import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Composition, compose } from '#src/compose/compose.js';
import { encodeFrame } from '#src/transport/encode-frame.js';
import type { Frame } from '#src/transport/frame.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { NodeProcess } from '#src/worlds/live/process/node-process.js';
import { PeerLinks } from '#src/worlds/live/process/peer-links.js';
import { LIVE_PROTOCOL } from '#src/worlds/live/protocol/control-message.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';
import { placeNodes } from '#src/worlds/live/protocol/placement.js';
import { expectOwnedByProcess } from '../worlds/owned-values.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { FuzzedSimulator, type Puppet } from './fuzzed-coordinator.ts';
import { anyBody, anyBytes, Draw, mutated } from './mutate.ts';
import { limits, Peer } from './peer.ts';
import { controlMessages, events, peerMessages } from './samples.ts';

/** Cases for one coordinator, one process: what they remember of a run is bounded, and not little. */
const CASES_A_WORLD = 2000;
/** Parameters of the tiny net. */
const DIMENSION = 75;

const config = tinyConfig({ world: 'live', training: { maximumTimeS: 1e6, learningRate: 0.01 } });

export interface Counts {
  cases: number;
  /** Connections that were closed for what came on them. */
  cut: number;
}

/** Has processes, and unauthenticated peers, say anything to the coordinator of a live run. */
export async function fuzzSimulator(cases: number, seed: number): Promise<Counts> {
  const draw = new Draw(seed);
  const composition = await compose(config);
  const counts = { cases: 0, cut: 0 };
  while (counts.cases < cases) {
    const world = new FuzzedSimulator(config, composition);
    await world.begin();
    const most = Math.min(cases, counts.cases + CASES_A_WORLD);
    while (counts.cases < most && world.failure === null && !world.hasEnded) {
      counts.cases += 1;
      const said =
        draw.below(10) < 2 ? sendUnauthenticated(world, draw) : sayAsProcess(world, draw);
      await turn();
      await world.isWell();
      // A process that says that it cannot go on ends the run, as it should.
      if (world.failure !== null) expect(said).toMatchObject({ type: 'failed' });
    }
    counts.cut += world.lost + world.refused;
    if (world.failure !== null || world.hasEnded) continue;
    world.coordinator.end('stopped');
    for (let turns = 0; !world.hasEnded && turns < 1000; turns += 1) await turn();
    expect(world.failure).toBeNull();
    expect(world.hasEnded).toBe(true);
  }
  return counts;
}

function sendUnauthenticated(world: FuzzedSimulator, draw: Draw): object {
  const peer = world.unauthenticated();
  const slot = draw.below(world.slots.length);
  const header = mutated(
    draw.of([
      { type: 'hello', protocol: LIVE_PROTOCOL, pid: 1, slot },
      { type: 'bulk', slot: 0, generation: 0, nonce: 'a guess' },
      { type: 'offer', protocol: LIVE_PROTOCOL, name: 'a machine', cores: 2 },
      { type: 'ping' },
    ]),
    draw,
  );
  peer.sendBytes(anyBytes({ header, body: anyBody(null, DIMENSION, draw) }, draw));
  if (draw.below(2) === 0) peer.send({ header: { type: 'ping' }, body: null });
  setImmediate(() => peer.hangUp());
  return header;
}

function sayAsProcess(world: FuzzedSimulator, draw: Draw): object {
  const puppet = draw.of(world.puppets);
  if (puppet.bulk !== null && draw.below(3) === 0) {
    const counters = { version: 0, rounds: 0, updates: 0, gradients: 0 };
    const more = { started: 0, evaluatedGradients: 0 };
    const sample = draw.of([
      { type: 'checkpoint', counters: { ...counters, ...more } },
      { type: 'optimiser-state' },
    ]);
    const header = mutated(sample, draw);
    const body = anyBody(new Float32Array(DIMENSION), DIMENSION, draw);
    sendAny(puppet.bulk, { header, body }, draw);
    return header;
  }
  const { sample, body } = sampleOf(world, puppet, draw);
  const header = mutated(sample, draw);
  const frame = { header, body: anyBody(body, DIMENSION, draw) };
  sendAny(puppet.control, frame, draw);
  return header;
}

/** A process whose bytes are no whole frames says nothing any more that is heard: its link is gone. */
function sendAny(peer: Peer, frame: Frame, draw: Draw): void {
  const bytes = anyBytes(frame, draw);
  peer.sendBytes(bytes);
  const isWhole = Buffer.concat(encodeFrame(frame, limits)).equals(bytes);
  if (!isWhole && !peer.isClosed) peer.hangUp();
}

function sampleOf(
  world: FuzzedSimulator,
  puppet: Puppet,
  draw: Draw,
): { sample: object; body: Frame['body'] } {
  if (draw.below(2) === 0) {
    const event = draw.of(Object.values(events(world.newNumber(puppet))));
    const late = draw.below(4) === 0 ? 1 : null;
    const settle = { type: 'settle', late: 1, facts: { norm: 1 } };
    const items = [{ type: 'record', event, late }, ...(late === null ? [] : [settle])];
    return { sample: { type: 'report', timeUs: 0, items }, body: null };
  }
  const sample = draw.of(Object.values(controlMessages));
  const ids = { gradients: [1], results: [2] };
  const has = { lost: 1, elsewhere: ids, sentThere: ids, newest: { version: 0, round: 0 } };
  const text = JSON.stringify(mutated(has, draw));
  return { sample, body: sample.type === 'has' ? new TextEncoder().encode(text) : null };
}

/** Has other processes send anything to one that runs a server: each value is counted at its end. */
export async function fuzzPeers(cases: number, seed: number): Promise<Counts> {
  const draw = new Draw(seed);
  const counts = { cases: 0, cut: 0 };
  while (counts.cases < cases) {
    const process = await serverProcess();
    const most = Math.min(cases, counts.cases + CASES_A_WORLD);
    for (; counts.cases < most; counts.cases += 1) {
      const { from, message, carries } = draw.of(peerMessages);
      const peer = new Peer();
      process.accept(peer);
      const hello = { type: 'peer', slot: process.slotOf(from), generation: 0 };
      const first = draw.below(10) === 0 ? mutated(hello, draw) : hello;
      peer.sendBytes(anyBytes({ header: first, body: null }, draw));
      const header = mutated(message, draw);
      const fitting = carries ? new Float32Array(DIMENSION) : null;
      peer.sendBytes(anyBytes({ header, body: anyBody(fitting, DIMENSION, draw) }, draw));
      process.goOn();
      await turn();
      if (peer.isClosed) counts.cut += 1;
      else peer.hangUp();
      const { kind, error } = await peer.connection.ended;
      expect(kind, String(error)).not.toBe('handler-failed');
    }
    process.close();
  }
  return counts;
}

let composed: Composition | null = null;

/** A process with the server `left`, near which two workers are. */
async function serverProcess() {
  composed ??= await compose(config);
  const { settings, computation, threads, theta } = composed;
  let nowUs = 0;
  let areCounted = false;
  const clock = new LiveClock(() => nowUs, 1);
  const slots = placeNodes(settings, 1);
  const { index: self } = slots.find(({ nodes }) => nodes.includes('left'))!;
  const links = new PeerLinks(
    () => new Promise(() => {}),
    self,
    slots.map(() => 0),
  );
  const process = new NodeProcess({
    ...{
      settings,
      computation,
      theta,
      clock,
      slots,
      self,
      generation: 0,
      compute: 'modelled',
      shapesLinks: false,
      links,
    },
    memory: new VectorMemory(threads.memory, settings.dimension),
    pool: {
      hasRoom: false,
      run() {},
      nextCompletion: () => new Promise(() => {}),
      async close() {},
    },
    send: () => {},
    onOver: (owners) => {
      expectOwnedByProcess(owners);
      areCounted = true;
    },
  });
  clock.run();
  for (const [index, worker] of ['worker-1', 'worker-2'].entries()) {
    const at = { timeUs: 0, worker, server: 'left' };
    process.movements.expect([
      { ...at, type: 'enter-range', contact: 4 + index },
      { ...at, type: 'associate', previous: null, reason: 'left-range' },
    ]);
  }
  return {
    accept: ({ connection }: Peer) =>
      links.accept(connection, (frame, from) => process.peers.receive(frame, from)),
    slotOf: (role: string) => slots.find((slot) => slot.role === role)!.index,
    /** The process ends, and each of its values is counted. */
    close: () => {
      process.close();
      expect(areCounted).toBe(true);
    },
    /** A millisecond goes by. */
    goOn: () => {
      nowUs += 1000;
    },
  };
}

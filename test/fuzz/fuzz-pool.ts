import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { compose } from '#src/compose/compose.js';
import { provenanceOf } from '#src/compose/provenance.js';
import { createKernelMemory } from '#src/kernels/memory.js';
import { PoolAdmission } from '#src/processes/pool-admission.js';
import type { Header } from '#src/transport/frame.js';
import { AgentPool } from '#src/worlds/computing/agent-pool.js';
import { AgentTasks } from '#src/worlds/computing/agent-tasks.js';
import { POOL_PROTOCOL } from '#src/worlds/computing/pool-message.js';
import type { Task, TaskResult } from '#src/worlds/computing/task.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { tinyConfig } from '../worlds/tiny-config.ts';
import type { Counts } from './fuzz-live.ts';
import { anyBody, anyBytes, Draw, mutated } from './mutate.ts';
import { Peer } from './peer.ts';

const DIMENSION = 4;
const shape = { dimension: 4, trainItems: 10, evaluationItems: 6, classes: 2, outputs: 2 };
const result: TaskResult = { kind: 'gradient', loss: 1, finite: true };

/** Has agents of a pool, and unauthenticated peers, say anything to a virtual run; every task is done once. */
export async function fuzzPool(cases: number, seed: number): Promise<Counts> {
  const draw = new Draw(seed);
  const counts = { cases: 0, cut: 0 };
  const vectors = new VectorMemory(createKernelMemory(), DIMENSION);
  const [theta, out] = [vectors.allocate(), vectors.allocate()];
  const local: ((result: TaskResult) => void)[] = [];
  const pool = new AgentPool({
    local: {
      hasRoom: true,
      run: (_, done) => void local.push(done),
      nextCompletion: () => new Promise(() => {}),
      close: async () => {},
    },
    ...{ localThreads: 1, vectors, shape },
    onEvent: ({ type }) => {
      if (type === 'agent-lost') counts.cut += 1;
    },
  });
  const admission = await poolAdmission();
  let agent: { control: Peer; work: Peer; ids: number[] } | null = null;
  let [given, done] = [0, 0];
  const gradient = { kind: 'gradient', theta, items: Uint32Array.of(1), poisoned: false } as const;
  const how = { streamPrefix: 's', factor: 1, steps: 1, learningRate: 0, out } as const;
  for (; counts.cases < cases; counts.cases += 1) {
    if (draw.below(5) === 0) {
      await report(admission, draw);
      continue;
    }
    if (agent === null || agent.control.isClosed || agent.work.isClosed) {
      const [control, work]: Peer[] = [new Peer(), new Peer()];
      const ids: number[] = [];
      agent = { control: control!, work: work!, ids };
      work!.onFrame = ({ header }) => {
        if (header.type === 'gradient') ids.push(header.id as number);
      };
      const connections = { control: control!.connection, work: work!.connection };
      pool.join({ agent: 1, name: 'a', threads: 2, ...connections });
    }
    given += 2;
    for (const thetaId of [1, draw.below(5)]) {
      pool.run({ ...gradient, ...how, thetaId }, () => {
        done += 1;
      });
    }
    await turn();
    const id = agent.ids.shift() ?? 0;
    const samples = [
      { type: 'gradient', id, loss: draw.of([1, 'NaN']), finite: true },
      { type: 'gradient', id, loss: 1, finite: true },
      { type: 'evaluate', id, lossSum: 1, trigger: null },
    ];
    const isControl = draw.below(4) === 0;
    const sample = isControl
      ? draw.of([{ type: 'ping' }, { type: 'failed', message: 'no memory' }])
      : draw.of(samples);
    const body = isControl ? null : new Float32Array(DIMENSION);
    const header = mutated(sample, draw);
    const peer = isControl ? agent.control : agent.work;
    peer.sendBytes(anyBytes({ header, body: anyBody(body, DIMENSION, draw) }, draw));
    await turn();
    for (const finish of local.splice(0)) finish(result);
  }
  agent?.control.hangUp();
  await turn();
  for (const finish of local.splice(0)) finish(result);
  await turn();
  expect(done).toBe(given);
  await pool.close();
  return counts;
}

interface Reporting {
  admission: PoolAdmission;
  inputs: object;
}

async function poolAdmission(): Promise<Reporting> {
  const config = tinyConfig();
  const inputs = provenanceOf(config, stringify(config), await compose(config));
  const admission = new PoolAdmission({
    ...{ run: config, provenance: inputs },
    onJoined: ({ control, work }) => {
      control.destroy();
      work.destroy();
    },
    onBadFrame: () => {},
    onRefused: () => {},
  });
  return { admission, inputs };
}

/** Somebody comes and says anything, as an agent does that is about to join. */
async function report({ admission, inputs }: Reporting, draw: Draw): Promise<void> {
  const peer = new Peer('unknown');
  let nonce = '';
  let agent = 0;
  peer.onFrame = ({ header }) => {
    if (header.type !== 'pool-setup') return;
    [nonce, agent] = [header.nonce as string, header.agent as number];
  };
  admission.receive(peer.connection);
  await turn();
  const first = draw.of([
    { type: 'pool-hello', protocol: POOL_PROTOCOL, name: 'a', threads: 1, pid: 1 },
    { type: 'offer', protocol: 1, name: 'a machine', cores: 2 },
    { type: 'pool-work', agent: 1, nonce: 'a guess' },
  ]);
  const isMutated = draw.below(2) === 0;
  const say = (to: Peer, header: Header) => to.sendBytes(anyBytes({ header, body: null }, draw));
  say(peer, isMutated ? mutated(first, draw) : (first as Header));
  await turn();
  say(
    peer,
    mutated(
      draw.of([{ type: 'made', inputs }, { type: 'ping' }, { type: 'failed', message: 'x' }]),
      draw,
    ),
  );
  const work = new Peer('unknown');
  admission.receive(work.connection);
  await turn();
  say(work, mutated({ type: 'pool-work', agent, nonce: nonce === '' ? 'none' : nonce }, draw));
  await turn();
  for (const each of [peer, work]) {
    if (!each.isClosed) each.hangUp();
    const { kind, error } = await each.connection.ended;
    expect(kind, String(error)).not.toBe('handler-failed');
  }
}

/** Has a coordinator send an agent any tasks: it runs what fits, and keeps no more than was agreed. */
export async function fuzzTasks(cases: number, seed: number): Promise<Counts> {
  const draw = new Draw(seed);
  const counts = { cases: 0, cut: 0 };
  const vectors = new VectorMemory(createKernelMemory(), DIMENSION);
  const gradient = {
    ...{ type: 'gradient', id: 5, slot: 0, poisoned: false, streamPrefix: 's' },
    ...{ factor: 1, steps: 1, learningRate: 0 },
  };
  const samples = [gradient, { type: 'evaluate', id: 5, slot: 0, from: 0, to: 6 }];
  const running: { task: Task; done: (result: TaskResult) => void }[] = [];
  const pool = {
    hasRoom: true,
    run: (task: Task, done: (result: TaskResult) => void) => void running.push({ task, done }),
    nextCompletion: async () => {},
    close: async () => {},
  };
  for (; counts.cases < cases; counts.cases += 1) {
    const peer = new Peer();
    const tasks = new AgentTasks(peer.connection, { shape, vectors, pool }, 1);
    peer.connection.onFrame = (frame) => tasks.receive(frame);
    await turn();
    peer.send({ header: { type: 'theta', slot: 0 }, body: new Float32Array(DIMENSION) });
    for (let times = 0; times < 3; times += 1) {
      const header = mutated(draw.of([...samples, { type: 'theta', slot: 1 }]), draw);
      const items = new Uint8Array(Uint32Array.of(0, 9).buffer);
      const fitting = header.type === 'gradient' ? items : new Float32Array(DIMENSION);
      peer.sendBytes(anyBytes({ header, body: anyBody(fitting, DIMENSION, draw) }, draw));
    }
    await turn();
    expect(running.length).toBeLessThanOrEqual(3);
    for (const { task, done } of running.splice(0)) {
      if (task.kind === 'gradient') done({ kind: 'gradient', loss: 1, finite: true });
      else done({ kind: 'evaluate', lossSum: 1, confusion: new Uint32Array(4) });
    }
    if (peer.isClosed) counts.cut += 1;
    else peer.hangUp();
    const { kind, error } = await peer.connection.ended;
    expect(kind, String(error)).not.toBe('handler-failed');
  }
  return counts;
}

import { expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import type { ReplicaState } from '#src/nodes/hierarchy/replica-state.js';
import { openStream } from '#src/simulation/random.js';
import { casesOf } from '../../case-count.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { randomTree } from '../tree-laws.ts';

/** The tree without relays, and with all parameters on every link, so that what is sent is the whole change. */
function inFull(config: Config): Config {
  const layers = Object.entries(config.layers).map(([name, layer]) => [
    name,
    {
      ...layer,
      ...(name !== 'worker' && { model: 'replica' }),
      encoding: { up: 'full', down: 'full' },
    },
  ]);
  return { ...config, layers: Object.fromEntries(layers) };
}

type Vector = Float64Array;

const plus = (a: ArrayLike<number>, b: ArrayLike<number>, scale = 1): Vector =>
  Float64Array.from(a, (element, index) => element + scale * b[index]!);

/** Compares what was kept of a run here, in float64, with the models of its nodes. */
class ExpectedModels {
  /** By node: its parameters, null while it has none, and what it learnt or merged since it last sent. */
  readonly #theta = new Map<string, Vector | null>();
  readonly #unsent = new Map<string, Vector>();
  /** By server and version: the model that it sent. */
  readonly #sent = new Map<string, Vector>();
  /** By server: the result that it is merging. */
  readonly #merging = new Map<string, Vector>();
  readonly #world: InProcessWorld;
  readonly #first: Vector;
  /** By how much all merges of the root are below the model that it began with. */
  #merges: Vector;
  counts = { merged: 0, received: 0, onTop: 0 };

  constructor(world: InProcessWorld) {
    this.#world = world;
    for (const { id } of this.#nodes) this.#theta.set(id, this.#parametersOf(id));
    this.#first = this.#theta.get('cloud')!;
    this.#merges = this.#zero;
  }

  get #zero(): Vector {
    return new Float64Array(this.#first.length);
  }

  get #nodes(): Pick<ReplicaState, 'id' | 'model'>[] {
    const { cloud, servers, workers } = this.#world.world.state;
    return [cloud, ...servers.values(), ...workers.values()] as ReplicaState[];
  }

  #parametersOf(id: string): Vector | null {
    const { theta } = this.#nodes.find((node) => node.id === id)!.model;
    return theta === null ? null : Float64Array.from(this.#world.values.vector(theta));
  }

  /** One event of the world has been handled: these lines are of it. */
  follow(lines: readonly SimulatedLine[]): void {
    const touched = new Set<string>();
    // What is given up for a model that comes is recorded after it.
    for (const line of lines) {
      if (line.type === 'change-ended' && line.outcome === 'dropped') {
        this.#unsent.set(line.node, this.#zero);
      }
    }
    for (const line of lines) {
      if (line.type === 'updated') touched.add(this.#merged(line));
      else if (line.type === 'window-trained') touched.add(this.#trained(line.worker));
      else if (line.type === 'update-sent') this.#unsent.set(line.node, this.#zero);
      else if (line.type === 'model-received') touched.add(this.#received(line));
    }
    for (const { id } of this.#nodes) {
      const theta = this.#parametersOf(id);
      if (touched.has(id)) this.#expectAlike(theta!, this.#theta.get(id)!);
      this.#theta.set(id, theta);
      if (theta === null) this.#unsent.delete(id);
    }
    for (const line of lines) {
      if (line.type !== 'model-sent') continue;
      this.#sent.set(`${line.node} ${line.version}`, this.#theta.get(line.node)!);
    }
    for (const { event } of this.#world.world.state.queue.heap) {
      if (event.type !== 'timer' || event.timer.kind !== 'aggregated') continue;
      const result = this.#world.values.vector(event.timer.value);
      this.#merging.set(event.node, Float64Array.from(result));
    }
  }

  /** A server's model moves by the result that it has merged. */
  #merged({ server, learningRate, applied }: SimulatedLine & { type: 'updated' }): string {
    if (applied === false) return server;
    const result = this.#merging.get(server)!;
    this.#move(server, result, -learningRate);
    if (server === 'cloud') this.#merges = plus(this.#merges, result, learningRate);
    this.counts.merged += 1;
    return server;
  }

  #trained(worker: string): string {
    this.#move(worker, plus(this.#parametersOf(worker)!, this.#theta.get(worker)!, -1), 1);
    return worker;
  }

  #move(id: string, by: Vector, scale: number): void {
    this.#theta.set(id, plus(this.#theta.get(id)!, by, scale));
    this.#unsent.set(id, plus(this.#unsent.get(id) ?? this.#zero, by, scale));
  }

  /** What is not sent stays on top of the model that came. */
  #received({ node, from, version }: SimulatedLine & { type: 'model-received' }): string {
    const unsent = this.#unsent.get(node) ?? this.#zero;
    this.#theta.set(node, plus(this.#sent.get(`${from} ${version}`)!, unsent));
    this.counts.received += 1;
    if (unsent.some((element) => element !== 0)) this.counts.onTop += 1;
    return node;
  }

  /** The root moved by the sum of its merges; what is not sent is above the base of each other node. */
  close(): void {
    this.#expectAlike(this.#parametersOf('cloud')!, plus(this.#first, this.#merges, -1));
    for (const { id, model } of this.#nodes) {
      if (id === 'cloud' || model.theta === null) continue;
      const base = this.#world.values.vector(model.base!);
      this.#expectAlike(this.#parametersOf(id)!, plus(base, this.#unsent.get(id) ?? this.#zero));
    }
  }

  #expectAlike(model: Vector, expected: Vector): void {
    const error = plus(model, expected, -1).reduce((most, e) => Math.max(most, Math.abs(e)), 0);
    const size = expected.reduce((most, e) => Math.max(most, Math.abs(e)), 1);
    // Of sums of float32; an element that is another's is off by far more.
    expect(error / size).toBeLessThan(1e-5);
  }
}

const counts = { merged: 0, received: 0, onTop: 0 };

it.each(casesOf({ test: 12, soak: 200 }))(
  'the root moves by the sum of its merges, and every other model is what was pulled and what is unsent (%d)',
  async (seed) => {
    const world = await InProcessWorld.open(inFull(randomTree(openStream(seed, 'model laws'))));
    const models = new ExpectedModels(world);
    let known = 0;
    while (world.world.state.ended === null) {
      await world.step();
      await world.computations.drain();
      if (world.events === known) {
        models.follow([]);
        continue;
      }
      models.follow(world.lines.slice(known));
      known = world.events;
    }
    models.close();
    for (const key of ['merged', 'received', 'onTop'] as const) counts[key] += models.counts[key];
  },
);

it('and merges, pulls and unsent changes below a pulled model are there', () => {
  expect(counts.merged).toBeGreaterThan(100);
  expect(counts.received).toBeGreaterThan(100);
  expect(counts.onTop).toBeGreaterThan(10);
});

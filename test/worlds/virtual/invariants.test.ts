// Properties of every line and every step are asserted by Node.js: `expect` takes far longer.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { InputError } from '#src/errors.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { openStream } from '#src/simulation/random.js';
import type { WorldState } from '#src/worlds/virtual/world-state.js';
import { caseCount } from '../../case-count.ts';
import { checkInside } from '../aggregation-checks.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { type Line, only } from '../only.ts';
import { expectOwned } from '../owned-values.ts';
import { tinyConfig } from '../tiny-config.ts';
import { checkTransfers } from '../transfer-laws.ts';
import { checkFaults, SendWatch } from './fault-checks.ts';
import { randomSystem } from './random-system.ts';

/**
 * Fails when the cloud is more versions ahead of an associated worker than the bound allows. Work
 * that waits for a server that the worker has left does not count: no node waits for it.
 */
class AheadWatch {
  readonly #bound: number;
  readonly #waits: boolean;

  constructor(config: Config) {
    const { rounds, layers } = config;
    this.#bound = 'maximumStaleness' in rounds ? rounds.maximumStaleness : Number.POSITIVE_INFINITY;
    this.#waits = layers.worker.departure === 'wait';
  }

  see({ cloud, workers }: WorldState): void {
    for (const worker of workers.values()) {
      if (worker.type === 'window-worker') continue;
      const { server, computing } = worker;
      if (computing === null || server === null) continue;
      if (this.#waits && computing.server !== server) continue;
      assert.ok(cloud.version - computing.version <= this.#bound);
    }
  }
}

/** Fails when a node that is down does anything, or would be woken. */
function watchDown({ workers, servers, queue }: WorldState): void {
  const down = new Set(
    [...workers.values(), ...servers.values()].flatMap(({ id, down }) => (down ? [id] : [])),
  );
  if (down.size === 0) return;
  const busy = [
    ...[...workers.values()].flatMap((worker) =>
      (worker.type === 'window-worker' ? worker.training : worker.computing) === null
        ? []
        : [worker.id],
    ),
    ...[...servers.values()].flatMap(({ id, collection }) => {
      return collection.attempt === null ? [] : [id];
    }),
    ...queue.heap.flatMap(({ event }) => (event.type === 'timer' ? [event.node] : [])),
  ];
  assert.deepEqual(
    busy.filter((id) => down.has(id)),
    [],
  );
}

/** Plays a system to its end, numbers coming in in any order; null when no worker meets a server. */
async function play(
  config: Config,
  each: (world: InProcessWorld) => void = () => {},
): Promise<InProcessWorld | null> {
  const random = openStream(config.seed, 'order of completion');
  const choose = (waiting: number) => random.integer(waiting);
  try {
    const played = await InProcessWorld.open(config, { choose, room: 6 });
    const watch = new AheadWatch(config);
    await played.run({
      each: () => {
        watch.see(played.world.state);
        watchDown(played.world.state);
        each(played);
      },
    });
    return played;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Every fact at an aggregation belongs together: senders, rounds, versions, staleness. */
function checkAggregations({ lines, composition }: InProcessWorld, config: Config): void {
  const started = new Map(only(lines, 'gradient-started').map((line) => [line.gradient, line]));
  const { rounds } = config;
  const bound = 'maximumStaleness' in rounds ? rounds.maximumStaleness : Number.POSITIVE_INFINITY;
  /** By result: the oldest version inside. */
  const oldest = new Map<number, number>();
  for (const [index, line] of lines.entries()) {
    if (line.type !== 'aggregated') continue;
    const collect = config.layers[line.layer]!.collect!;
    const inside = lines.slice(index + 1, index + 1 + line.vectors);
    const perSender = new Map<string, number>();
    const staleness: number[] = [];
    const versions: number[] = [];
    for (const end of inside) {
      const isGradient = end.type === 'gradient-ended';
      if (!isGradient && end.type !== 'result-ended') throw new Error(`${end.type} inside`);
      const sender = isGradient ? end.worker : end.server;
      expect([end.outcome, isGradient ? end.server : end.parent]).toEqual([
        'aggregated',
        line.server,
      ]);
      const version = isGradient ? started.get(end.gradient)!.version : oldest.get(end.result)!;
      if (rounds.mode === 'synchronous') {
        // A synchronous update uses exactly gradients of its version.
        expect(version).toBe(line.version);
        if (isGradient) expect(started.get(end.gradient)!.round).toBe(line.round);
      }
      expect(end.staleness).toBe(Math.max(0, line.version - version));
      expect(end.staleness).toBeLessThanOrEqual(bound);
      staleness.push(end.staleness!);
      versions.push(version);
      perSender.set(sender, (perSender.get(sender) ?? 0) + 1);
    }
    oldest.set(line.result, Math.min(...versions));
    expect(line.staleness.maximum).toBe(Math.max(...staleness));
    expect(line.staleness.mean).toBeCloseTo(staleness.reduce((a, b) => a + b) / staleness.length);
    expect(perSender.size).toBe(line.senders);
    if (typeof collect === 'string') continue;
    const limit = collect.maxPerWorker ?? Number.POSITIVE_INFINITY;
    expect(Math.max(...perSender.values())).toBeLessThanOrEqual(limit);
    const { needed } = composition.settings.layers[line.layer]!;
    if ('count' in collect) checkCount(line, inside, perSender, { ...collect, needed });
  }
}

/** A server's collection where a count is configured, and the vectors that its rule needs. */
interface Counted {
  count: number;
  from?: 'any' | 'each' | undefined;
  needed: number;
}

/** An aggregation takes the first vectors that reach the count, and no more. */
function checkCount(
  line: Line<'aggregated'>,
  inside: readonly SimulatedLine[],
  perSender: ReadonlyMap<string, number>,
  { count, from = line.layer === 'edge' ? 'any' : 'each', needed }: Counted,
): void {
  const counted = from === 'each' ? line.senders : line.vectors;
  if (!line.atDeadline) expect(counted).toBeGreaterThanOrEqual(count);
  // The random systems, unlike checked configs, have rules that need more than the count.
  if (needed > count) return;
  if (from === 'any') expect(seenOf(line)).toBeLessThanOrEqual(count);
  // Where a server waited for more finite vectors, the others are in the aggregation as well.
  if (line.policy === 'wait') return;
  expect(counted).toBeLessThanOrEqual(count);
  // Without the last vector, the first of its sender, there were too few.
  const last = inside.at(-1) as Line<'gradient-ended'> | Line<'result-ended'>;
  const sender = last.type === 'gradient-ended' ? last.worker : last.server;
  if (from === 'each' && counted === count) expect(perSender.get(sender)).toBe(1);
}

function seenOf({ seen }: Line<'aggregated'>): number {
  return seen!.honest + seen!.byzantine;
}

/** Versions and times of updates, and the gradients that they count. */
function checkUpdates(lines: readonly SimulatedLine[]): void {
  const updates = only(lines, 'updated');
  expect(updates.map(({ version }) => version)).toEqual(updates.map((_, index) => index + 1));
  const rounds = only(lines, 'round-ended').map(({ round }) => round);
  expect(rounds).toEqual(rounds.map((_, index) => index + 1));
  const aggregated = only(lines, 'gradient-ended').filter(
    ({ outcome }) => outcome === 'aggregated',
  );
  expect(updates.at(-1)?.gradients ?? 0).toBeLessThanOrEqual(aggregated.length);
}

/** Associations follow on each other, and contacts begin before they end. */
function checkMovements(lines: readonly SimulatedLine[], config: Config): void {
  const server = new Map<string, string | null>();
  const inside = new Map<string, number>();
  const startedIn = new Map<number, number>();
  for (const line of lines) {
    if (line.type === 'associate') {
      assert.equal(line.previous, server.get(line.worker) ?? null);
      assert.notEqual(line.server, line.previous);
      if (line.server !== null) assert.ok(inside.has(`${line.worker} ${line.server}`));
      server.set(line.worker, line.server);
    } else if (line.type === 'enter-range') {
      assert.ok(!inside.has(`${line.worker} ${line.server}`));
      inside.set(`${line.worker} ${line.server}`, line.contact);
    } else if (line.type === 'leave-range') {
      assert.equal(inside.get(`${line.worker} ${line.server}`), line.contact);
      inside.delete(`${line.worker} ${line.server}`);
    } else if (line.type === 'gradient-started') {
      assert.equal(server.get(line.worker), line.server);
      startedIn.set(line.gradient, inside.get(`${line.worker} ${line.server}`)!);
    } else if (
      line.type === 'gradient-ended' &&
      line.reason === 'late' &&
      config.layers.worker.departure === 'drop'
    ) {
      // It has arrived, so the contact in which it was started still lasts.
      assert.equal(inside.get(`${line.worker} ${line.server}`), startedIn.get(line.gradient));
    }
  }
}

/** Longer than the slowest of rounds takes: a deadline of 8 s, and what comes before and after. */
const LONG_ENOUGH_US = 15e6;

/** The same system when nothing is lost or slow, no node is Byzantine, and only what was learnt ends it. */
function harmless(config: Config): Config {
  const { maximumTimeS: _, ...training } = config.training;
  const link = { bandwidthMbps: 20, latencyMs: 20, loss: 0, maximumRetries: 0 };
  const exact = { ...link, duplication: 0, corruption: 0 };
  const { radio } = tinyConfig().mobility;
  const { worker, ...servers } = config.layers;
  const layers = Object.entries(servers).map(([name, layer]) => {
    const deadlineS = name === 'edge' ? 4 : 8;
    const aggregate = { ...layer!.aggregate, f: 0 };
    return [name, { ...layer, attack: undefined, link: exact, deadlineS, aggregate }] as const;
  });
  return {
    ...config,
    mobility: { ...config.mobility, end: 'repeat', radio },
    layers: {
      ...Object.fromEntries(layers),
      worker: { ...worker, attack: undefined, link: exact },
    } as unknown as Config['layers'],
    faults: { crashes: [], cuts: [] },
    training: { ...training, epochs: 0.02, maximumRounds: 10_000 },
  };
}

/** The same failures, each once and for a time. */
function recovering({ faults }: Config): Config['faults'] {
  const once = ({ atS, meanTimeToFailureS, recoverAfterS }: Config['faults']['cuts'][number]) => ({
    atS: atS ?? meanTimeToFailureS,
    recoverAfterS: recoverAfterS ?? 2,
  });
  return {
    crashes: faults.crashes.map(({ nodes, state, ...when }) => {
      return { nodes, state, ...once({ servers: nodes, ...when }) };
    }),
    cuts: faults.cuts.map(({ servers, ...when }) => ({
      servers,
      ...once({ servers, ...when }),
    })),
  };
}

/** Whether some worker was with one server for that time. */
function someoneStayed(lines: readonly SimulatedLine[]): boolean {
  const sinceUs = new Map<string, number>();
  return only(lines, 'associate').some(({ worker, server, previous, timeUs }) => {
    const stayedUs = timeUs - (sinceUs.get(worker) ?? timeUs);
    if (server !== null) sinceUs.set(worker, timeUs);
    return previous !== null && stayedUs > LONG_ENOUGH_US;
  });
}

/** Nodes that are down do nothing and receive nothing; links that are cut let nothing through. */
function checkFailures(lines: readonly SimulatedLine[]): void {
  const down = new Set<string>();
  const cut = new Set<string>();
  for (const line of lines) {
    switch (line.type) {
      case 'crashed':
        assert.ok(!down.has(line.node));
        down.add(line.node);
        break;
      case 'recovered':
        assert.ok(down.delete(line.node));
        break;
      case 'cut':
        assert.ok(!cut.has(line.server));
        cut.add(line.server);
        break;
      case 'restored':
        assert.ok(cut.delete(line.server));
        break;
      case 'round-opened':
      case 'aggregated':
      case 'no-result':
        assert.ok(!down.has(line.server));
        break;
      case 'gradient-started':
        assert.ok(!down.has(line.worker));
        break;
      case 'message-lost':
        if (line.reason === 'crashed') assert.ok(down.has(line.to));
        if (line.reason === 'cut') assert.ok(cut.has(line.from) || cut.has(line.to));
        break;
      case 'gradient-ended':
        if (line.outcome === 'aggregated' || line.reason === 'late') {
          assert.ok(!down.has(line.server));
        }
        break;
      case 'result-ended':
        if (line.outcome === 'aggregated') {
          assert.ok(!down.has(line.parent));
        }
        break;
    }
  }
}

function checkEnd(lines: readonly SimulatedLine[], config: Config): void {
  const end = lines.at(-1) as Line<'run-ended'>;
  expect(only(lines, 'run-ended')).toEqual([end]);
  const { maximumRounds, maximumTimeS, epochs, gradientsPerEpoch } = config.training;
  const gradients = only(lines, 'updated').at(-1)?.gradients ?? 0;
  const rounds = only(lines, 'round-ended').length;
  expect(end.rounds).toBe(rounds);
  expect(rounds).toBeLessThanOrEqual(maximumRounds!);
  const limitS = maximumTimeS ?? Number.POSITIVE_INFINITY;
  expect(end.timeUs).toBeLessThanOrEqual(limitS * 1e6);
  if (end.reason === 'rounds') expect(rounds).toBe(maximumRounds);
  if (end.reason === 'epochs') expect(gradients).toBeGreaterThanOrEqual(epochs * gradientsPerEpoch);
  if (end.reason === 'time') expect(end.timeUs).toBe(limitS * 1e6);
  if (end.reason === 'stalled') expect(only(lines, 'waiting').length).toBeGreaterThan(0);
  // The crossing trace lasts 26 s, its last sample's second included.
  if (end.reason === 'trace') expect([config.mobility.end, end.timeUs]).toEqual(['stop', 26e6]);
  // The model is measured as it is in the end.
  expect(only(lines, 'evaluated').at(-1)!.gradients).toBe(gradients);
}

/**
 * The vectors that the rule saw are those that arrived without those that were left out, with the
 * Byzantine ones among them.
 */
function checkSeen(line: Line<'aggregated'>): void {
  const { seen, vectors, byzantine, byzantineSenders, senders, selected, selectedByzantine } = line;
  if (line.layer === 'edge') expect(line.empty).toBe(0);
  expect(seen!.byzantine).toBeLessThanOrEqual(byzantine);
  expect(seen!.honest).toBeLessThanOrEqual(vectors - byzantine);
  expect(line.exceeded).toBe(seen!.byzantine > line.declaredF);
  expect(byzantineSenders).toBeLessThanOrEqual(Math.min(byzantine, senders));
  expect(byzantineSenders > 0).toBe(byzantine > 0);
  expect(selectedByzantine === undefined).toBe(selected === undefined);
  if (selected)
    expect(selectedByzantine).toBeLessThanOrEqual(Math.min(seen!.byzantine, selected.length));
  if (line.policy === 'skip') expect(line.skipped).toBe(true);
}

/** Wanted or not, and there or not, the record of the honest mean is consistent. */
function checkHonestMean({ honestMean, ...line }: Line<'aggregated'>, config: Config): void {
  expect(honestMean !== undefined).toBe(config.diagnostics === 'full');
  if (honestMean === undefined) return;
  expect(honestMean === null).toBe(line.seen!.honest === 0);
  if (honestMean === null) return;
  const { variance, distance, kappa } = honestMean;
  expect([distance === null, kappa === null]).toEqual([line.skipped, line.skipped]);
  if (typeof distance !== 'number' || typeof kappa !== 'number') return;
  expect(kappa * Number(variance)).toBeCloseTo(distance ** 2, 6);
  const { aggregate } = config.layers[line.layer] as {
    aggregate: Config['layers']['cloud']['aggregate'];
  };
  const isPlainMean = aggregate.rule === 'mean' && aggregate.stalenessWeight.rule === 'constant';
  if (isPlainMean && line.seen!.byzantine === 0) expect(kappa).toBe(0);
}

/** A picture brings no two vectors farther apart than they are. */
function checkGeometry({ geometry, ...line }: Line<'aggregated'>, config: Config): void {
  const { honest, byzantine } = line.seen!;
  const isExpected = config.diagnostics === 'full' && honest + byzantine > 0;
  expect(geometry !== undefined).toBe(isExpected);
  if (geometry === undefined) return;
  const { vectors, norms, distances, toResult, plane } = geometry;
  const n = honest + byzantine;
  expect([vectors.length, norms.length, plane.vectors.length]).toEqual([n, n, n]);
  expect(distances.length).toBe((n * (n - 1)) / 2);
  expect(toResult === null).toBe(line.skipped);
  for (let i = 0, at = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1, at += 1) {
      const [a, b] = [plane.vectors[i]!, plane.vectors[j]!];
      const apart = distances[at]!;
      const rounding = 1e-3 * (norms[i]! + norms[j]!);
      expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeLessThanOrEqual(apart + rounding);
      expect(apart).toBeLessThanOrEqual(norms[i]! + norms[j]! + rounding);
      expect(apart).toBeGreaterThanOrEqual(Math.abs(norms[i]! - norms[j]!) - rounding);
    }
  }
}

function checkFactsAreThere(lines: readonly SimulatedLine[], config: Config): void {
  for (const line of only(lines, 'aggregated')) {
    expect(typeof line.skipped).toBe('boolean');
    checkSeen(line);
    checkHonestMean(line, config);
    checkGeometry(line, config);
  }
  for (const line of only(lines, 'updated')) expect(typeof line.applied).toBe('boolean');
  for (const line of only(lines, 'evaluated')) expect(typeof line.accuracy).toBe('number');
}

/** How many are drawn for the first test: with fewer, things that are looked for happen in none. */
const SYSTEMS = Number(process.env.EDGEMLSIM_RANDOM_SYSTEMS ?? 100);
/** For each other one. */
const OTHERS = caseCount({ test: 20, soak: SYSTEMS / 2 });

describe('every small system', () => {
  it('ends each gradient and each result once, in its own round', async () => {
    let played = 0;
    let empty = 0;
    await fc.assert(
      fc.asyncProperty(randomSystem, async (config) => {
        const sendings = new SendWatch();
        const world = await play(config, (step) => sendings.see(step));
        if (world === null) return;
        played += 1;
        const { lines, record } = world;
        expect(world.held).toBe(0);
        for (const [index, { n, timeUs }] of lines.entries()) {
          assert.equal(n, index);
          assert.ok(Number.isInteger(timeUs) && timeUs >= (lines[index - 1]?.timeUs ?? 0));
        }
        expect(record.violations).toEqual([]);
        const { computed, started, aggregated } = record.gradients;
        expect(computed).toBeLessThanOrEqual(started);
        expect(computed).toBeGreaterThanOrEqual(aggregated);
        checkAggregations(world, config);
        checkInside(lines);
        for (const line of only(lines, 'aggregated')) empty += line.empty!;
        checkFaults(world, config, sendings.seen);
        checkUpdates(lines);
        checkMovements(lines, config);
        checkFailures(lines);
        checkEnd(lines, config);
        checkFactsAreThere(lines, config);
        checkTransfers(lines, config.diagnostics === 'full');
      }),
      { numRuns: SYSTEMS },
    );
    expect(played).toBeGreaterThan(0.6 * SYSTEMS);
    expect(empty).toBeGreaterThan(0);
  });

  it('gets on when nothing is lost and no node is Byzantine, while workers come and leave', async () => {
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(randomSystem, async (config) => {
        const world = await play(harmless(config));
        if (world === null) return;
        const { lines } = world;
        const { reason } = only(lines, 'run-ended')[0]!;
        if (reason === 'epochs') ended += 1;
        else expect([reason, someoneStayed(lines)]).toEqual(['stalled', false]);
      }),
      { numRuns: OTHERS },
    );
    expect(ended).toBeGreaterThan(0.25 * OTHERS);
  });

  it('gets on when everything that failed has recovered, whatever it was', async () => {
    let ended = 0;
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(randomSystem, async (config) => {
        const once = recovering(config);
        const world = await play({ ...harmless(config), faults: once });
        if (world === null) return;
        const { lines } = world;
        const { reason } = only(lines, 'run-ended')[0]!;
        failed += only(lines, 'crashed').length + only(lines, 'cut').length;
        if (reason === 'epochs') ended += 1;
        else expect([reason, someoneStayed(lines)]).toEqual(['stalled', false]);
      }),
      { numRuns: OTHERS },
    );
    expect(ended).toBeGreaterThan(0.25 * OTHERS);
    expect(failed).toBeGreaterThan(0.3 * OTHERS);
  });

  it('keeps exactly the values that have an owner, in the middle of a run as at its end', async () => {
    await fc.assert(
      fc.asyncProperty(randomSystem, fc.nat({ max: 300 }), async (config, events) => {
        let world: InProcessWorld;
        try {
          world = await InProcessWorld.open(config);
        } catch (error) {
          if (error instanceof InputError) return;
          throw error;
        }
        for (const stop of [events, Number.POSITIVE_INFINITY]) {
          await world.run({ events: stop });
          expectOwned(world.values, world.world.state);
        }
      }),
      { numRuns: OTHERS },
    );
  });
});

import assert from 'node:assert/strict';
import { expect } from 'vitest';
import type { Config, ServerLayer } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import type { WorldState } from '#src/worlds/virtual/world-state.js';
import type { InProcessWorld } from '../in-process-world.ts';

type Byzantine = NonNullable<ServerLayer['attack']>['byzantine'];
type Ended = Extract<SimulatedLine, { type: 'gradient-ended' | 'result-ended' }>;

/** A vector on its way, with the number of events in the journal when it was sent. */
interface Sending {
  events: number;
  timeUs: number;
  from: string;
  mayBeByzantine: boolean;
}

/** Sees every gradient and result that gets on its way, and whether it counts as Byzantine. */
export class SendWatch {
  /** By kind and number. */
  readonly seen = new Map<string, Sending>();

  see({ world, events }: InProcessWorld): void {
    const { queue, sendings } = world.state as WorldState;
    const queued = queue.heap.flatMap(({ event }) => (event.type === 'message' ? [event] : []));
    for (const { message, from } of [...queued, ...sendings.values()]) {
      if (message.type !== 'gradient' && message.type !== 'result') continue;
      const key = keyOf(message.type, 'gradient' in message ? message.gradient : message.result);
      if (this.seen.has(key)) continue;
      const { nowUs: timeUs } = world.state;
      this.seen.set(key, { events, timeUs, from, mayBeByzantine: message.mayBeByzantine === true });
    }
  }
}

function keyOf(kind: string, id: number): string {
  return `${kind} ${id}`;
}

/**
 * Checks which nodes are Byzantine when, worked out from the journal alone: that they are as many
 * as the config says, of those that it says, and that Byzantine vectors are those that they sent
 * meanwhile.
 */
export function checkFaults(
  { composition, lines }: InProcessWorld,
  config: Config,
  sent: ReadonlyMap<string, Sending>,
): void {
  const { workers, servers } = composition.settings;
  const [started] = lines;
  if (started?.type !== 'run-started') throw new Error('no beginning');
  const fixed = started.byzantine;
  const layerOf = new Map(servers.map(({ id, layer }) => [id, layer]));
  const parentOf = new Map(servers.map(({ id, parent }) => [id, parent]));
  const edges = servers.flatMap(({ id, layer }) => (layer === 'edge' ? [id] : []));
  const attacks: Record<string, Byzantine> = {};
  for (const layer of ['worker', 'edge']) {
    const byzantine = config.layers[layer]!.attack?.byzantine;
    if (byzantine) attacks[layer] = byzantine;
  }
  const kinds = new Map<string, string>();
  const inside = new Set<string>();
  const near = new Map<string, string>();
  const byzantine = new Map<string, string | null>();
  let nowUs = 0;

  const nodesOf = (layer: string) => (layer === 'worker' ? workers : edges);
  const serverOf = (layer: string, node: string) =>
    (layer === 'worker' ? near.get(node) : parentOf.get(node)) ?? null;
  const isAble = (
    node: string,
    { kind, region, fromS = 0, untilS = Infinity }: Byzantine,
    timeUs = nowUs,
  ) =>
    timeUs >= fromS * 1e6 &&
    timeUs < untilS * 1e6 &&
    (kind === undefined || kinds.get(node) === kind) &&
    (region === undefined || inside.has(node));
  const isAlways = ({ kind, region, fromS = 0, untilS }: Byzantine) =>
    kind === undefined && region === undefined && fromS === 0 && untilS === undefined;
  const isByzantine = (layer: string, node: string, timeUs = nowUs) => {
    const settings = attacks[layer]!;
    if (settings.scope === 'per-aggregation') return isAble(node, settings, timeUs);
    if (settings.scope === 'global' && isAlways(settings)) return fixed[layer]!.includes(node);
    return byzantine.has(node);
  };

  /** At the end of an instant, when everyone has turned who must. */
  const checkInstant = () => {
    for (const [layer, settings] of Object.entries(attacks)) {
      if (settings.scope === 'global') {
        for (const node of fixed[layer]!)
          assert.equal(isByzantine(layer, node), isAble(node, settings));
      } else if (settings.scope === 'local') {
        const able = nodesOf(layer).filter(
          (node) => serverOf(layer, node) !== null && isAble(node, settings),
        );
        for (const server of new Set(able.map((node) => serverOf(layer, node)!))) {
          const present = able.filter((node) => serverOf(layer, node) === server);
          const attacking = present.filter((node) => byzantine.get(node) === server);
          assert.equal(attacking.length, howMany(settings, present.length));
        }
        // No other node.
        const all = nodesOf(layer).filter((node) => byzantine.has(node));
        for (const node of all) assert.ok(able.includes(node));
      } else {
        for (const node of nodesOf(layer)) assert.ok(!byzantine.has(node));
      }
    }
  };

  const sendings = [...sent].sort(([, a], [, b]) => a.events - b.events);
  let next = 0;
  for (const [index, line] of lines.entries()) {
    for (; next < sendings.length && sendings[next]![1].events <= index; next += 1) {
      const { from, mayBeByzantine, timeUs } = sendings[next]![1];
      const layer = layerOf.get(from) ?? 'worker';
      const isForged = layer in attacks && !actsOnDelivery(config, layer);
      assert.equal(mayBeByzantine, isForged && isByzantine(layer, from, timeUs));
    }
    if (line.timeUs > nowUs) {
      checkInstant();
      nowUs = line.timeUs;
    }
    if (line.type === 'enter-map') kinds.set(line.worker, line.kind);
    else if (line.type === 'leave-map') kinds.delete(line.worker);
    else if (line.type === 'enter-region') inside.add(line.worker);
    else if (line.type === 'leave-region') inside.delete(line.worker);
    else if (line.type === 'associate') {
      if (line.server === null) near.delete(line.worker);
      else near.set(line.worker, line.server);
    } else if (line.type === 'turned-byzantine') {
      assert.ok(!byzantine.has(line.node));
      byzantine.set(line.node, line.server);
    } else if (line.type === 'turned-honest') {
      assert.equal(byzantine.get(line.node), line.server);
      byzantine.delete(line.node);
    } else if (line.type === 'aggregated') {
      const ends = lines.slice(index + 1, index + 1 + line.vectors) as Ended[];
      checkAggregation(line.byzantine, ends, attacks, sent);
    }
  }
  expect(next).toBe(sendings.length);
  checkFixed(attacks, fixed, {
    worker: kindly(workers, attacks.worker, config, lines),
    edge: edges,
  });
}

/** True for an attack on delivery: a message that it holds up is not Byzantine. */
function actsOnDelivery({ layers }: Config, layer: string): boolean {
  return ['drop', 'delay', 'duplicate'].includes(layers[layer]!.attack!.rule);
}

function howMany({ count, fraction = 0 }: Byzantine, total: number): number {
  return Math.min(count ?? Math.round(fraction * total), total);
}

/** The Byzantine ones among the vectors of one aggregation. */
function checkAggregation(
  byzantine: number,
  ends: readonly Ended[],
  attacks: Record<string, Byzantine>,
  sent: ReadonlyMap<string, Sending>,
): void {
  const isGradient = ends[0]!.type === 'gradient-ended';
  const lay = ends.map((end) => {
    const key =
      end.type === 'gradient-ended' ? keyOf('gradient', end.gradient) : keyOf('result', end.result);
    return sent.get(key)!.mayBeByzantine;
  });
  const recorded = ends.map((end) => end.byzantine === true);
  expect(byzantine).toBe(recorded.filter(Boolean).length);
  const settings = attacks[isGradient ? 'worker' : 'edge'];
  if (settings?.scope === 'per-aggregation') {
    expect(byzantine).toBe(howMany(settings, lay.filter(Boolean).length));
    for (const [index, isByzantine] of recorded.entries())
      if (isByzantine) expect(lay[index]).toBe(true);
  } else {
    expect(recorded).toEqual(lay);
  }
}

/** Entities that are workers are of one kind; slots become any. */
function kindly(
  workers: readonly string[],
  byzantine: Byzantine | undefined,
  { mobility }: Config,
  lines: readonly SimulatedLine[],
): readonly string[] | null {
  const kind = byzantine?.kind;
  if (kind === undefined || mobility.workers.mode === 'leased') return workers;
  const seen = new Map(
    lines.flatMap((line) => (line.type === 'enter-map' ? [[line.worker, line.kind]] : [])) as [
      string,
      string,
    ][],
  );
  // The journal has no kind for workers that came too late for the run.
  if (seen.size < workers.length) return null;
  return workers.filter((worker) => seen.get(worker) === kind);
}

/** As many nodes are fixed for the whole run as the config says, and they are of that layer. */
function checkFixed(
  attacks: Record<string, Byzantine>,
  fixed: Record<string, string[]>,
  nodes: Record<string, readonly string[] | null>,
): void {
  for (const [layer, possible] of Object.entries(nodes)) {
    const settings = attacks[layer];
    const attackers = fixed[layer] ?? [];
    if (settings?.scope !== 'global') expect(attackers).toEqual([]);
    else if (possible !== null) {
      expect(new Set(attackers).size).toBe(Math.min(settings.count!, possible.length));
      for (const attacker of attackers) expect(possible).toContain(attacker);
    }
  }
}

import { expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';

const GRADIENT_S = 0.7;

/** The crossing, each entity its own worker, for 24 s; its README says who is where. */
async function play(byzantine: object, edge: object = {}) {
  const world = await InProcessWorld.open(
    tinyConfig({
      mobility: { ...tinyInput.mobility, workers: { mode: 'one-per-entity' } },
      layers: {
        edge: { collect: { count: 3 }, deadlineS: 4, ...edge },
        worker: {
          gradientS: GRADIENT_S,
          attack: { rule: 'sign-flip', byzantine },
          link: { latencyMs: 0, bandwidthMbps: 1e6 },
        },
      },
      training: { maximumTimeS: 24, learningRate: 0.01 },
    }),
  );
  await world.run();
  return world;
}

/** Nodes that turned, when, and near which server. */
function turns(lines: readonly SimulatedLine[]): unknown[][] {
  return lines.flatMap((line) =>
    line.type === 'turned-byzantine' || line.type === 'turned-honest'
      ? [[line.timeUs / 1e6, line.type, line.node, line.server]]
      : [],
  );
}

/** Of the gradients that one worker sent: when, and whether they were Byzantine. */
function sentBy(worker: string, lines: readonly SimulatedLine[]) {
  const begun = new Map<number, number>();
  return lines.flatMap((line) => {
    if (line.type === 'gradient-started') begun.set(line.gradient, line.timeUs / 1e6);
    if (line.type !== 'gradient-ended' || line.worker !== worker) return [];
    if (line.outcome !== 'aggregated') return [];
    return [{ sentS: begun.get(line.gradient)! + GRADIENT_S, byzantine: line.byzantine === true }];
  });
}

it('has workers lie inside a circle only, from the very entering to the very leaving', async () => {
  // `through` is at x = 105 + 10t: inside from x = 230 to x = 250. `bystander` stands outside.
  const { lines } = await play({
    ids: ['through', 'bystander'],
    region: { site: { xM: 240, yM: 100 }, rangeM: 10 },
  });
  expect(turns(lines)).toEqual([
    [12.5, 'turned-byzantine', 'through', null],
    [14.5, 'turned-honest', 'through', null],
  ]);
  const crossings = lines.filter(({ type }) => type === 'enter-region' || type === 'leave-region');
  expect(crossings.map(({ timeUs, type }) => [timeUs / 1e6, type])).toEqual([
    [12.5, 'enter-region'],
    [14.5, 'leave-region'],
  ]);
  const sent = sentBy('through', lines);
  for (const { sentS, byzantine } of sent) expect(byzantine).toBe(sentS >= 12.5 && sentS < 14.5);
  expect(new Set(sent.map(({ byzantine }) => byzantine))).toEqual(new Set([true, false]));
  expect(sentBy('bystander', lines).some(({ byzantine }) => byzantine)).toBe(false);
});

it('counts as Byzantine what was sent in the time of the attack', async () => {
  const { lines } = await play({ ids: ['bystander'], fromS: 5, untilS: 10 });
  expect(turns(lines)).toEqual([
    [5, 'turned-byzantine', 'bystander', null],
    [10, 'turned-honest', 'bystander', null],
  ]);
  const sent = sentBy('bystander', lines);
  for (const { sentS, byzantine } of sent) expect(byzantine).toBe(sentS >= 5 && sentS < 10);
  expect(new Set(sent.map(({ byzantine }) => byzantine))).toEqual(new Set([true, false]));
});

it('makes those near a server Byzantine that are of a kind', async () => {
  // The bystander is the only pedestrian, at left from 0 s to 25 s.
  const { lines } = await play({ scope: 'local', count: 2, kind: 'pedestrian' });
  expect(turns(lines)).toEqual([[0, 'turned-byzantine', 'bystander', 'left']]);
  for (const line of lines) {
    if (line.type === 'gradient-ended' && line.outcome === 'aggregated') {
      expect(line.byzantine === true).toBe(line.worker === 'bystander');
    }
  }
});

it('draws a share of one kind among the entities of that kind', async () => {
  const { lines } = await play({ fraction: 1, kind: 'car' });
  const [started] = lines;
  // The others of the README's tables.
  expect(started).toMatchObject({
    byzantine: { worker: ['clip', 'gap', 'jump', 'stop', 'through'] },
  });
});

it('makes one near each server Byzantine as long as it stays, then one that is there', async () => {
  const { lines } = await play({ scope: 'local', count: 1 });
  expect(turns(lines)).toEqual([
    [0, 'turned-byzantine', 'bystander', 'left'],
    [1.5, 'turned-byzantine', 'jump', 'right'],
    [5, 'turned-honest', 'jump', 'right'],
    // `stop` comes at 5.5 s; jump comes back and through passes by while it is there.
    [5.5, 'turned-byzantine', 'stop', 'right'],
    [23.5, 'turned-honest', 'stop', 'right'],
  ]);
});

it('has `count` Byzantine servers below each parent, from the given time on', async () => {
  const attack = { rule: 'sign-flip', byzantine: { scope: 'local', count: 1, fromS: 7 } };
  const { lines } = await play({ count: 0 }, { attack });
  const drawn = turns(lines);
  expect(drawn).toHaveLength(1);
  const [[atS, type, server, parent]] = drawn as [unknown[]];
  expect([atS, type, parent]).toEqual([7, 'turned-byzantine', 'cloud']);
  expect(['left', 'right']).toContain(server);
  const results = lines.filter((line) => line.type === 'result-ended');
  const attackers = results.filter((line) => line.byzantine);
  expect(attackers.length).toBeGreaterThan(0);
  expect(new Set(attackers.map((line) => line.server))).toEqual(new Set([server]));
  expect(results.some((line) => line.server === server && !line.byzantine)).toBe(true);
});

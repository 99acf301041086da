import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { only } from '../only.ts';
import { tinyConfig } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

/**
 * The crossing, again and again, with something wrong with what workers send, until that has shown
 * and more than ten gradients have begun: on a busy machine little happens in a second.
 */
async function played(
  worker: object,
  hasShown: (lines: readonly SimulatedLine[]) => boolean,
): Promise<readonly SimulatedLine[]> {
  const config = tinyConfig({
    layers: {
      cloud: { deadlineS: 6 },
      edge: { collect: { count: 3 }, deadlineS: 4 },
      worker: { gradientS: 0.7, ...worker },
    },
    training: { maximumRounds: 100_000, learningRate: 0.01 },
    world: 'live',
    live: { speed: 40 },
  });
  const live = await InProcessLiveWorld.open(config);
  const ended = live.run();
  const isEnough = (lines: readonly SimulatedLine[]) =>
    only(lines, 'gradient-started').length > 10 && hasShown(lines);
  while (!isEnough(live.simulated)) await delay(50);
  live.coordinator.end('stopped');
  await ended;
  expect(live.record.violations).toEqual([]);
  return live.simulated;
}

const lostTo = (lines: readonly SimulatedLine[], what: string) =>
  only(lines, 'message-lost').filter(({ reason }) => reason === what);

const repeatedIn = (lines: readonly SimulatedLine[], kind: string) =>
  only(lines, 'message-repeated').filter(({ what }) => what === kind);

const aggregatedIn = (lines: readonly SimulatedLine[]) =>
  only(lines, 'gradient-ended').filter(({ outcome }) => outcome === 'aggregated');

const outcomes = (lines: readonly SimulatedLine[]) =>
  new Set(only(lines, 'gradient-ended').map(({ outcome }) => outcome));

const attackers = { count: 6 };

describe('a link of a live world', () => {
  it('that doubles everything has nothing taken twice', async () => {
    // Of what was taken the second copy comes too, unless its contact is over.
    const lines = await played(
      { link: { duplication: 1 } },
      (shown) =>
        aggregatedIn(shown).length > 5 &&
        repeatedIn(shown, 'theta').length > 5 &&
        repeatedIn(shown, 'gradient').length > aggregatedIn(shown).length / 2,
    );
    const aggregated = aggregatedIn(lines);
    const vectors = only(lines, 'aggregated').filter(({ layer }) => layer === 'edge');
    expect(vectors.reduce((sum, each) => sum + each.vectors, 0)).toBe(aggregated.length);
  });

  it('that damages everything brings no worker a model, however often it is sent', async () => {
    const config = tinyConfig({
      layers: { edge: { deadlineS: 4 }, worker: { link: { corruption: 1, duplication: 1 } } },
      training: { maximumRounds: 100_000 },
      world: 'live',
      live: { speed: 10 },
    });
    const live = await InProcessLiveWorld.open(config);
    const ended = live.run();
    while (lostTo(live.simulated, 'corrupted').length <= 5) await delay(50);
    live.coordinator.end('stopped');
    await ended;
    expect(only(live.simulated, 'gradient-started')).toEqual([]);
    expect(only(live.simulated, 'message-repeated')).toEqual([]);
  });

  it('that damages some messages loses those, and the others arrive', async () => {
    const lines = await played({ link: { corruption: 0.3 } }, (shown) => {
      const had = outcomes(shown);
      return had.has('aggregated') && had.has('lost') && lostTo(shown, 'corrupted').length > 0;
    });
    const reasons = new Set(only(lines, 'message-lost').map(({ reason }) => reason));
    expect(reasons).not.toContain('link');
  });

  it('with a jitter that outlasts the run lets nothing arrive, and loses nothing', async () => {
    const config = tinyConfig({
      layers: { edge: { deadlineS: 4, link: { jitterS: 30 } }, worker: {} },
      training: { maximumTimeS: 20 },
      world: 'live',
      live: { speed: 40 },
    });
    const live = await InProcessLiveWorld.open(config);
    await live.run();
    expect(only(live.simulated, 'round-opened').map(({ server }) => server)).toEqual(['cloud']);
    expect(only(live.simulated, 'message-lost')).toEqual([]);
  });
});

describe('senders of a live world that are byzantine', () => {
  it('drop what they were to send', async () => {
    const lines = await played(
      { attack: { rule: 'drop', byzantine: attackers } },
      (shown) => lostTo(shown, 'attack').length > 5,
    );
    expect(outcomes(lines)).toContain('lost');
    expect(outcomes(lines)).not.toContain('aggregated');
    const lost = lostTo(lines, 'attack');
    expect(new Set(lost.map(({ what }) => what))).toEqual(new Set(['gradient']));
  });

  it('delay it, which is no loss', async () => {
    const attack = { rule: 'delay', options: { delayMs: 4e6 }, byzantine: attackers };
    const lines = await played({ attack }, (shown) => only(shown, 'gradient-started').length > 20);
    expect(outcomes(lines)).not.toContain('aggregated');
    expect(outcomes(lines)).not.toContain('lost');
    expect(outcomes(lines)).toContain('in-flight');
  });

  it('repeat it, which is found', async () => {
    const attack = { rule: 'duplicate', options: { copies: 2, laterMs: 0 }, byzantine: attackers };
    const lines = await played({ attack }, (shown) => {
      const { length } = aggregatedIn(shown);
      return length > 5 && repeatedIn(shown, 'gradient').length > length;
    });
    const repeated = only(lines, 'message-repeated');
    expect(new Set(repeated.map(({ what }) => what))).toEqual(new Set(['gradient']));
    const aggregated = aggregatedIn(lines);
    // Late or repeated, it is not Byzantine.
    expect(aggregated.filter(({ byzantine }) => byzantine)).toEqual([]);
  });
});

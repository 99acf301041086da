import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { only } from '../only.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

/** The crossing for 24 s of its trace, with something wrong with what workers send. */
async function played(worker: object): Promise<readonly SimulatedLine[]> {
  const config = tinyConfig({
    mobility: { ...tinyInput.mobility, end: 'stop' },
    layers: {
      cloud: { deadlineS: 6 },
      edge: { collect: { count: 3 }, deadlineS: 4 },
      worker: { gradientS: 0.7, ...worker },
    },
    training: { maximumTimeS: 24, learningRate: 0.01 },
    world: 'live',
    live: { speed: 40 },
  });
  const live = await InProcessLiveWorld.open(config);
  await live.run();
  expect(live.record.violations).toEqual([]);
  const ends = only(live.simulated, 'gradient-ended');
  expect(ends.length).toBeGreaterThan(10);
  return live.simulated;
}

const outcomes = (lines: readonly SimulatedLine[]) =>
  new Set(only(lines, 'gradient-ended').map(({ outcome }) => outcome));

const attackers = { count: 6 };

describe('a link of a live world', () => {
  it('that doubles everything has nothing taken twice', async () => {
    const lines = await played({ link: { duplication: 1 } });
    const aggregated = only(lines, 'gradient-ended').filter((end) => end.outcome === 'aggregated');
    const vectors = only(lines, 'aggregated').filter(({ layer }) => layer === 'edge');
    expect(vectors.reduce((sum, each) => sum + each.vectors, 0)).toBe(aggregated.length);
    // Of what was taken the second copy has come too, or its contact is over, or the run is.
    const repeated = only(lines, 'message-repeated').filter(({ what }) => what === 'gradient');
    expect(repeated.length).toBeGreaterThan(aggregated.length / 2);
    const models = only(lines, 'message-repeated').filter(({ what }) => what === 'theta');
    expect(models.length).toBeGreaterThan(5);
  });

  it('that damages everything brings no worker a model, however often it is sent', async () => {
    const config = tinyConfig({
      layers: { edge: { deadlineS: 4 }, worker: { link: { corruption: 1, duplication: 1 } } },
      training: { maximumTimeS: 10 },
      world: 'live',
      live: { speed: 10 },
    });
    const live = await InProcessLiveWorld.open(config);
    await live.run();
    const lost = only(live.simulated, 'message-lost');
    expect(lost.filter(({ reason }) => reason === 'corrupted').length).toBeGreaterThan(5);
    expect(only(live.simulated, 'gradient-started')).toEqual([]);
    expect(only(live.simulated, 'message-repeated')).toEqual([]);
  });

  it('that damages some messages loses those, and the others arrive', async () => {
    const lines = await played({ link: { corruption: 0.3 } });
    expect(outcomes(lines)).toContain('aggregated');
    expect(outcomes(lines)).toContain('lost');
    const reasons = new Set(only(lines, 'message-lost').map(({ reason }) => reason));
    expect(reasons).toContain('corrupted');
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
    const lines = await played({ attack: { rule: 'drop', byzantine: attackers } });
    expect(outcomes(lines)).toContain('lost');
    expect(outcomes(lines)).not.toContain('aggregated');
    const lost = only(lines, 'message-lost').filter(({ reason }) => reason === 'attack');
    expect(lost.length).toBeGreaterThan(5);
    expect(new Set(lost.map(({ what }) => what))).toEqual(new Set(['gradient']));
  });

  it('delay it, which is no loss', async () => {
    const attack = { rule: 'delay', options: { delayMs: 40_000 }, byzantine: attackers };
    const lines = await played({ attack });
    expect(outcomes(lines)).not.toContain('aggregated');
    expect(outcomes(lines)).not.toContain('lost');
    expect(outcomes(lines)).toContain('in-flight');
  });

  it('repeat it, which is found', async () => {
    const attack = { rule: 'duplicate', options: { copies: 2, laterMs: 0 }, byzantine: attackers };
    const lines = await played({ attack });
    const repeated = only(lines, 'message-repeated');
    expect(new Set(repeated.map(({ what }) => what))).toEqual(new Set(['gradient']));
    const aggregated = only(lines, 'gradient-ended').filter((end) => end.outcome === 'aggregated');
    expect(aggregated.length).toBeGreaterThan(5);
    expect(repeated.length).toBeGreaterThan(aggregated.length);
    // Late or repeated, it is no lie.
    expect(aggregated.filter(({ byzantine }) => byzantine)).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarioOf } from '#src/config/scenario.js';
import { inspectSites } from '#src/mobility/inspect.js';
import { load, problemsOf, validConfig } from '../../config/config-in-folder.ts';

const example = resolve('docs/examples/behind-a-wall.ts');

async function reachOf(...radio: string[]) {
  const { config } = await load(validConfig, radio);
  const { trace, sites, radio: model } = await scenarioOf(config);
  return { sites, statistics: inspectSites(trace, sites, model) };
}

describe('mobility.radio', () => {
  it('gives the contacts of the range where the path loss ends there, too', async () => {
    // 98.07 dB of free space at 5.9 GHz are 323.5 m; a range of as much sees the same.
    const byLoss = await reachOf(
      'mobility.radio.model=free-space',
      'mobility.radio.server.powerDbm=-3',
    );
    const [left] = byLoss.sites;
    expect(left!.rangeM).toBeCloseTo(10 ** (83 / 20) * (299_792_458 / (4 * Math.PI * 5.9e9)), 6);
    const ranges = ['left', 'right'].map((server) => `servers.${server}.rangeM=${left!.rangeM}`);
    const byRange = await reachOf(...ranges);
    const contacts = ({ statistics }: typeof byLoss) =>
      statistics.map(({ contacts, meanInRange, longestContactS }) => [
        contacts,
        meanInRange,
        longestContactS,
      ]);
    expect(contacts(byLoss)).toEqual(contacts(byRange));
  });

  it('may differ by server and by kind of worker', async () => {
    const { sites } = await reachOf(
      'mobility.radio.model=log-distance',
      'mobility.radio.options.exponent=2',
      'mobility.radio.workerByKind.pedestrian.gainDbi=-20',
      'servers.right.radio.gainDbi=-6.020599913279624',
    );
    const [left, right] = sites;
    // n = 2: 20 dB are a tenth of the distance, 6.02 dB half of it.
    expect(left!.byKind!.pedestrian!.rangeM).toBeCloseTo(left!.rangeM / 10, 6);
    expect(right!.rangeM).toBeCloseTo(left!.rangeM / 2, 6);
    const short = await reachOf('mobility.radio.workerByKind.car.rangeM=20');
    expect(short.sites[0]!.byKind!.car).toEqual({ rangeM: 20 });
  });

  it('takes a model from a file: the example of docs/radio.md', async () => {
    const page = readFileSync('docs/radio.md', 'utf8');
    expect(page).toContain(`\`\`\`ts\n${readFileSync(example, 'utf8')}\`\`\``);
    const { sites } = await reachOf(
      `mobility.radio.model=${example}`,
      'mobility.radio.options.wallDb=40',
      'mobility.radio.server.powerDbm=0',
    );
    // Free space would reach 80 m with 86 dB.
    expect(sites.map(({ rangeM }) => rangeM)).toEqual([30, 30]);
  });

  it.each([
    [['mobility.radio.model=free-spice'], 'unknown radio model "free-spice"'],
    [['mobility.radio.model=mean'], 'that is the name of an aggregator'],
    [
      ['mobility.radio.model=log-distance', 'mobility.radio.options.exponent=-1'],
      'mobility.radio.options.exponent: found -1 (log-distance)',
    ],
    [
      [
        'mobility.radio.model=free-space',
        'mobility.radio.server.powerDbm=200',
        'mobility.radio.worker.powerDbm=200',
      ],
      'further than 20 km',
    ],
    [
      ['mobility.radio.model=expression', 'mobility.radio.options.lossDb=40 + distance'],
      'path loss "40 + distance": unknown name "distance"',
    ],
  ])('is refused: %s', async (overrides, message) => {
    const problems = await problemsOf(validConfig, overrides);
    expect(problems).toContain('mobility.radio');
    expect(problems).toContain(message);
  });
});

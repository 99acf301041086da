import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
import { scenarioOf } from '#src/config/scenario.js';
import { traceOf } from '#src/config/trace-of.js';
import { workersOf } from '#src/config/workers.js';
import { planMobility } from '#src/mobility/contacts.js';
import type { Presence } from '#src/mobility/presence.js';
import { load, problemsOf, validConfig } from '../../config/config-in-folder.ts';
import { waysOf } from '../ways.ts';

const moving = (...overrides: string[]) => [
  'mobility.entities={ count: 20, durationS: 60 }',
  ...overrides,
];
const grid = moving(
  'mobility.model=manhattan-grid',
  'servers.left.rangeM=100',
  'servers.right.rangeM=100',
);

describe('mobility.model', () => {
  it('moves the entities by the seed, as the trace of the run', async () => {
    const [first, again] = [await load(validConfig, grid), await load(validConfig, grid)];
    const other = await load(validConfig, [...grid, 'seed=2']);
    const trace = await traceOf(first.config);
    expect(trace.presences).toHaveLength(20);
    const otherTrace = await traceOf(other.config);
    expect(waysOf(otherTrace)[0]!.x).not.toEqual(waysOf(trace)[0]!.x);
    expect(await traceOf(again.config)).toEqual(trace);
    const plan = planMobility(trace, await scenarioOf(first.config), workersOf(first.config));
    expect(plan.contacts).toBeGreaterThan(0);
    // Played again a microsecond after the end.
    expect([plan.events.at(-1)!.timeUs, plan.spanUs]).toEqual([60e6, 60e6 + 1]);
  });

  it('may be a file of your own', async () => {
    const { config } = await load(validConfig, [
      ...moving(
        `mobility.model=${resolve('docs/examples/patrol.ts')}`,
        'mobility.entities.kind=pedestrian',
      ),
      ...['mobility.options.speedMps=2', 'servers.left.rangeM=150', 'servers.right.rangeM=150'],
    ]);
    const { trace } = await scenarioOf(config);
    const [{ kind, timesUs, x }] = waysOf(trace) as [Presence];
    expect(kind).toBe('pedestrian');
    for (let i = 1; i < x.length; i++) {
      const metres = Math.abs(x[i]! - x[i - 1]!);
      expect(metres / (timesUs[i]! - timesUs[i - 1]!)).toBeCloseTo(2e-6, 10);
    }
  });

  it.each([
    [
      ['mobility.model=random-walk'],
      ['mobility.model: unknown movement model "random-walk"', 'random-waypoint'],
    ],
    [
      [...grid, 'mobility.options.colums=4'],
      ['mobility.options.colums: unknown key', 'did you mean "columns"?'],
    ],
    [
      [...moving('mobility.model=random-waypoint'), 'mobility.options.minimumSpeedMps=0'],
      ['mobility.options.minimumSpeedMps: found 0'],
    ],
    [[...grid, 'mobility.entities.kind=container'], ['mobility.workers.kinds']],
  ])('is refused with %j', async (overrides, found) => {
    const problems = await problemsOf(validConfig, overrides);
    for (const text of found) expect(problems).toContain(text);
  });

  it('has the shipped examples', async () => {
    for (const name of ['random-waypoint', 'manhattan-grid']) {
      const { config } = await loadConfig(`configs/movement/${name}.yaml`);
      expect((await traceOf(config)).presences).toHaveLength(50);
    }
  });
});

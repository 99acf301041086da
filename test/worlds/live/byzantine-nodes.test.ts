import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { ScheduledByzantine } from '#src/worlds/live/coordinator/scheduled-byzantine.js';
import { TracePlayer } from '#src/worlds/live/coordinator/trace-player.js';
import type { FaultTransition } from '#src/worlds/live/protocol/movement-message.js';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

const region = { site: { xM: 240, yM: 100 }, rangeM: 30 };

/** Nodes of every kind that are Byzantine at times only; workers, or edge servers. */
const passing: Record<string, { byzantine: object; edge?: object }> = {
  'near each server': { byzantine: { scope: 'local', count: 1 } },
  'a share near each server': { byzantine: { scope: 'local', fraction: 0.5 } },
  'of one kind': { byzantine: { count: 3, kind: 'car' } },
  'inside a circle': { byzantine: { count: 6, region } },
  'for a time': { byzantine: { ids: ['worker-1', 'worker-3'], fromS: 4.5, untilS: 17 } },
  'all of these': {
    byzantine: { scope: 'local', count: 2, kind: 'car', region, fromS: 3, untilS: 40 },
  },
  'edge servers': {
    byzantine: { count: 1 },
    edge: { scope: 'local', count: 1, fromS: 5, untilS: 33 },
  },
};

function config(byzantine: object, edge?: object) {
  const attack = (who: object) => ({ rule: 'sign-flip', byzantine: who });
  return tinyConfig({
    mobility: { ...tinyInput.mobility, end: 'repeat' },
    layers: {
      edge: {
        ...{ collect: { count: 3 }, deadlineS: 4 },
        ...(edge && { attack: attack(edge) }),
      },
      worker: { gradientS: 0.7, attack: attack(byzantine) },
    },
    training: { maximumTimeS: 43.5, learningRate: 0.01 },
    world: 'live',
    live: { speed: 20 },
  });
}

function turnsOf(lines: readonly SimulatedLine[]) {
  return lines.filter(({ type }) => type === 'turned-byzantine' || type === 'turned-honest');
}

describe.each(Object.entries(passing))('Byzantine nodes %s', (_, { byzantine, edge }) => {
  it('are foretold to the microsecond as the virtual world has them', async () => {
    const virtual = await InProcessWorld.open(config(byzantine, edge));
    await virtual.run();
    const { settings, mobility } = virtual.composition;
    const attackers = new ScheduledByzantine(settings);
    const player = new TracePlayer(mobility, null);
    const announced: FaultTransition[] = [...attackers.begin()];
    for (let untilUs = 0; untilUs <= settings.latestEnd!.timeUs; untilUs += 330_000) {
      for (const step of player.upTo(untilUs)) {
        announced.push(...attackers.before(step.timeUs));
        if (step.type === 'movement') announced.push(...attackers.move(step.movement));
      }
      announced.push(...attackers.before(untilUs + 1));
    }
    const recorded = announced.flatMap(({ timeUs, node, isByzantine, recorded }) =>
      recorded === null
        ? []
        : [{ timeUs, type: isByzantine ? 'turned-byzantine' : 'turned-honest', node, ...recorded }],
    );
    const wanted = turnsOf(virtual.lines);
    expect(wanted.length).toBeGreaterThan(1);
    expect(recorded.filter(({ timeUs }) => timeUs <= settings.latestEnd!.timeUs)).toEqual(
      wanted.map(({ n: _, ...transition }) => transition),
    );
  });
});

it('says whose vectors may be drawn as Byzantine, though the journal has no transitions of them', async () => {
  const { composition } = await InProcessWorld.open(
    config({ scope: 'per-aggregation', count: 1, region, fromS: 3 }),
  );
  const attackers = new ScheduledByzantine(composition.settings);
  expect(attackers.begin()).toEqual([]);
  const crossing = { timeUs: 1e6, type: 'enter-region', worker: 'worker-2' } as const;
  expect(attackers.move(crossing)).toEqual([]);
  const transition = { type: 'fault-transition', node: 'worker-2', recorded: null };
  expect(attackers.before(3e6)).toEqual([]);
  expect(attackers.before(3e6 + 1)).toEqual([{ timeUs: 3e6, ...transition, isByzantine: true }]);
  const leaving = { timeUs: 9e6, type: 'leave-region', worker: 'worker-2' } as const;
  expect(attackers.move(leaving)).toEqual([{ timeUs: 9e6, ...transition, isByzantine: false }]);
});

it('draws another Byzantine node when one is gone with its process, after what was foretold', async () => {
  const { composition } = await InProcessWorld.open(config({ scope: 'local', count: 1 }));
  const attackers = new ScheduledByzantine(composition.settings);
  attackers.begin();
  const come = (worker: string, timeUs: number) =>
    attackers.move({
      ...{ timeUs, type: 'associate', worker, server: 'left', previous: null },
      reason: 'left-range',
    });
  expect(come('worker-1', 1e6)).toMatchObject([{ node: 'worker-1', isByzantine: true }]);
  expect(come('worker-2', 2e6)).toEqual([]);
  attackers.before(4e6);
  expect(attackers.lose('worker-1', 1.5e6)).toEqual([
    {
      timeUs: 4e6,
      type: 'fault-transition',
      node: 'worker-1',
      isByzantine: false,
      recorded: { server: 'left' },
    },
    {
      timeUs: 4e6,
      type: 'fault-transition',
      node: 'worker-2',
      isByzantine: true,
      recorded: { server: 'left' },
    },
  ]);
});

/** Of sim time: what a word from a process to the journal may need, and more. */
const LATE_US = 10e6;

/** Whether the node was Byzantine, or honest, at some moment of that time, by the journal. */
function ever(lines: readonly SimulatedLine[], node: string, fromUs: number, untilUs: number) {
  let isByzantine = false;
  const said = new Set<boolean>();
  for (const line of turnsOf(lines)) {
    if (!('node' in line) || line.node !== node) continue;
    if (line.timeUs > untilUs) break;
    if (line.timeUs >= fromUs) said.add(isByzantine);
    isByzantine = line.type === 'turned-byzantine';
  }
  return said.add(isByzantine);
}

describe.each(
  ['near each server', 'inside a circle', 'edge servers'].map(
    (who) => [who, passing[who]!] as const,
  ),
)('in a live world, Byzantine nodes %s', (_, { byzantine, edge }) => {
  it('turn as in the virtual world, and lie only in between', async () => {
    const wanted = config(byzantine, edge);
    const virtual = await InProcessWorld.open(wanted);
    await virtual.run();
    const live = await InProcessLiveWorld.open(wanted);
    await live.run();
    const { simulated, record } = live;
    expect(record.violations).toEqual([]);
    const transitions = (lines: readonly SimulatedLine[]) =>
      turnsOf(lines).map((line) => [line.type, 'node' in line && line.node]);
    expect(transitions(simulated)).toEqual(transitions(virtual.lines));
    const begun = new Map<number, number>();
    const passes = edge === undefined;
    let byzantineResults = 0;
    for (const line of simulated) {
      if (line.type === 'gradient-started') begun.set(line.gradient, line.timeUs);
      if (line.type !== 'gradient-ended' || line.outcome !== 'aggregated' || !passes) continue;
      const fromUs = begun.get(line.gradient)! - LATE_US;
      const said = ever(simulated, line.worker, fromUs, line.timeUs);
      expect([...said]).toContain(line.byzantine === true);
      if (line.byzantine) byzantineResults += 1;
    }
    const results = simulated.filter((line) => line.type === 'result-ended' && line.byzantine);
    expect(passes ? byzantineResults : results.length).toBeGreaterThan(0);
  });
});

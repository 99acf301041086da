import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld, type WorldOptions } from '../in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';

async function play(
  changes: Partial<TinyInput>,
  options: WorldOptions = {},
): Promise<SimulatedLine[]> {
  const world = await InProcessWorld.open(tinyConfig(changes), options);
  await world.run();
  return world.lines;
}

describe('a run', () => {
  it('ends at its time, with a last measurement there', async () => {
    const lines = await play({ training: { maximumTimeS: 9.5 } });
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'time', timeUs: 9_500_000 });
    const measured = lines.findLast(({ type }) => type === 'evaluated');
    const updated = lines.findLast(({ type }) => type === 'updated');
    expect(measured).toMatchObject({ timeUs: 9_500_000 });
    expect((measured as { version: number }).version).toBe(
      (updated as { version: number }).version,
    );
  });

  it('ends with the trace when that is not to be played again', async () => {
    const mobility = { ...tinyInput.mobility, end: 'stop' } as const;
    const lines = await play({ mobility, training: {} });
    // The last of the crossing trace's timesteps is at 25 s, and they are a second apart.
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'trace', timeUs: 26e6 });
  });

  it('ends with the trace also when everybody has left the map long before', async () => {
    const car = '<vehicle id="c" x="200" y="100"/>';
    const steps = Array.from({ length: 41 }, (_, second) => {
      return `<timestep time="${second}">${second <= 5 ? car : ''}</timestep>`;
    });
    const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-end-of-run-'));
    const trace = join(folder, 'trace.fcd.xml');
    writeFileSync(trace, `<fcd-export>${steps.join('')}</fcd-export>`);
    const mobility = { trace, end: 'stop' } as const;
    // Nothing comes any more, so that deadlines are all that happens after the car has left.
    const edge = { collect: { count: 1000 }, deadlineS: 7 };
    const layers = { ...tinyInput.layers, edge };
    try {
      const lines = await play({ mobility, layers, training: {} });
      expect(lines.findLast(({ type }) => type === 'leave-map')!.timeUs).toBe(5e6);
      expect(lines.filter(({ type }) => type === 'round-ended').length).toBeGreaterThan(3);
      expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'trace', timeUs: 41e6 });
      const sooner = await play({ mobility, layers, training: { maximumTimeS: 40.5 } });
      expect(sooner.at(-1)).toMatchObject({ type: 'run-ended', reason: 'time', timeUs: 40.5e6 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends when the trace was played ten times and nothing came to the cloud', async () => {
    const layers = { ...tinyInput.layers, worker: { link: { loss: 1 } } };
    const lines = await play({ layers, training: {} });
    // The trace's steps are a second apart, so it begins again every 26 s.
    const timeUs = (9 * 26 + 25) * 1e6;
    expect(lines.at(-1)).toMatchObject({
      type: 'run-ended',
      reason: 'stalled',
      timeUs,
      updates: 0,
    });
  });

  it('says who waits for whom when nothing comes to the cloud any more', async () => {
    // Gradients are lost on their way, and only the cloud would wait without end.
    const layers = {
      ...tinyInput.layers,
      edge: { collect: { count: 3 }, deadlineS: 1000 },
      worker: { link: { loss: 1 } },
    };
    const lines = await play({ layers, training: {} });
    const waiting = lines.filter(({ type }) => type === 'waiting');
    const base = { timeUs: (9 * 26 + 25) * 1e6, type: 'waiting', round: 1, has: 0 };
    const gradients = { ...base, what: 'gradients', wants: 3, from: [] };
    expect(waiting.map(({ n: _, ...line }) => line)).toEqual([
      { ...base, server: 'cloud', what: 'results', wants: 2, from: ['left', 'right'] },
      { ...gradients, server: 'left' },
      { ...gradients, server: 'right' },
    ]);
    const rest = await play({ training: { maximumTimeS: 9.5 } });
    expect(rest.some(({ type }) => type === 'waiting')).toBe(false);
  });

  it('ends ten idle repetitions after the last progress', async () => {
    // From the second repetition on no worker comes into range any more.
    const lines = await play(
      { training: {} },
      { keepMovement: ({ type }, repetition) => repetition === 0 || type.endsWith('map') },
    );
    const end = lines.at(-1) as SimulatedLine & { type: 'run-ended' };
    expect(end).toMatchObject({ type: 'run-ended', reason: 'stalled' });
    expect(end.updates).toBeGreaterThan(0);
    const progress = lines.findLast(({ type }) => type === 'updated')!;
    const repetitionOf = (timeUs: number) => Math.floor(timeUs / 26e6);
    expect(repetitionOf(end.timeUs) - repetitionOf(progress.timeUs)).toBe(10);
  });

  it('goes on while a round lasts longer than the trace', async () => {
    const layers = { edge: { collect: { count: 100 }, deadlineS: 60 } };
    const lines = await play({ layers, training: { maximumRounds: 2 } });
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'rounds', updates: 2 });
  });

  it('ends at once when no worker takes part', async () => {
    const workers = { ...tinyInput.mobility.workers, participation: 0 };
    const mobility = { ...tinyInput.mobility, workers };
    const lines = await play({ mobility, training: {} });
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'stalled', timeUs: 0 });
  });
});

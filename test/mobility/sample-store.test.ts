import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { fcd, file } from './files.ts';

/** A trace of which this much stays in memory, and what is planned of it. */
async function planOf(bytes: number, trace: string) {
  vi.resetModules();
  vi.doMock('#src/mobility/samples-in-memory.js', () => ({
    SAMPLES_IN_MEMORY_BYTES: bytes,
    SHORTEST_PIECE_BYTES: 1,
  }));
  const { loadTrace } = await import('#src/mobility/trace.js');
  const { planMobility } = await import('#src/mobility/contacts.js');
  const { nearest } = await import('#src/mobility/association/nearest.js');
  const { disc } = await import('#src/mobility/radio/disc.js');
  const { SampleStore } = await import('#src/mobility/sample-store.js');
  const reads = vi.spyOn(SampleStore.prototype, 'read');
  const loaded = await loadTrace(trace);
  const { minXM, maxXM, minYM, maxYM } = loaded.bounds;
  const sites = [0.25, 0.5, 0.75].map((share, i) => ({
    ...{ server: `s${i}`, rangeM: 0.3 * (maxXM - minXM) },
    ...{ xM: minXM + share * (maxXM - minXM), yM: minYM + share * (maxYM - minYM) },
  }));
  const map = { sites, region: null, radio: disc, association: nearest(sites), signal: null };
  const { events } = planMobility(loaded, map, { mode: 'one-per-entity' });
  const { presences, ...facts } = loaded;
  const ways = createHash('sha256');
  for (const presence of presences) {
    const { entity, kind, type = '', timesUs, x, y } = presence.unpacked();
    ways.update(`${entity} ${kind} ${type}`).update(timesUs).update(x).update(y);
  }
  return { plan: { facts, ways: ways.digest('hex'), events }, reads: reads.mock.calls.length };
}

afterEach(() => {
  vi.doUnmock('#src/mobility/samples-in-memory.js');
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const fixture = (name: string) => new URL(`fixtures/${name}.xml.gz`, import.meta.url).pathname;

test.each(['new-plain', 'new-persons', 'new-tenths', 'old-meso', 'old-containers'])(
  'the trace %s has the same plan, bit for bit, from a file of samples as from memory',
  async (name) => {
    const kept = await planOf(1e9, fixture(name));
    const moved = await planOf(100, fixture(name));
    expect(kept.reads).toBe(0);
    expect(moved.reads).toBeGreaterThan(0);
    expect(moved.plan).toEqual(kept.plan);
    expect(kept.plan.events.length).toBeGreaterThan(0);
  },
);

test('a random trace has it too, with gaps, returns and jumps, and nothing is left of the file', async () => {
  const steps = fc.sample(
    fc.array(
      fc.option(
        fc.tuple(
          fc.integer({ min: -9e6, max: 9e6 }),
          fc.double({ noNaN: true, min: -3e4, max: 3e4 }),
        ),
        { freq: 6, nil: null },
      ),
      { minLength: 40, maxLength: 40 },
    ),
    { numRuns: 60, seed: 1 },
  );
  const rows = steps.map((at, second) => {
    const elements = at.map((place, id) =>
      place === null
        ? ''
        : `<vehicle id="v${id}" x="${place[0] / 100}" y="${place[1].toFixed(9)}"/>`,
    );
    return `<timestep time="${second}">${elements.join('')}</timestep>`;
  });
  const trace = file(fcd(rows.join('\n')));
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-test-'));
  const kept = await planOf(1e9, trace);
  vi.stubEnv('TMPDIR', folder);
  const moved = await planOf(5000, trace);
  expect(moved.reads).toBeGreaterThan(40);
  expect(moved.plan).toEqual(kept.plan);
  expect(readdirSync(folder)).toEqual([]);

  vi.stubEnv('TMPDIR', join(folder, 'missing'));
  await expect(planOf(5000, trace)).rejects.toThrow(
    /cannot be written to .*missing.*TMPDIR=FOLDER/s,
  );
});

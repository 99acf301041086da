import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, vi } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
import { traceSource } from '#src/config/trace-source.js';
import { loadTrace } from '#src/mobility/trace.js';
import { waysOf } from '../mobility/ways.ts';
import { testNeeding } from '../needs.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Other versions drive a little differently. */
const isTheOneOfTheTrace = () =>
  /sumo Version 1\.15/.test(spawnSync('sumo', ['--version'], { encoding: 'utf8' }).stdout ?? '');

const it = testNeeding({
  programs: ['sumo'],
  others: { 'SUMO 1.15': isTheOneOfTheTrace },
});

afterEach(() => {
  vi.unstubAllEnvs();
});

it('the example that runs SUMO has the ways of the committed trace, and keeps them in the cache', async () => {
  const cache = temporaryFolder('cache');
  vi.stubEnv('XDG_CACHE_HOME', cache);
  const { config } = await loadConfig('configs/traces/sumo.yaml');
  const { mobility } = config;
  const source = await traceSource(
    (mobility as { trace: Parameters<typeof traceSource>[0] }).trace,
  );
  expect(source.files).toEqual(
    readdirSync(join(cache, 'edgemlsim/sumo')).map((name) => join(cache, 'edgemlsim/sumo', name)),
  );
  const [made, committed] = await Promise.all([
    loadTrace(source),
    loadTrace('sumo-scenarios/boston-common/trace.fcd.xml.gz'),
  ]);
  expect(made.presences.length).toBeGreaterThan(1000);
  expect(made.spanUs).toBe(committed.spanUs);
  expect(made.cuts).toEqual(committed.cuts);
  const ways = waysOf(made);
  for (const [i, way] of waysOf(committed).entries()) expect(ways[i]).toEqual(way);
});

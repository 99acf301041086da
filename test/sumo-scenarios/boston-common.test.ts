import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readNetwork } from '#src/mobility/network.js';
import { testNeeding } from '../needs.ts';

const scenario = join(import.meta.dirname, '../../sumo-scenarios/boston-common');

/** Every lane with its shape's end points, rounded to a decimetre. */
function lanesOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/<lane id="([^":][^"]*)"[^>]*? length="([\d.]+)"/g)]
    .map(([, id, length]) => `${id} ${Number(length).toFixed(1)}`)
    .sort();
}

const schemas = join(process.env.SUMO_HOME ?? '/usr/share/sumo', 'data/xsd');
const it = testNeeding({
  programs: ['netconvert', 'sumo', 'sed'],
  files: { [schemas]: "Debian's sumo-tools" },
});

describe('the Boston Common scenario', () => {
  it('its sources build the network that is committed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-scenario-'));
    try {
      const built = spawnSync('sh', [join(scenario, 'build.sh'), '--network-only', dir], {
        encoding: 'utf8',
      });
      expect(built.status, built.stderr).toBe(0);
      const [rebuilt, committed] = await Promise.all(
        [dir, scenario].map((folder) => readNetwork(join(folder, 'network.net.xml'))),
      );
      expect(rebuilt!.junctions.length).toBeGreaterThan(50);
      expect({ ...rebuilt, file: '' }).toEqual({ ...committed, file: '' });
      const lanes = lanesOf(join(dir, 'network.net.xml'));
      expect(lanes.length).toBeGreaterThan(100);
      expect(lanes).toEqual(lanesOf(join(scenario, 'network.net.xml')));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

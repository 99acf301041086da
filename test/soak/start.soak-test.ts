import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { leftAfterKill } from '../cli/kill-at-start.ts';
import { folderWithConfig } from '../cli/program.ts';
import { drawnFor, times } from './soak.ts';

const KILLS = times(50);
/** From when its first process appears to when the last has long been at work. */
const MOST_MS = 4000;

it(`leaves no process of a live run that is killed at its start, ${KILLS} times`, async () => {
  const random = drawnFor('soak-start');
  const { folder, config } = folderWithConfig('live: { speed: 20 }');
  for (let count = 0; count < KILLS; count += 1) {
    const own = join(folder, String(count));
    mkdirSync(own);
    const args = ['run', config, 'world=live', '--out', join(own, 'run')];
    const afterMs = Math.round(random.float() * MOST_MS);
    expect(await leftAfterKill(args, own, afterMs), `killed after ${afterMs} ms`).toEqual([]);
  }
});

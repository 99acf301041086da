// Makes the golden runs with the build in dist/, at one and at two threads, and compares their hashes with
// test/golden-hashes.json: for a Node.js that cannot start the test runner.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../dist/src/config/load-config.js';
import { VirtualRun } from '../dist/src/run/virtual-run.js';

const hashes = JSON.parse(readFileSync('test/golden-hashes.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'golden-runs-'));
let different = 0;
for (const [name, expected] of Object.entries(hashes)) {
  const { config } = await loadConfig(`test/golden-runs/${name}.yaml`);
  for (const threads of [1, 2]) {
    const runDir = join(folder, `${name}-${threads}`);
    const { journalHash } = await (await VirtualRun.create({ config, runDir, threads })).toEnd();
    if (journalHash !== expected) different += 1;
    console.log(
      `${name}, ${threads} threads: ${journalHash === expected ? 'equal' : `different, ${journalHash}`}`,
    );
  }
}
rmSync(folder, { recursive: true });
console.log(`${Object.keys(hashes).length} golden runs, ${different} results different`);
process.exit(different === 0 ? 0 : 1);

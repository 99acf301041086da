import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { readRunRecord } from '#src/report/run/run-record.js';
import type { RunSummary } from '#src/run/run-summary.js';

/**
 * A folder with a live config of four processes that takes some seconds, its deadlines long enough for a
 * busy machine. Removed after the test.
 */
export function deploymentFolder(): { folder: string; config: string; runDir: string } {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'deployed.yaml');
  writeFileSync(
    config,
    `name: deployed
world: live
mobility: { trace: ${resolve('sumo-scenarios/crossing/trace.fcd.xml')} }
servers:
  - { id: left, site: { xM: 200, yM: 100 } }
  - { id: right, site: { xM: 280, yM: 100 } }
layers: { edge: { collect: { count: 2 }, deadlineS: 300 } }
data: { dataset: { name: synthetic, trainItems: 300, testItems: 200 }, batchSize: 10 }
model: { layers: [64, 10] }
training: { epochs: 1, gradientsPerEpoch: 50, learningRate: 0.02 }
live: { speed: 60, workerProcesses: 1 }
`,
  );
  return { folder, config, runDir: join(folder, 'run') };
}

/** The same of a tree of models: seven processes where each worker has its own. */
export function treeDeployment(): ReturnType<typeof deploymentFolder> {
  const deployed = deploymentFolder();
  writeFileSync(
    deployed.config,
    `name: deployed
world: live
tree: [1, 2, 4]
mobility: { model: static }
rounds: { mode: hierarchical }
windows: { everyS: 10, count: 4 }
sensors: { count: 4, itemsPerS: 4 }
data: { dataset: { name: synthetic, trainItems: 300, testItems: 200 }, batchSize: 10 }
model: { layers: [64, 10] }
training: { learningRate: 0.1 }
evaluation: { everyS: 20 }
live: { speed: 20 }
`,
  );
  return deployed;
}

/**
 * A run that was deployed from the folder went to its end: its summary, a journal whose counts are
 * right, nothing secret left behind, and no process that works in the folder.
 */
export async function expectGoodEnd(folder: string, runDir: string): Promise<RunSummary> {
  const { status, summary, error } = JSON.parse(
    readFileSync(join(runDir, 'status.json'), 'utf8'),
  ) as { status: string; summary: RunSummary; error?: string };
  expect(error).toBeUndefined();
  expect(status).toBe('done');
  expect(['epochs', 'windows']).toContain(summary.ended);
  expect(summary.updates).toBeGreaterThan(0);
  const { violations, ended } = await readRunRecord(join(runDir, 'journal.jsonl'));
  expect(violations).toEqual([]);
  expect(ended).not.toBeNull();
  expect(existsSync(join(runDir, 'deployment'))).toBe(false);
  await nobodyWorksIn(folder);
  return summary;
}

/** Resolves when no process has its working folder there any more. */
export async function nobodyWorksIn(folder: string): Promise<void> {
  while (processesIn(folder).length > 0) await wait(50);
}

/** Ids of processes whose working folder that is. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => id !== process.pid && folderOf(id) === folder);
}

/** Null for a process that has ended. */
function folderOf(id: number): string | null {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return null;
  }
}

/** Everything in a run folder that could hold the secret, as one text. */
export function everythingIn(runDir: string): string {
  return readdirSync(runDir, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

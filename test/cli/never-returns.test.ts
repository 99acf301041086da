import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test as each, expect } from 'vitest';
import type { RunSummary } from '#src/run/run-summary.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsimIn, smallConfigIn, start } from './program.ts';

/** At the same time: most of them wait for a limit. */
const test = each.concurrent;

/** It waits for ever, which costs the machine nothing. */
const WAITS = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';

/** Computes for ever, but not before the time at which it is ended is near: it would keep a core until then. */
const spinsAfter = (ms: number) => `${WAITS.replace('0)', `0, ${ms})`)} for (;;);`;

/** Does not return from its 13th call of a thread on, as long as the file `hang` is there. */
const hangs = (folder: string, body: string, definition: string, how: string): string => `
import { existsSync, writeFileSync } from 'node:fs';
import { ${definition} } from 'edgemlsim/rules';
import { meanOf } from 'edgemlsim/rules/toolbox';
let calls = 0;
const mayHang = () => {
  calls += 1;
  if (calls < 13 || !existsSync('${folder}/hang')) return;
  writeFileSync('${folder}/hanging', '');
  ${how}
};
export default ${definition}({ name: 'stuck', summary: 'does not return', ${body} });
`;
const aggregator =
  'minimumInputs: () => 1, aggregate: (vectors) => { mayHang(); return { vector: meanOf(vectors) }; }';
const dataAttack =
  "kind: 'data', knowledge: 'data', poison: (samples) => { mayHang(); return samples; }";
const deliveryAttack =
  "kind: 'delivery', knowledge: 'own', mayDrop: () => false, deliver: () => { mayHang(); return [0]; }";

function stuck(how: string, body = aggregator, definition = 'defineAggregator') {
  const folder = mkdtempSync(join(temporaryFolder('stuck'), 'run-'));
  const config = smallConfigIn(folder);
  writeFileSync(join(folder, 'stuck.js'), hangs(folder, body, definition, how));
  writeFileSync(join(folder, 'hang'), '');
  const runDir = join(folder, 'run');
  const run = (...more: string[]) =>
    start(['run', config, '--out', runDir, '--threads', '1', '--json', ...more], folder);
  return { folder, config, runDir, run };
}

const OWN = 'layers.edge.aggregate.rule=stuck.js';
const OFTEN = 'checkpoints.everyRounds=2';
/** Far more than any call takes that returns, on a machine however busy. */
const LIMIT = 'rules.timeLimitS=12';
const LIVE = ['world=live', 'live.speed=50', 'live.workerProcesses=1'];

const statusIn = (runDir: string): string =>
  (JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8')) as { status: string }).status;

async function isThere(file: string): Promise<void> {
  while (!existsSync(file)) await sleep(50);
}

/** The same run where nothing hangs: its journal's hash. */
async function hashWithout(folder: string, config: string): Promise<string> {
  rmSync(join(folder, 'hang'));
  const args = ['run', config, OWN, OFTEN, '--out', join(folder, 'whole'), '--json'];
  const { stdout } = await edgemlsimIn(folder, ...args);
  return (JSON.parse(stdout) as RunSummary).journalHash;
}

test('a rule that does not return fails the run by name, and its checkpoint goes on', async () => {
  const { folder, config, runDir, run } = stuck(spinsAfter(11_000));
  // The limit is part of the config, and no simulated event knows of it.
  const { code, stderr } = await run(OWN, OFTEN, LIMIT).outcome;
  expect(code).toBe(1);
  expect(stderr).toContain(
    `aggregator "stuck" (${join(folder, 'stuck.js')}) has not returned after 12 s (rules.timeLimitS)`,
  );
  expect(statusIn(runDir)).toBe('failed');
  expect(readdirSync(join(runDir, 'checkpoints'))).not.toHaveLength(0);
  const hash = await hashWithout(folder, config);
  const resumed = await edgemlsimIn(folder, 'resume', runDir, '--json');
  expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'done', journalHash: hash });
});

test('a rule file that is changed after that is refused by resume, which says so', async () => {
  const { folder, runDir, run } = stuck(WAITS);
  await run(OWN, OFTEN, LIMIT).outcome;
  const changed = hangs(folder, aggregator, 'defineAggregator', WAITS).trim();
  writeFileSync(join(folder, 'stuck.js'), changed);
  const { code, stderr } = await edgemlsimIn(folder, 'resume', runDir);
  expect(code).toBe(3);
  expect(stderr).toMatch(/changed since the run was started: .*stuck\.js/);
});

test('Ctrl-C stops a run whose rule does not return at its last checkpoint', async () => {
  const { folder, config, runDir, run } = stuck(spinsAfter(9_000));
  const running = run(OWN, OFTEN);
  await isThere(join(folder, 'hanging'));
  running.kill('SIGINT');
  const { code, stderr } = await running.outcome;
  expect([code, statusIn(runDir)]).toEqual([130, 'stopped']);
  expect(stderr).toContain('code of your own has not returned: stopped at the last checkpoint');
  const hash = await hashWithout(folder, config);
  const resumed = await edgemlsimIn(folder, 'resume', runDir, '--json');
  expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'done', journalHash: hash });
});

test('a second Ctrl-C quits at once, and status.json says interrupted', async () => {
  const { folder, runDir, run } = stuck(WAITS);
  const running = run(OWN, OFTEN);
  await isThere(join(folder, 'hanging'));
  let said = '';
  running.stderr!.on('data', (data) => {
    said += data;
  });
  running.kill('SIGINT');
  while (!said.includes('stopping')) await sleep(50);
  running.kill('SIGINT');
  expect((await running.outcome).code).toBe(130);
  expect(statusIn(runDir)).toBe('interrupted');
  rmSync(join(folder, 'hang'));
  const resumed = await edgemlsimIn(folder, 'resume', runDir, '--json');
  expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'done' });
});

test('in a live run, too, a rule that does not return fails the run by name', async () => {
  const { runDir, run } = stuck(WAITS);
  const { code, stderr } = await run(OWN, LIMIT, ...LIVE).outcome;
  expect(stderr).toMatch(/aggregator "stuck" \(\S+stuck\.js\) has not returned after 12 s/);
  expect([code, statusIn(runDir)]).toEqual([1, 'failed']);
});

test('Ctrl-C stops a live run whose rule does not return at its last checkpoint', async () => {
  const { folder, runDir, run } = stuck(spinsAfter(9_000));
  const running = run(OWN, OFTEN, ...LIVE);
  await isThere(join(folder, 'hanging'));
  running.kill('SIGINT');
  const { code } = await running.outcome;
  expect([code, statusIn(runDir)]).toEqual([130, 'stopped']);
  expect(readdirSync(join(runDir, 'checkpoints'))).not.toHaveLength(0);
});

test('an attack on samples that does not return fails a run with agents by name', async () => {
  const { run } = stuck(WAITS, dataAttack, 'defineDataAttack');
  const attack = 'layers.worker.attack={ rule: stuck.js, byzantine: { fraction: 1 } }';
  const { code, stderr } = await run(attack, LIMIT, 'pool.agents=1').outcome;
  expect(code).toBe(1);
  expect(stderr).toMatch(/attack "stuck" \(\S+stuck\.js\) has not returned after 12 s/);
});

test('an attack on delivery that does not return fails the run by name', async () => {
  const { run } = stuck(WAITS, deliveryAttack, 'defineDeliveryAttack');
  const attack = 'layers.worker.attack={ rule: stuck.js, byzantine: { fraction: 1 } }';
  const { code, stderr } = await run(attack, LIMIT).outcome;
  expect(code).toBe(1);
  expect(stderr).toMatch(/attack "stuck" \(\S+stuck\.js\) has not returned after 12 s/);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunSummary } from '#src/run/run-summary.js';
import { edgemlsim, edgemlsimIn, folderWithConfig } from './program.ts';

const nanRule = `import { defineAggregator } from 'edgemlsim/rules';
import { copyOf } from 'edgemlsim/rules/toolbox';
export default defineAggregator({
  name: 'nan',
  summary: 'NaN whatever comes',
  minimumInputs: () => 1,
  aggregate: ([first]) => ({ vector: copyOf(first).fill(NaN) }),
});
`;

const zeroRule = nanRule
  .replace("'nan'", "'zero'")
  .replace('NaN whatever', 'zeros whatever')
  .replace('fill(NaN)', 'fill(0)');

function folderWithRule(): { folder: string; config: string } {
  const made = folderWithConfig();
  writeFileSync(join(made.folder, 'nan.js'), nanRule);
  writeFileSync(join(made.folder, 'zero.js'), zeroRule);
  return made;
}

const NAN_AT_THE_EDGES = 'layers.edge.aggregate.rule=nan.js';

test('a run whose rule returns NaN ends as untrained, with 1, and names rule and layer', async () => {
  const { folder, config } = folderWithRule();
  const { code, stdout, stderr } = await edgemlsimIn(folder, 'run', config, NAN_AT_THE_EDGES);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^status +untrained: 50 of 50 results of layer edge were not finite, though every vector was$/m,
  );
  expect(stdout).toMatch(/^rounds +\d+ \(0 updates\)$/m);
  expect(stdout).toMatch(/^not finite +50 of 50 results of \S+nan\.js in layer edge, though/m);
  expect(stderr).toMatch(/^the run has learnt nothing: 50 of 50 results of layer edge/);
  const status = JSON.parse(readFileSync(join(folder, 'runs/small-seed1/status.json'), 'utf8'));
  expect(status.status).toBe('untrained');
  expect(status.summary.whyUntrained).toMatch(/^50 of 50 results of layer edge/);
  const compared = await edgemlsim('compare', join(folder, 'runs/small-seed1'));
  expect(compared.stdout).toMatch(/ untrained( |$)/m);
});

const LIVE = ['world=live', 'live.speed=50', 'live.workerProcesses=1', 'training.maximumRounds=3'];

test.each([
  ['virtual', ['training.maximumRounds=3']],
  ['live', LIVE],
])('a %s run whose rule returns zeros has not changed its model, and says so', async (_, world) => {
  const { folder, config } = folderWithRule();
  const zeros = 'layers.edge.aggregate.rule=zero.js';
  const args = ['run', config, zeros, ...world, '--json'];
  const { code, stdout, stderr } = await edgemlsimIn(folder, ...args);
  const summary = JSON.parse(stdout) as RunSummary;
  expect([code, summary.status, summary.updates]).toEqual([1, 'untrained', 0]);
  expect(stderr).toContain(
    'the run has learnt nothing: each of 3 updates left the parameters the same, bit for bit: every result of layer edge was zero',
  );
});

test('a live run whose rule returns NaN ends so too', async () => {
  const { folder, config } = folderWithRule();
  const args = ['run', config, NAN_AT_THE_EDGES, ...LIVE, '--json'];
  const { code, stdout, stderr } = await edgemlsimIn(folder, ...args);
  const summary = JSON.parse(stdout) as RunSummary;
  expect([code, summary.status, summary.updates]).toEqual([1, 'untrained', 0]);
  const [{ layer, rule, aggregations, of } = { layer: '', rule: '', aggregations: 0, of: 1 }] =
    summary.nonFiniteResults;
  expect([layer, rule.endsWith('nan.js'), aggregations]).toEqual(['edge', true, of]);
  expect(stderr).toContain('the run has learnt nothing: ');
});

test('a study marks a run that learnt nothing, ends with 4 and does not run it again', async () => {
  const { folder } = folderWithRule();
  const file = join(folder, 'a.study.yaml');
  const arms = `{ good: {}, bad: { set: { layers.edge.aggregate.rule: nan.js } } }`;
  writeFileSync(file, `name: mine\nbase: small.yaml\nseeds: [3]\narms: ${arms}\n`);
  const out = join(folder, 'out');
  const first = await edgemlsim('study', file, '--out', out, '--jobs', '1');
  expect(first.code).toBe(4);
  expect(first.stderr).toContain(
    `1 of 2 runs learnt nothing (status untrained):\n  ${join(out, 'bad/seed-3')}`,
  );
  expect(first.stdout).toMatch(/^bad +1 +0 +1 +- /m);
  const journal = join(out, 'bad/seed-3/journal.jsonl');
  const before = readFileSync(journal, 'utf8');
  const again = await edgemlsim('study', file, '--out', out, '--jobs', '1');
  expect([again.code, again.stdout]).toEqual([4, first.stdout]);
  expect(readFileSync(journal, 'utf8')).toBe(before);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tenSeconds } from '../report/hand-made-journal.ts';
import { edgemlsim } from './program.ts';

test('a map is not drawn of other files than those that the run began with', async () => {
  const runDir = await tenSeconds().save();
  const trace = join(runDir, 'trace.csv');
  writeFileSync(trace, 'changed');
  const inputs = { trace: 'another hash', files: {} };
  writeFileSync(
    join(runDir, 'provenance.json'),
    JSON.stringify({ inputs, trace: { files: [trace] } }),
  );
  const { code } = await edgemlsim('report', runDir, '--format', 'html');
  expect(code).toBe(0);
  const page = readFileSync(join(runDir, 'report.html'), 'utf8');
  expect(page).toContain('trace or network are not the files that the run began with.');
});

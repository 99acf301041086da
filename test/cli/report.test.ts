import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readRunRecord } from '#src/report/run/run-record.js';
import { tenSeconds } from '../report/hand-made-journal.ts';
import { edgemlsim, folderWithConfig, start } from './program.ts';

const files = (runDir: string) =>
  ['metrics.csv', 'plot.svg', 'timeline.svg'].filter((name) => existsSync(join(runDir, name)));

test('report makes table, CSV and plot from the journal, and a timeline when asked', async () => {
  const runDir = await tenSeconds().save();
  const plain = await edgemlsim('report', runDir);
  expect([plain.code, plain.stderr]).toEqual([0, '']);
  expect(plain.stdout).toMatch(/^a +edge +1\.20 +2 /m);
  expect(files(runDir)).toEqual(['metrics.csv', 'plot.svg']);
  expect((await edgemlsim('report', runDir, '--timeline', '0:00:04..8')).code).toBe(0);
  expect(files(runDir)).toHaveLength(3);
  expect(readFileSync(join(runDir, 'timeline.svg'), 'utf8')).toContain('from 4 s to 8 s');
});

test('of a run that is over, a journal without an end is told from a whole one', async () => {
  const runDir = await tenSeconds().save();
  const file = join(runDir, 'journal.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, lines.filter((line) => !line.includes('"run-ended"')).join('\n'));
  writeFileSync(join(runDir, 'status.json'), '{ "status": "done" }');
  for (const command of ['report', 'compare']) {
    const { code, stderr } = await edgemlsim(command, runDir);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'journal.jsonl: the journal was cut off after the run had come to its',
    );
  }
  writeFileSync(join(runDir, 'status.json'), '{ "status": "running" }');
  expect((await edgemlsim('report', runDir)).stderr).toBe('');
});

test.each([
  ['config.resolved.yaml', 'a folder'],
  ['provenance.json', 'a folder'],
  ['config.resolved.yaml', 'learningRate: 9'],
  ['config.resolved.yaml', 'nothing'],
  ['provenance.json', 'nothing'],
])('a run whose %s is %s is shown, with a warning', async (name, content) => {
  const runDir = await tenSeconds().save();
  const hash = createHash('sha256').update('learningRate: 1').digest('hex');
  writeFileSync(join(runDir, 'config.resolved.yaml'), 'learningRate: 1');
  writeFileSync(join(runDir, 'provenance.json'), JSON.stringify({ inputs: { config: hash } }));
  for (const command of ['report', 'compare']) {
    expect(await edgemlsim(command, runDir)).toMatchObject({ code: 0, stderr: '' });
  }
  const file = join(runDir, name);
  rmSync(file);
  if (content === 'a folder') mkdirSync(file);
  else writeFileSync(file, content);
  for (const command of ['report', 'compare']) {
    const { code, stderr } = await edgemlsim(command, runDir);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`warning: ${file}: damaged: `)]);
  }
});

test('a window that is none, and a folder without a journal, are named', async () => {
  const runDir = await tenSeconds().save();
  for (const window of ['8', 'all', '8..4', '1..2..3', 'round:1..round:2']) {
    const { code, stderr } = await edgemlsim('report', runDir, '--timeline', window);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Expected FROM..TO')]);
  }
  const late = await edgemlsim('report', runDir, '--timeline', '11..12');
  expect([late.code, late.stderr]).toEqual([
    3,
    expect.stringContaining('the timeline begins at 11 s, but the run ends at 10 s'),
  ]);
  const missing = await edgemlsim('report', join(runDir, 'missing'));
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('journal.jsonl')]);
});

test('a file in the place of a run is named, by report and by compare', async () => {
  const { folder, config } = folderWithConfig();
  for (const args of [
    ['report', config],
    ['compare', config, folder],
  ]) {
    const { code, stderr } = await edgemlsim(...args);
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining(`${config} is no folder\n  expected the folder of a run`),
    ]);
  }
});

test('compare puts runs side by side, and says when they are the same', async () => {
  const [one, same] = [await tenSeconds().save(), await tenSeconds().save()];
  const plain = await edgemlsim('compare', one, same);
  expect([plain.code, plain.stderr]).toEqual([0, '']);
  const [unknown, table] = plain.stdout.split('\n\n');
  expect(unknown).toMatch(
    /: no config.resolved.yaml or provenance.json, so differences are unknown$/,
  );
  const [header, , ...rows] = table!.trimEnd().split('\n');
  expect(header).toMatch(/^run +seed +ended +accuracy +best /);
  expect(rows).toHaveLength(2);
  expect(rows[0]!.startsWith(one)).toBe(true);
  const json = await edgemlsim('compare', one, same, '--json');
  const { runs: facts } = JSON.parse(json.stdout) as {
    runs: { gradients: object; journalHash: string }[];
  };
  expect(facts[0]!.journalHash).toBe(facts[1]!.journalHash);
  expect(rows[1]).toContain(facts[1]!.journalHash.slice(0, 12));
  const { gradients } = await readRunRecord(join(one, 'journal.jsonl'));
  expect(gradients).toMatchObject(facts[0]!.gradients);
  const missing = await edgemlsim('compare', one, join(one, 'missing'));
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('journal.jsonl')]);
});

describe('a journal that is damaged', () => {
  const whole = tenSeconds().text();
  const aggregated =
    whole.split('\n').findIndex((line) => line.includes('"type":"aggregated"')) + 1;

  it.each([
    ['empty', '', 'journal.jsonl: the journal is empty'],
    [
      'without an event of the simulation',
      `${whole.split('\n')[0]}\n`,
      'journal.jsonl: the journal holds no event of the simulation',
    ],
    [
      'in which a field is missing',
      whole.replace(',"staleness":{"mean"', ',"stale":{"mean"'),
      `journal.jsonl:${aggregated}: aggregated: staleness: `,
    ],
    [
      'in which a field is of another kind',
      whole.replace('"servers":[{', '"servers":[null,{'),
      'journal.jsonl:2: run-started: servers.0: ',
    ],
    [
      'with an event that there is not',
      whole.replace('"type":"aggregated"', '"type":"toString"'),
      `journal.jsonl:${aggregated}: no event of a journal: type "toString"`,
    ],
    [
      'of zeros',
      `${whole.slice(0, 100) + '\0'.repeat(whole.length - 101)}\n`,
      /journal\.jsonl:\d: not a JSON value/,
    ],
  ])(
    '%s is reported with its place by report and compare, and nothing is written',
    async (_, text, message) => {
      const runDir = await tenSeconds().save();
      writeFileSync(join(runDir, 'journal.jsonl'), text);
      for (const command of ['report', 'compare']) {
        const { code, stdout, stderr } = await edgemlsim(command, runDir);
        expect(stderr).toMatch(message);
        expect([code, stdout]).toEqual([3, '']);
      }
      expect(files(runDir)).toEqual([]);
    },
  );
});

test('a run in a folder that cannot be written is shown all the same', async () => {
  const runDir = await tenSeconds().save();
  // In the way of the file, for who may write everywhere.
  mkdirSync(join(runDir, 'plot.svg'));
  const { code, stdout, stderr } = await edgemlsim('report', runDir);
  expect(stdout).toMatch(/^a +edge +1\.20 +2 /m);
  expect(stderr).toContain(`${join(runDir, 'plot.svg')} cannot be written: it is a folder`);
  expect(stderr).toContain('copy journal.jsonl into a folder that can be written');
  expect([code, stderr.split('\n')]).toEqual([1, expect.toSatisfy(({ length }) => length === 3)]);
});

test('a report that the disk does not take leaves the one before', async () => {
  const runDir = await tenSeconds().save();
  expect((await edgemlsim('report', runDir)).code).toBe(0);
  const page = join(runDir, 'report.html');
  const before = readFileSync(page, 'utf8');
  const { code, stderr } = await start(['report', runDir], undefined, { fileLimitKiB: 4 }).outcome;
  expect(stderr).toContain(`${page} cannot be written: `);
  expect(code).toBe(1);
  expect(readFileSync(page, 'utf8')).toBe(before);
  expect(readdirSync(runDir).filter((name) => name.endsWith('.partial'))).toEqual([]);
});

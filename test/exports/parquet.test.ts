import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportedRuns } from '#src/exports/exported-runs.js';
import { evaluationColumns, runColumns } from '#src/exports/parquet/tables.js';
import { writeParquet } from '#src/exports/parquet/write-parquet.js';
import type { JournalLine } from '#src/journal/events.js';
import { isSimulated, readJournal } from '#src/journal/reader.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { snippetOf, testWithPython } from './ask-python.ts';
import { smallStudy } from './small-study.ts';

const reading = testWithPython('pyarrow', 'duckdb');

const SUMS = `
import json, duckdb, pyarrow.parquet as pq
sums = duckdb.sql("""
    select run, type, count(*)::int, sum(n)::int, sum(version)::int, sum(sim_time_s), sum(accuracy)
    from 'tables/events.parquet' group by all order by all""").fetchall()
tables = {name: pq.read_table(f"tables/{name}.parquet") for name in ["runs", "evaluations", "aggregations"]}
described = json.loads(pq.read_schema("tables/evaluations.parquet").metadata[b"edgemlsim.columns"])
print(json.dumps({
    "sums": sums,
    "groups": pq.ParquetFile("tables/events.parquet").num_row_groups,
    "runs": tables["runs"].select(["run", "arm", "rule", "seed", "accuracy", "updates", "ended"]).to_pylist(),
    "evaluations": tables["evaluations"].select(["run", "server", "accuracy", "sim_time_s", "handovers"]).to_pylist(),
    "closings": tables["aggregations"].group_by(["run", "server"]).aggregate([("vectors", "sum")])
        .sort_by([("run", "ascending"), ("server", "ascending")]).to_pylist(),
    "types": {field.name: str(field.type) for field in tables["evaluations"].schema},
    "described": described,
}))
`;

reading.test('pyarrow and DuckDB find the sums and counts of the journals', async () => {
  const study = await smallStudy('parquet');
  await writeParquet(exportedRuns(study), join(study, 'tables'));
  const found = JSON.parse(reading.ask(SUMS, study));
  expect(found.sums).toEqual([
    ...(await sumsOf(study, 'mean/seed-7')),
    ...(await sumsOf(study, 'median/seed-7')),
  ]);
  expect(found.groups).toBe(3);
  // As in tenSeconds().
  const run = { seed: 7, accuracy: 0.5, updates: 1, ended: 'time' };
  expect(found.runs).toEqual(
    ['mean', 'median'].map((arm) => ({ run: `${arm}/seed-7`, arm, rule: arm, ...run })),
  );
  const cloud = { run: 'mean/seed-7', server: 'cloud' };
  expect(found.evaluations.slice(0, 3)).toEqual([
    { ...cloud, accuracy: 0.1, sim_time_s: 0, handovers: 0 },
    { ...cloud, accuracy: 0.6, sim_time_s: 5, handovers: 1 },
    { ...cloud, accuracy: 0.5, sim_time_s: 10, handovers: 1 },
  ]);
  expect(found.closings.slice(0, 3)).toEqual([
    { run: 'mean/seed-7', server: 'a', vectors_sum: 3 },
    { run: 'mean/seed-7', server: 'b', vectors_sum: 1 },
    { run: 'mean/seed-7', server: 'cloud', vectors_sum: 2 },
  ]);
  const types = { integer: 'int64', number: 'double', text: 'string', boolean: 'bool' };
  for (const { name, type, unit, meaning } of evaluationColumns) {
    expect(found.types[name]).toBe(types[type]);
    expect(found.described).toContainEqual({ name, type, unit, meaning });
  }
});

reading.test('the snippet of the documentation', async () => {
  const study = await smallStudy('parquet');
  await writeParquet(exportedRuns(study), join(study, 'tables'));
  const shown = reading.ask(snippetOf('Parquet'), study);
  expect(shown).toMatch(/^2 runs\n/);
  expect(shown).toMatch(/median +│ enter-region +│ +45000 /);
});

test('a factor with the name of another column has a column of its own', () => {
  const names = runColumns(['rule', 'workers', 'seed', 'folder'], [0.9]).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of ['rule', 'factor_workers', 'factor_seed', 'factor_folder', 'workers']) {
    expect(names).toContain(name);
  }
});

test('a broken journal leaves no file, and another folder is refused', async () => {
  const study = await smallStudy('parquet-broken');
  writeFileSync(join(study, 'median/seed-7/journal.jsonl'), 'no journal\n');
  await expect(writeParquet(exportedRuns(study), join(study, 'tables'))).rejects.toThrow(
    /median\/seed-7\/journal\.jsonl:1: not a JSON value/,
  );
  expect(readdirSync(join(study, 'tables'))).toEqual([]);
  const empty = temporaryFolder('parquet-empty');
  expect(() => exportedRuns(empty)).toThrow(/neither a run folder nor that of a study/);
  expect(() => exportedRuns(join(empty, 'none'))).toThrow(/no such folder/);
  mkdirSync(join(empty, 'damaged'));
  writeFileSync(join(empty, 'damaged/study.json'), '{"name": "x"}');
  expect(() => exportedRuns(join(empty, 'damaged'))).toThrow(/study\.json: damaged: window/);
  expect(existsSync(join(empty, 'tables'))).toBe(false);
});

/** By type: events, sums of their numbers, versions, times and accuracies. */
async function sumsOf(study: string, run: string): Promise<unknown[][]> {
  const byType = new Map<string, JournalLine[]>();
  await readJournal(join(study, run, 'journal.jsonl'), (line) => {
    const lines = byType.get(line.type);
    if (lines === undefined) byType.set(line.type, [line]);
    else lines.push(line);
  });
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, lines]) => {
      const sum = (key: string, scale = 1) => {
        const values = lines.flatMap(
          (line) => (line as unknown as Record<string, number>)[key] ?? [],
        );
        return values.length === 0 ? null : values.reduce((all, value) => all + value / scale, 0);
      };
      const time = isSimulated(lines[0]!) ? expect.closeTo(sum('timeUs', 1e6)!, 6) : null;
      const accuracy = sum('accuracy');
      return [run, type, lines.length, sum('n'), sum('version'), time].concat(
        accuracy === null ? null : expect.closeTo(accuracy, 12),
      );
    });
}

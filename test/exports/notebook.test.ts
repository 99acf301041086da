import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exportedRuns } from '#src/exports/exported-runs.js';
import { writeNotebook } from '#src/exports/notebook/write-notebook.js';
import { evaluated, HandMadeJournal } from '../report/hand-made-journal.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { testWithPython } from './ask-python.ts';

const jupyter = testWithPython('pandas', 'pyarrow', 'matplotlib', 'scipy', 'nbclient', 'ipykernel');

/** Executes the notebook in its folder, with a last cell that prints what the others computed. */
const EXECUTE = `
import json, nbformat, os
# As Jupyter starts a kernel: figures are outputs of cells.
del os.environ["MPLBACKEND"]
from nbclient import NotebookClient
notebook = nbformat.read("study.ipynb", as_version=4)
nbformat.validate(notebook)
notebook.cells.append(nbformat.v4.new_code_cell("""
import json
print(json.dumps({
    "curves": {arm: points.values.tolist() for arm, points in curves.items()},
    "finals": {arm: row.tolist() for arm, row in finals.iterrows()},
}))
"""))
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
pictures = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs
            if "image/png" in out.get("data", {})]
print(json.dumps({"pictures": len(pictures), **json.loads(notebook.cells[-1].outputs[0].text)}))
`;

jupyter.test(
  'the notebook draws means over seeds of means over variants, with their bands',
  async () => {
    const study = temporaryFolder('notebook');
    const runs = [
      ...[1, 2].flatMap((seed) => [
        { arm: 'mean', variant: 'calm', seed, accuracies: [0.1, seed === 1 ? 0.3 : 0.5] },
        { arm: 'mean', variant: 'attacked', seed, accuracies: [0.1, seed === 1 ? 0.5 : 0.7] },
      ]),
      // This seed lacks a variant.
      { arm: 'mean', variant: 'calm', seed: 3, accuracies: [0.1, 0.9] },
      { arm: 'median', variant: null, seed: 1, accuracies: [0.2, 0.8] },
    ];
    const listed = [];
    for (const { arm, variant, seed, accuracies } of runs) {
      const folder = `${arm}/${variant ?? 'plain'}-${seed}`;
      mkdirSync(join(study, folder), { recursive: true });
      await twoEvaluations(seed, accuracies).save(join(study, folder));
      listed.push({ arm, levels: { rule: arm }, variant, seed, folder, reached: [] });
    }
    const described = { name: 'by hand', window: 1, runs: listed };
    writeFileSync(join(study, 'study.json'), JSON.stringify(described));

    const out = join(study, 'out');
    const paths = await writeNotebook(exportedRuns(study), out);
    expect(readdirSync(out).sort()).toEqual(['evaluations.parquet', 'runs.parquet', 'study.ipynb']);
    expect(paths.at(-1)).toBe(join(out, 'study.ipynb'));
    expect(readFileSync(paths.at(-1)!, 'utf8')).toContain('# by hand');
    const found = JSON.parse(jupyter.ask(EXECUTE, out).replaceAll('NaN', 'null'));
    expect(found.pictures).toBe(2);
    // Seeds have 0.4 and 0.6: their standard error is 0.1, and t(0.975) of one degree is 12.706205.
    const close = (value: number, digits: number) => expect.closeTo(value, digits);
    const band = [close(0.5, 9), close(0.5 - 1.2706205, 6), close(0.5 + 1.2706205, 6)];
    const same = close(0.1, 9);
    expect(found.curves).toEqual({
      mean: [
        [0, same, same, same],
        [10, ...band],
      ],
      median: [
        [0, 0.2, null, null],
        [10, 0.8, null, null],
      ],
    });
    expect(found.finals).toEqual({ mean: [2, ...band], median: [1, 0.8, null, null] });
  },
  180_000,
);

function twoEvaluations(seed: number, [before, after]: number[]): HandMadeJournal {
  const journal = new HandMadeJournal().start(['a', 'b'], 'by-hand', seed);
  const update = { server: 'cloud', round: 1, version: 1, gradients: 3, learningRate: 0.001 };
  const counts = { rounds: 1, gradients: 3, computed: 3, updates: 1 };
  journal.at(0, evaluated(0, 0, before!, 2));
  journal.at(10, { type: 'updated', ...update });
  journal.at(10, evaluated(1, 3, after!, 1));
  journal.at(10, { type: 'run-ended', reason: 'time', ...counts });
  return journal;
}

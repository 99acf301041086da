import { join } from 'node:path';
import { writeAtomically } from '../../write-atomically.ts';
import type { ExportedRuns } from '../exported-runs.ts';
import { writeParquet } from '../parquet/write-parquet.ts';
import { type NotebookCell, notebookCells } from './notebook-cells.ts';

/** Writes study.ipynb and the Parquet tables that it reads into `out`. Returns the paths. */
export async function writeNotebook(exported: ExportedRuns, out: string): Promise<string[]> {
  const tables = await writeParquet(exported, out, ['runs', 'evaluations']);
  const path = join(out, 'study.ipynb');
  const notebook = {
    cells: notebookCells(exported.name).map(cellJson),
    metadata: {
      kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeAtomically(path, `${JSON.stringify(notebook, null, 1)}\n`);
  return [...tables, path];
}

/** A cell as Jupyter's format 4.5 has it: the lines of its source keep their ends. */
function cellJson({ kind, source }: NotebookCell, index: number): object {
  return {
    cell_type: kind,
    id: `cell-${index + 1}`,
    metadata: {},
    source: source.split(/(?<=\n)/),
    ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
  };
}

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ParquetFile } from '#src/exports/parquet/parquet-file.js';
import { temporaryFolder } from '../temporary-folder.ts';

test('a disk without room is said of the file', () => {
  const path = join(temporaryFolder('full'), 'runs.parquet');
  symlinkSync('/dev/full', `${path}.partial`);
  const write = () => {
    const file = new ParquetFile<number>(path, [
      { name: 'n', type: 'integer', unit: null, meaning: 'a number', value: (line) => line },
    ]);
    file.add(1);
    file.finish();
  };
  expect(write).toThrow(expect.objectContaining({ code: 'ENOSPC', path }));
});

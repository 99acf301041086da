import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadMnist } from '#src/learning/datasets/mnist.js';
import { readRunRecord } from '#src/report/run/run-record.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { snippetOf, testWithPython } from './ask-python.ts';

const reading = testWithPython('safetensors', 'torch', 'keras');

reading.test(
  'PyTorch and Keras have the accuracy of the run with its model',
  async () => {
    const folder = temporaryFolder('model');
    const run = join(folder, 'run');
    const args = ['dist/src/cli/main.js', 'run', 'configs/quick.yaml', '--out', run];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { inputs, targets } = (await loadMnist()).splits.test;
    writeFileSync(join(folder, 'inputs.bin'), inputs as Uint8Array);
    writeFileSync(join(folder, 'targets.bin'), targets as Uint8Array);
    const script = `
import json
import numpy as np
inputs = np.fromfile("inputs.bin", np.uint8).reshape(-1, 784).astype(np.float32) / 255
targets = np.fromfile("targets.bin", np.uint8)
${snippetOf('Models: safetensors')}
print(json.dumps([float((found == targets).mean()) for found in [of_torch, of_keras]]))`;
    const { accuracy } = await readRunRecord(join(run, 'journal.jsonl'));
    for (const found of JSON.parse(reading.ask(script, folder))) {
      expect(Math.abs(found - accuracy.final!)).toBeLessThan(1e-4);
    }
  },
  120_000,
);

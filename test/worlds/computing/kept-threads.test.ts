import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { strayErrorOf } from '#src/rules/running/stray-error.js';
import { runInMemory } from '#src/run/run-in-memory.js';
import { temporaryFolder } from '../../temporary-folder.ts';
import { tinyConfig } from '../tiny-config.ts';

/** Threads that this process starts from now on. */
function startedThreads(): () => number {
  let count = 0;
  const onWorker = () => {
    count += 1;
  };
  process.on('worker', onWorker);
  onTestFinished(() => {
    process.off('worker', onWorker);
  });
  return () => count;
}

async function journalOf(config: ReturnType<typeof tinyConfig>): Promise<unknown[]> {
  const { events } = await runInMemory(config);
  return events.filter((event) => 'n' in event);
}

it('a run computes in the thread of the run before, with other settings, to the same journal', async () => {
  const one = tinyConfig();
  const other = tinyConfig({
    seed: 9,
    layers: { edge: { aggregate: { rule: 'marginal-median', f: 1 } } },
  });
  await journalOf(one);
  const started = startedThreads();
  const [first, second, again] = [
    await journalOf(one),
    await journalOf(other),
    await journalOf(one),
  ];
  expect(started()).toBe(0);
  expect(again).toEqual(first);
  expect(second).not.toEqual(first);
});

it('a thread that is kept does not keep the process', () => {
  const script = join(temporaryFolder('kept'), 'ends.mjs');
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs';
import { runInMemory } from ${JSON.stringify(import.meta.resolve('#src/run/run-in-memory.js'))};
await runInMemory(JSON.parse(readFileSync(0, 'utf8')));
console.log(process.getActiveResourcesInfo().includes('MessagePort'));
process.exit();
`,
  );
  const input = JSON.stringify(tinyConfig());
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', input });
  expect([stdout, stderr]).toEqual(['false\n', '']);
});

it('two runs at once have threads of their own', async () => {
  const expected = await journalOf(tinyConfig());
  const [first, second] = await Promise.all([journalOf(tinyConfig()), journalOf(tinyConfig())]);
  expect(first).toEqual(expected);
  expect(second).toEqual(expected);
});

it('code of the user’s is loaded for each run, and remembers none before', async () => {
  const file = join(temporaryFolder('kept'), 'counting.mjs');
  writeFileSync(
    file,
    `import { defineAggregator } from 'edgemlsim/rules';
let calls = 0;
export default defineAggregator({
  name: 'counting', summary: 'the first, over how often it was called', minimumInputs: () => 1,
  aggregate(vectors) {
    calls += 1;
    return { vector: vectors[0].map((value) => value / calls) };
  },
});
`,
  );
  const config = tinyConfig({ layers: { edge: { aggregate: { rule: file } } } });
  const started = startedThreads();
  const first = await journalOf(config);
  expect(await journalOf(config)).toEqual(first);
  expect(started()).toBe(2);
});

const stray = (name: string, code: string) => `import { defineAggregator } from 'edgemlsim/rules';
export default defineAggregator({
  name: '${name}', summary: 'not only what it returns', minimumInputs: () => 1,
  aggregate(vectors) {
    ${code};
    return { vector: vectors[0] };
  },
});
`;

it.each([
  ['a timer that throws', "setTimeout(() => { throw new Error('late'); }, 1)", /: late\n/],
  ['a rejected promise', "void Promise.reject(new Error('broken'))", /: broken\n/],
  ['one rejected with a number', 'void Promise.reject(5)', /"5"/],
])('%s in a rule is told with its file, as no fault of ours', async (_, code, told) => {
  const file = join(temporaryFolder('stray'), 'stray.mjs');
  writeFileSync(file, stray('stray', code));
  const config = tinyConfig({ layers: { edge: { aggregate: { rule: file } } } });
  const error = await runInMemory(config).then(
    () => null,
    (thrown: unknown) => strayErrorOf(thrown),
  );
  expect(error?.message).toContain(`${file} threw outside of a call of it`);
  expect(error?.message).toMatch(told);
  expect(strayErrorOf(new TypeError('of ours'))).toBeNull();
});

it('a rule that ends its thread is named', async () => {
  const file = join(temporaryFolder('stray'), 'ends.mjs');
  writeFileSync(file, stray('ends', 'process.exit(0)'));
  const config = tinyConfig({ layers: { edge: { aggregate: { rule: file } } } });
  await expect(runInMemory(config)).rejects.toThrow(
    `a compute thread ended early (code 0)\n  ${file} may have ended it`,
  );
});

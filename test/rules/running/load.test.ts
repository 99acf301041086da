import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { InputError } from '#src/errors.js';
import { calling } from '#src/rules/running/calling.js';
import {
  builtInReference,
  fileReference,
  isRuleFile,
  loadAggregator,
  loadAttack,
  loadPreAggregator,
  OptionsRefused,
} from '#src/rules/running/load.js';
import { stream, vector } from '../../conformance/vectors.ts';

// Far from the project and from any node_modules.
const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const MIDDLE_JS = `
import { defineAggregator, z } from 'edgemlsim/rules';
import { medianOf } from 'edgemlsim/rules/toolbox';
export default defineAggregator({
  name: 'middle',
  summary: 'the median, stretched',
  minimumInputs: (f) => 2 * f + 1,
  options: z.object({ factor: z.number().default(1), tensor: z.string().optional() }),
  aggregate: (vectors, context, { factor }) => ({ vector: medianOf(vectors).map((x) => x * factor) }),
});
`;

const LOUD_TS = `
import { type Attack, defineAttack } from 'edgemlsim/rules';
import { scaled } from 'edgemlsim/rules/toolbox';
import { loudness } from './loudness.ts';
const loud: Attack = defineAttack({
  kind: 'vector',
  name: 'loud',
  summary: 'its own vector, louder',
  knowledge: 'own',
  forge: (own: readonly Float32Array[]) => ({ vectors: own.map((one) => scaled(one, loudness)) }),
});
export default loud;
`;

const LOUDNESS_TS = 'export const loudness: number = 3 as number;';

describe('a rule of a user', () => {
  test('in JavaScript works from any folder', async () => {
    const path = write('middle.js', MIDDLE_JS);
    const { rule, options } = await loadAggregator(await fileReference(path, { factor: 2 }));
    expect(options).toEqual({ factor: 2 });
    const context = { f: 1, random: stream('x'), state: null };
    const { vector: result } = rule.aggregate([vector(1), vector(5), vector(9)], context, options);
    expect(result).toEqual(vector(10));
  });

  test('in TypeScript may import its neighbours', async () => {
    write('loudness.ts', LOUDNESS_TS);
    const { rule, options } = await loadAttack(await fileReference(write('loud.ts', LOUD_TS)));
    const context = { honest: [], random: stream('x'), state: null };
    expect(rule.forge([vector(1, 2)], context, options).vectors).toEqual([vector(3, 6)]);
  });

  test('is loaded from its reference in a worker thread', async () => {
    write('loudness.ts', LOUDNESS_TS);
    const references = [
      await fileReference(write('middle.js', MIDDLE_JS)),
      await fileReference(write('loud.ts', LOUD_TS)),
      builtInReference('aggregators', 'marginal-median'),
    ];
    const load = new URL('../../../dist/src/rules/running/load.js', import.meta.url).href;
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       import(${JSON.stringify(load)}).then(async ({ loadAggregator, loadAttack }) => {
         const [middle, loud, median] = workerData;
         const own = [Float32Array.of(1)];
         const run = ({ rule, options }) => rule.aggregate(own, {}, options).vector[0];
         const { rule, options } = await loadAttack(loud);
         parentPort.postMessage([
           run(await loadAggregator(middle)),
           rule.forge(own, {}, options).vectors[0][0],
           run(await loadAggregator(median)),
         ]);
       });`,
      { eval: true, workerData: references },
    );
    const answer = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(answer).toEqual([1, 3, 1]);
    await worker.terminate();
  });

  test('is transpiled once: as it was kept, but not where what was kept is damaged', async () => {
    vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(folder, 'cache-')));
    const inputs = join(process.env.XDG_CACHE_HOME!, 'edgemlsim/inputs');
    const path = write('kept.js', MIDDLE_JS);
    const load = async () => (await loadAggregator(await fileReference(path))).rule.name;
    expect(await load()).toBe('middle');
    const [name, ...others] = readdirSync(inputs);
    expect([name!.split('-')[0], others]).toEqual(['code', []]);
    const whole = readFileSync(join(inputs, name!));
    expect(whole.toString()).toContain("summary: 'the median, stretched'");
    expect(await load()).toBe('middle');
    const changed = Buffer.from(whole);
    changed[whole.indexOf('middle')]! ^= 1;
    writeFileSync(join(inputs, name!), changed);
    expect(await load()).toBe('middle');
    expect(readFileSync(join(inputs, name!))).toEqual(whole);
    vi.unstubAllEnvs();
  });

  test.each(['same.mjs', 'same.js'])(
    'in %s uses the kernels of the running package, even where another copy is installed',
    async (name) => {
      mkdirSync(join(folder, 'node_modules', 'edgemlsim'), { recursive: true });
      write('node_modules/edgemlsim/package.json', '{ "exports": { "./rules": "./rules.js" } }');
      write('node_modules/edgemlsim/rules.js', "throw new Error('the other copy');");
      write('package.json', '{ "type": "module" }');
      const path = write(
        name,
        `import * as rules from 'edgemlsim/rules';
       import * as toolbox from 'edgemlsim/rules/toolbox';
       export default rules.defineAggregator({
         name: 'same', summary: 'hands out the package', minimumInputs: () => 1,
         aggregate: () => ({ vector: Float32Array.of(1), state: { rules, toolbox } }),
       });`,
      );
      const { rule, options } = await loadAggregator(await fileReference(path));
      const context = { f: 0, random: stream('x'), state: null };
      const rules = await import('#src/rules/index.js');
      const toolbox = await import('#src/rules/toolbox/index.js');
      const theirs = rule.aggregate([], context, options).state as unknown as {
        rules: typeof rules;
        toolbox: typeof toolbox;
      };
      expect(theirs.toolbox.medianOf).toBe(toolbox.medianOf);
      expect(theirs.rules.z).toBe(rules.z);
      rmSync(join(folder, 'package.json'));
    },
  );

  test('that changed since the run began is refused', async () => {
    const path = write('changing.js', MIDDLE_JS);
    const reference = await fileReference(path);
    write('changing.js', MIDDLE_JS.replace('2 * f', '3 * f'));
    await expect(loadAggregator(reference)).rejects.toThrow('not the one that the run was started');
    const { rule } = await loadAggregator(await fileReference(path));
    expect(rule.minimumInputs(1, {})).toBe(4);
  });
});

describe('a file that is no rule is refused:', () => {
  const AGGREGATOR = "name: 'x', summary: 'x', minimumInputs() {}, aggregate() {}";
  const ATTACK = "name: 'x', summary: 'x', forge() {}";

  test.each([
    ['no default export', 'export const x = 1;', 'no aggregator: the file'],
    ['a function', 'export default () => {};', 'no aggregator: the file'],
    ['an empty object', 'export default {};', 'not an aggregator: minimumInputs(), aggregate()'],
    ['half a rule', 'export default { aggregate() {} };', 'not an aggregator: minimumInputs() m'],
    ['an attack', `export default { ${ATTACK} };`, 'holds an attack, here an aggregator is'],
    ['no name', 'export default { minimumInputs() {}, aggregate() {} };', 'has no name'],
    ['foreign options', `export default { ${AGGREGATOR}, options: {} };`, 'must be a zod schema'],
    [
      'options whose check throws',
      `import { z } from 'edgemlsim/rules';
       const options = z.object({}).refine(() => { throw new Error('not so'); });
       export default { ${AGGREGATOR}, options };`,
      'the schema of the options of x failed: not so',
    ],
    [
      'options with an asynchronous check',
      `import { z } from 'edgemlsim/rules';
       const options = z.object({}).refine(async () => true);
       export default { ${AGGREGATOR}, options };`,
      'the schema of the options of x failed: Encountered Promise',
    ],
    [
      'bad syntax',
      "export default {\n  name: 'a' summary: 'b' };",
      /bad-syntax\.js:2:13: the rule file does not load: Unexpected token, expected ","$/,
    ],
    [
      'an unknown import',
      "import 'not-there-at-all';",
      /does not load: Cannot find \S+ 'not-there-at-all'[^\n]*$/,
    ],
    [
      'a throw',
      "\n\nthrow new Error('not today');",
      /a-throw\.js:3: the rule file does not load: not today$/,
    ],
  ])('%s', async (name, text, message) => {
    const path = write(`${name.replaceAll(' ', '-')}.js`, text);
    const loading = loadAggregator(await fileReference(path));
    await expect(loading).rejects.toThrow(InputError);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(path);
  });

  test('an error in a call of it is reported with the line of the file', async () => {
    const text = `export default { ${AGGREGATOR}, \n\n aggregate: () => nothing.at.all };`;
    const path = write('throws.js', text);
    const { rule } = await loadAggregator(await fileReference(path));
    const call = () => rule.aggregate([], {} as never, {} as never);
    expect(() => calling('aggregator "x"', call)).toThrow(
      'aggregator "x" failed in line 3: nothing is not defined',
    );
  });

  test.each([
    [
      'a kind',
      `export default { ${ATTACK} };`,
      "x needs kind: 'vector', 'data', 'delivery' or 'model'",
    ],
    ['knowledge', `export default { ${ATTACK}, kind: 'vector' };`, 'x needs knowledge:'],
    ['the method', `export default { ${AGGREGATOR} };`, 'holds an aggregator, here an attack is'],
  ])('an attack without %s', async (name, text, message) => {
    const path = write(`attack-${name.replaceAll(' ', '-')}.js`, text);
    await expect(loadAttack(await fileReference(path))).rejects.toThrow(message);
  });

  test('a pre-aggregator is none of the others', async () => {
    const path = write('attack.js', `export default { ${ATTACK} };`);
    await expect(loadPreAggregator(await fileReference(path))).rejects.toThrow(
      'holds an attack, here a pre-aggregator is needed',
    );
  });

  test('a missing file', async () => {
    await expect(fileReference(join(folder, 'nowhere.ts'))).rejects.toThrow(
      `${join(folder, 'nowhere.ts')}: no such rule file`,
    );
  });
});

describe('options', () => {
  test('are completed with the defaults of the rule', async () => {
    const reference = builtInReference('attacks', 'sign-flip');
    expect((await loadAttack(reference)).options).toEqual({ magnitude: 1 });
  });

  test('that the schema refuses are named with their path', async () => {
    const reference = builtInReference('attacks', 'sign-flip', { magnitude: 'x' });
    const error = await loadAttack(reference).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OptionsRefused);
    expect(error.issues).toMatchObject([{ path: ['magnitude'], code: 'invalid_type' }]);
    expect(error.message).toMatch(/^options\.magnitude of sign-flip: .*expected number/);
  });

  test('that the rule does not know are refused, never dropped', async () => {
    const sign = builtInReference('attacks', 'sign-flip', { magnitud: 2 });
    await expect(loadAttack(sign)).rejects.toThrow('magnitud');
    const mean = builtInReference('aggregators', 'mean', { trim: 1 });
    await expect(loadAggregator(mean)).rejects.toThrow('trim');
  });
});

test.each([
  ['mean', false],
  ['my-rule.ts', true],
  ['./rules/mine.js', true],
  ['/abs/mine.mjs', true],
  ['mine.mts', true],
  ['v1.2', false],
])('%s is a file: %s', (choice, expected) => {
  expect(isRuleFile(choice)).toBe(expected);
});

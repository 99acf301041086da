import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Exit } from '#src/cli/exit.js';
import { entriesOf, pageEntries } from '#src/cli/page-entries.js';
import { edgemlsim, main } from './program.ts';

test('explain says what a key is, also by its end, and where it is documented', async () => {
  const { code, stdout, stderr } = await edgemlsim('explain', 'learningRate');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^training\.learningRate {2}\(docs\/options\.md, training\)$/m);
  expect(stdout).toContain('  default: 0.001');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test('of a name that there is not, explain knows the nearest', async () => {
  const { code, stdout, stderr } = await edgemlsim('explain', 'krumm');
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('nothing in the docs is named "krumm"');
  expect(stderr).toContain('did you mean "krum"?');
});

test('of a word that is near none, explain says what it knows, and lists no other word', async () => {
  const { code, stderr } = await edgemlsim('explain', 'zzzqqq');
  expect(code).toBe(3);
  expect(stderr).toContain('  expected a config key, such as learningRate; a rule, such as krum;');
  expect(stderr).not.toContain('did you mean');
  expect(stderr).not.toContain('others that are near');
  const example = /such as ([\w-]+)/g;
  for (const [, name] of stderr.matchAll(example)) {
    expect((await edgemlsim('explain', name!)).code).toBe(0);
  }
});

test('of a rule explain shows the options too', async () => {
  const { stdout } = await edgemlsim('explain', 'krum');
  expect(stdout).toMatch(/^ {2}needs n of at least: 2f \+ 3$/m);
  expect(stdout).toMatch(/^ {2}option neighbours: one of: n-f-2, n-f-1; "n-f-2"; how many/m);
});

test('explain knows every exit code, by its number and all together', async () => {
  const all = await edgemlsim('explain', 'exit');
  for (const code of Object.values(Exit)) expect(all.stdout).toContain(`exit ${code}  (docs/`);
  const one = await edgemlsim('explain', '3');
  expect(one.stdout).toMatch(/^exit 3 {2}\(docs\/exit-codes\.md/);
  expect(one.stdout).not.toContain('exit 130');
});

test('explain knows what stands in the tables of a terminal, however its words are joined', async () => {
  for (const name of ['over_f', 'over-f', 'over f %']) {
    const { code, stdout } = await edgemlsim('explain', name);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^over f % {2}\(docs\/printed-tables\.md, Arms of a study\)$/m);
  }
  const names = pageEntries()
    .filter(({ page }) => page === 'docs/printed-tables.md')
    .map(({ name }) => name);
  const cells = ['run/run-table.ts', 'study/study-table.ts'].flatMap((file) => {
    const source = readFileSync(`src/report/${file}`, 'utf8');
    const lists = source.matchAll(/^const (?:LEAVE_OUT|DROPPED_BECAUSE)[^=]*= ([^;]+);/gm);
    const texts = [...lists].map(([, list]) => list!.replaceAll(/'[\w-]+':/g, ''));
    return texts.flatMap((list) => [...list.matchAll(/'([^']+)'|"([^"]+)"/g)]);
  });
  const shown = cells.map(([, single, double]) => single ?? double!);
  expect(shown).toEqual(expect.arrayContaining(['collecting (s)', 'round closed', 'over f %']));
  expect(shown.filter((cell) => !names.includes(cell))).toEqual([]);
});

test('a row of a table has a name for each code, bold word or link of its first cell', () => {
  const page = [
    '# Page\n\n## Part\n',
    '| name | what | more |\n|---|---|---|',
    '| `a`, `b` | see [there](there.md) | - |',
    '| [**c**](c.md) (d) | one \\| other | `x` |\n\n| e | f |',
  ];
  expect(entriesOf('p', page.join('\n'))).toEqual([
    { name: 'a', page: 'p', heading: 'Part', facts: [['what', 'see there']] },
    { name: 'b', page: 'p', heading: 'Part', facts: [['what', 'see there']] },
    {
      ...{ name: 'c', page: 'p', heading: 'Part' },
      facts: [
        ['what', 'one | other'],
        ['more', 'x'],
      ],
    },
  ]);
});

test('list has every rule, config and scenario, with a line on each', async () => {
  const rules = await edgemlsim('list', '--json');
  const listed = JSON.parse(rules.stdout) as { kind: string; name: string; summary: string }[];
  for (const name of ['krum', 'sign-flip', 'random-waypoint', 'a3']) {
    expect(listed.map((each) => each.name)).toContain(name);
  }
  for (const { summary } of listed) expect(summary).not.toBe('');
  const configs = await edgemlsim('list', 'configs');
  expect(configs.stdout).toMatch(/^ {2}configs\/boston-common\.yaml: The main job: cars and /m);
  expect(configs.stdout).toMatch(/^ {2}configs\/figure-3b\.study\.yaml: /m);
  // A file without the line for editors begins with its sentence.
  expect(configs.stdout).toMatch(/^ {2}configs\/edge-hierarchy\/1-3\.yaml: One root and three /m);
  const scenarios = await edgemlsim('list', 'scenarios');
  expect(scenarios.stdout).toMatch(/^ {2}sumo-scenarios\/crossing: /m);
  const wrong = await edgemlsim('list', 'atacks');
  expect([wrong.code, wrong.stdout]).toEqual([3, '']);
  expect(wrong.stderr).toContain('there is no list of "atacks"');
});

test('doctor says what is there and what each is for, without SUMO and Docker on the path', async () => {
  const { code, stdout } = await edgemlsim('doctor', '--json');
  expect(code).toBe(0);
  const found = JSON.parse(stdout) as { what: string; found: string | null; purpose: string }[];
  expect(found.find(({ what }) => what === 'Node.js')!.found).toBe(process.version);
  const bare = spawnSync(process.execPath, [main, 'doctor'], {
    env: { ...process.env, PATH: '/nowhere', SUMO_HOME: '' },
    encoding: 'utf8',
  });
  expect(bare.status).toBe(0);
  expect(bare.stdout).toMatch(/^SUMO +not found; for traces of a scenario/m);
  expect(bare.stdout).toMatch(/^kernels +(wasm|native, (avx512|avx2|baseline));/m);
  expect(bare.stdout).toMatch(/^Node\.js +v\d+/m);
});

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { helpParagraphs } from '#src/cli/help-paragraphs.js';
import { Modules } from '../../tools/modules.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { edgemlsim, folderWithConfig, main } from './program.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('the version is that of the package', async () => {
  expect(await edgemlsim('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('the compiled program is executable, with a shebang', () => {
  expect(statSync(main).mode & 0o111).not.toBe(0);
  expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

const commands = [
  ['run'],
  ['resume', 'report'],
  ['validate'],
  ['scenario'],
  ['scenario', 'inspect'],
  ['sensors'],
  ['schema'],
];

test('the help of the program and of each command shows an example, on stdout', async () => {
  for (const command of [[], ...commands]) {
    const { code, stdout, stderr } = await edgemlsim(...command, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Examples?:\n {2}\$ edgemlsim /);
  }
});

/** The package's own modules that are loaded with one of them, and packages by name. */
function loadedWith(entry: string): string[] {
  const modules = new Modules();
  const own = modules.loadedWith([entry]);
  const others = [...own].flatMap((module) =>
    modules.imports(module).filter((specifier) => modules.named(specifier, module) === null),
  );
  return [...own, ...new Set(others.filter((specifier) => !specifier.startsWith('node:')))];
}

test('a process of nodes loads few packages, and no rules, before it knows what it needs', () => {
  const loaded = loadedWith('src/processes/run-process.ts');
  const packages = loaded.filter((name) => !/\.ts$|^pure-rand/.test(name));
  expect(packages.sort()).toEqual(['fastest-levenshtein', 'zod']);
  expect(loaded.filter((name) => name.startsWith('aggregators/'))).toEqual([]);
});

test('help loads nothing but the commands, the launchers and what parses them', () => {
  const loaded = loadedWith('src/cli/main.ts');
  const others = loaded.filter((name) => !/^src\/(cli|deploy)\//.test(name));
  expect(others.sort()).toEqual([
    'commander',
    'picocolors',
    'src/errors.ts',
    'src/no-cache.ts',
    'src/processes/process-program.ts',
    'src/report/format/wrapped.ts',
    'src/rules/running/stray-error.ts',
    'src/shell-words.ts',
    'src/system-refusal.ts',
    'src/transport/exposure.ts',
    'src/user-cache-folder.ts',
  ]);
});

test('what a help text says fits a terminal of 80 characters, but for commands to copy', async () => {
  for (const command of [[], ...commands]) {
    const { stdout } = await edgemlsim(...command, '--help');
    const lines = stdout.split('\n').filter((line) => !line.startsWith('  $ '));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  }
});

test('paragraphs of a help text are as wide as the terminal, lists stay as they are', () => {
  const text = 'Usage: a\n\none two\nthree\n\nOptions:\n  -h  one two three four\n';
  expect(helpParagraphs(text, 13)).toBe(text.replace('one two\nthree', 'one two three'));
  expect(helpParagraphs(text, 7)).toBe(text.replace('Usage: a', 'Usage:\na'));
});

test('an unknown form of an export is answered with the forms that there are', async () => {
  const { code, stderr } = await edgemlsim('export', 'csv', 'runs/a');
  expect(code).toBe(2);
  expect(stderr).toContain(
    'there are: parquet, tensorboard, mlflow, notebook; CSV is in the folder',
  );
});

test('the list of commands fits a terminal of 80 characters', async () => {
  const { stdout } = await edgemlsim('--help');
  expect(stdout).toContain('explain <name>');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

const wrongUsages: [args: string[], said: string][] = [
  [['rnu'], "unknown command 'rnu'\n(Did you mean run?)"],
  [['run', 'a.yaml', '--thread', '2'], "unknown option '--thread'\n(Did you mean --threads?)"],
  [['run'], "missing required argument 'config'"],
  [['run', 'a.yaml', 'epochs'], 'Expected path=value'],
  [['run', 'a.yaml', '--seed', '-1'], 'Expected a whole number from 0 to 9007199254740991'],
  // 2^53 + 1, which no number of JavaScript is.
  [['run', 'a.yaml', '--seed', '9007199254740993'], 'number from 0 to 9007199254740991'],
  [['run', 'a.yaml', '--out', ''], 'Expected a path, got an empty text'],
  [['export', 'tensorboard', 'a', '--out', ''], 'Expected a path, got an empty text'],
  [['schema', '--out', ''], 'Expected a path, got an empty text'],
  [['report', ''], 'Expected a path, got an empty text'],
  [['compare', 'a', ''], 'Expected a path, got an empty text'],
  [['run', 'a.yaml', '--threads', '0'], 'Expected a whole number from 1 to 256'],
  [['run', 'a.yaml', '--until', '1:75'], 'Expected seconds, H:MM:SS or round:N'],
  [['serve', 'a', '--port', '70000'], 'Expected a whole number from 0 to 65535'],
  [['resume', 'a', 'b'], 'too many arguments'],
  [['scenario', 'inspect', 'a.xml', '--range', 'far'], 'Expected metres above 0'],
  [['scenario', 'inspect', 'a.xml', '--site', 'a=1'], 'Expected id=x,y in metres'],
  [['scenario'], 'Usage: edgemlsim scenario'],
  [[], 'Usage: edgemlsim'],
];

for (const [args, said] of wrongUsages) {
  test(`wrong usage ends with 2 and says what was expected: ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await edgemlsim(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
  });
}

test('a seed that is larger than whole numbers are exact is refused with their bound', async () => {
  const { code, stderr } = await edgemlsim(
    'validate',
    folderWithConfig().config,
    'seed=9007199254740993',
  );
  expect(code).toBe(3);
  expect(stderr).toContain('expected a whole number, at least 0, at most 9007199254740991');
});

test('invalid input ends with 3, without a stack trace', async () => {
  const { folder } = folderWithConfig();
  const bad = join(folder, 'bad.yaml');
  writeFileSync(bad, 'name: 1\n');
  for (const command of ['run', 'validate']) {
    const { code, stdout, stderr } = await edgemlsim(command, bad);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(
      `${bad}:1:7: name: found 1\n  expected text, which a number is in quotes: "1"\n`,
    );
    expect(stderr).not.toMatch(/\n\s+at /);
  }
  expect((await edgemlsim('resume', folder)).code).toBe(3);
  expect((await edgemlsim('scenario', 'inspect', bad)).code).toBe(3);
});

test('a rule file that ends the program while it is loaded is named, with 3', () => {
  const { folder, config } = folderWithConfig();
  const rule = join(folder, 'ends.js');
  writeFileSync(rule, 'process.exit(0);\nexport default {};\n');
  const args = [main, 'validate', config, `layers.edge.aggregate.rule=${rule}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: plainEnvironment(),
  });
  expect([status, stdout]).toEqual([3, '']);
  expect(stderr).toBe(
    `${rule}: the rule file ended the program while it was loaded\n  expected no process.exit in it\n`,
  );
});

test('deploy waits for its agents no longer than a timer can', async () => {
  const { folder, config } = folderWithConfig();
  const out = ['--out', join(folder, 'run')];
  const args = ['deploy', 'manual', config, '--agents', '1', ...out, '--wait', '3000000'];
  const { code, stderr } = await edgemlsim(...args);
  expect(code).toBe(2);
  expect(stderr).toContain('Expected a whole number from 1 to 1000000.');
});

test('validate says what would run; with --json in one document', async () => {
  const { config } = folderWithConfig();
  const { code, stdout } = await edgemlsim('validate', config, 'servers.left.rangeM=40');
  expect(code).toBe(0);
  expect(stdout).toContain(`${config} is valid: small, seed 1`);
  expect(stdout).toMatch(/workers +100 \(leased\)/);
  expect(stdout).toMatch(/ends +after 100 aggregated gradients/);
  const json = await edgemlsim('validate', config, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    name: 'small',
    servers: [{ id: 'left', site: { rangeM: 50, contacts: 6 } }, { id: 'right' }],
    end: { gradients: 100, rounds: null, timeS: null },
  });
});

test('scenario inspect reports sites and ranges, and finds sites by itself', async () => {
  const trace = 'sumo-scenarios/crossing/trace.fcd.xml';
  const site = ['--site', 'left=200,100', '--site', 'right=280,100'];
  const text = await edgemlsim('scenario', 'inspect', trace, ...site, '--range', '30,50');
  expect(text.code).toBe(0);
  expect(text.stdout).toContain('5 cars, 1 pedestrian');
  const json = await edgemlsim('scenario', 'inspect', ...site, '--sites', '1', trace, '--json');
  const { sites } = JSON.parse(json.stdout) as { sites: { server: string; contacts: number }[] };
  expect(sites.map(({ server }) => server).slice(0, 2)).toEqual(['left', 'right']);
  expect(sites.map(({ contacts }) => contacts).slice(0, 2)).toEqual([6, 4]);
  expect(sites).toHaveLength(3);
});

test('schema prints what is committed', async () => {
  const schema = await edgemlsim('schema');
  expect(schema.stdout).toBe(readFileSync('configs/experiment.schema.json', 'utf8'));
  const page = await edgemlsim('schema', '--markdown');
  expect(page.stdout).toBe(readFileSync('docs/options.md', 'utf8'));
  const columns = await edgemlsim('schema', '--columns');
  expect(columns.stdout).toBe(readFileSync('docs/columns.md', 'utf8'));
});

test('what runs without agents does not load the code for connections', () => {
  const run = resolve('dist/src/run/run.js');
  const script = `import Module from 'node:module';
    await import(${JSON.stringify(pathToFileURL(run).href)});
    console.log(Object.keys(Module._cache).filter((file) => /node_modules.ws./.test(file)).length);`;
  const args = ['--input-type=module', '--eval', script];
  const options = { encoding: 'utf8', env: plainEnvironment() } as const;
  expect(execFileSync(process.execPath, args, options)).toBe('0\n');
});

test('a reader that closes the pipe early is no failure', async () => {
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${main}" schema; echo $? >&2`]);
  shell.stdout.destroy();
  let stderr = '';
  shell.stderr.on('data', (data) => {
    stderr += data;
  });
  await new Promise((resolve) => shell.on('close', resolve));
  expect(stderr).toBe('0\n');
});

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepsFor } from '#src/cli/completion/changes.js';
import { testNeeding } from '../needs.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim, main } from './program.ts';

/** A folder with the program on its PATH, and two configs. */
function place(): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = mkdtempSync(join(temporaryFolder('completion'), 'at-'));
  mkdirSync(join(cwd, '.bin'));
  writeFileSync(
    join(cwd, '.bin/edgemlsim'),
    `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`,
  );
  chmodSync(join(cwd, '.bin/edgemlsim'), 0o755);
  writeFileSync(join(cwd, 'town.yaml'), 'servers: [{ id: north }, { id: south }]\n');
  writeFileSync(join(cwd, 'notes.txt'), '');
  mkdirSync(join(cwd, 'configs'));
  symlinkSync(join(cwd, 'town.yaml'), join(cwd, 'configs/linked.yaml'));
  const env = {
    ...plainEnvironment(),
    PATH: `${join(cwd, '.bin')}:${process.env.PATH}`,
    HOME: cwd,
  };
  return { cwd, env };
}

/** Line by line: what is typed, and what a shell makes of it. */
const cases: [typed: string, replies: string[]][] = [
  ['edgemlsim resu', ['resume']],
  ['edgemlsim run ', ['configs/', 'town.yaml']],
  ['edgemlsim run town.yaml --dry', ['--dry-run']],
  ['edgemlsim scenario make --kind pe', ['pedestrian']],
  ['edgemlsim run town.yaml servers.n', ['servers.north.']],
  ['edgemlsim explain gradient-en', ['gradient-ended']],
  ['edgemlsim study s', ['status']],
  ['edgemlsim study town.yaml layers.edge.aggregate.ru', ['layers.edge.aggregate.rule=']],
];
/** The text after = is a word of its own in bash. */
const VALUE: [typed: string, reply: string] = [
  'edgemlsim run town.yaml layers.edge.aggregate.rule=trim',
  'trimmed-mean',
];

testNeeding({ programs: ['bash'] })('bash completes what is typed', () => {
  const { cwd, env } = place();
  const typed = [...cases.map(([line]) => line), VALUE[0]];
  const script = `set -u
source <(edgemlsim completion bash)
source <(edgemlsim completion bash)
while IFS= read -r line; do
  COMP_LINE=$line COMP_POINT=\${#line}
  _edgemlsim
  printf '%s|' "\${COMPREPLY[@]}"; echo
done`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    ...{ cwd, env, encoding: 'utf8' },
    input: `${typed.join('\n')}\n`,
  });
  const replies = stdout.trimEnd().split('\n');
  expect(replies, stderr).toEqual([
    ...cases.map(([, all]) => all.map((each) => `${each}|`).join('')),
    `${VALUE[1]}|`,
  ]);
});

testNeeding({ programs: ['fish'] })('fish completes what is typed', () => {
  const { cwd, env } = place();
  const all = [...cases, [VALUE[0], [`layers.edge.aggregate.rule=${VALUE[1]}`]] as const];
  const script = [
    'edgemlsim completion fish | source',
    ...all.map(([line]) => `complete -C '${line}' | string split -f1 \\t | string join '|'`),
  ].join('\n');
  const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], {
    ...{ cwd, env, encoding: 'utf8' },
  });
  expect(stdout.trimEnd().split('\n'), stderr).toEqual(all.map(([, words]) => words.join('|')));
});

testNeeding({ programs: ['zsh'] })('zsh completes what is typed', () => {
  const { cwd, env } = place();
  const all = [...cases, [VALUE[0], [`layers.edge.aggregate.rule=${VALUE[1]}`]] as const];
  // The words that the function offers, in place of a terminal that shows them.
  const script = `compdef() { : }
compadd() { while [[ $1 != -- ]]; do shift; done; shift; offered+=("$@") }
source <(edgemlsim completion zsh)
while IFS= read -r line; do
  words=("\${(@s: :)line}"); CURRENT=\${#words}; offered=()
  _edgemlsim
  print -r -- "\${(j:|:)\${(@o)offered}}"
done`;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], {
    ...{ cwd, env, encoding: 'utf8' },
    input: `${all.map(([line]) => line).join('\n')}\n`,
  });
  expect(stdout.trimEnd().split('\n'), stderr).toEqual(all.map(([, words]) => words.join('|')));
});

test('keys, values and options come with what they mean, for shells that show it', async () => {
  const complete = (...words: string[]) => edgemlsim('__complete', 'zsh', '--', ...words);
  const [key, rule] = await Promise.all([
    complete('run', 'none.yaml', 'training.learningR'),
    complete('run', 'none.yaml', 'mobility.association=near'),
  ]);
  expect(key.stdout).toMatch(/^training\.learningRate[=.]\t\w.*\n$/);
  expect(rule.stdout).toBe('mobility.association=nearest\n');
});

test('values that a study compares are proposed after each comma, those that stand there no more', () => {
  const { cwd } = place();
  const config = join(cwd, 'town.yaml');
  const proposed = (typed: string, file = config) =>
    sweepsFor(typed, file).map(({ value }) => value);
  const rule = 'layers.edge.aggregate.rule=';
  expect(proposed(rule)).toEqual(expect.arrayContaining([`${rule}mean`, `${rule}krum`]));
  expect(proposed(`${rule}mean,kr`)).toContain(`${rule}mean,krum`);
  expect(proposed(`${rule}mean,krum,`)).toContain(`${rule}mean,krum,multi-krum`);
  expect(proposed(`${rule}mean,krum,`)).not.toContain(`${rule}mean,krum,mean`);
  expect(proposed('servers.n')).toContain('servers.north.');
  // Its factors are in the file.
  writeFileSync(join(cwd, 'my.study.yaml'), 'name: my\nbase: town.yaml\n');
  expect(proposed(rule, join(cwd, 'my.study.yaml'))).toEqual([]);
});

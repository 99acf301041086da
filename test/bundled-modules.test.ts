import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { SHIPPED } from '../tools/shipped.ts';
import { folderWithConfig, main } from './cli/program.ts';
import { plainEnvironment } from './plain-environment.ts';

const chunks = readdirSync('dist/chunks').filter(
  (name) => name.endsWith('.js') && name !== 'rolldown-runtime.js',
);

/** The modules whose code a file of the build holds. */
function modulesIn(file: string): string[] {
  const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
  return sources.map((source) => posix.join(posix.dirname(file), source));
}

test('each bundled module lies in one chunk, and what is at its address takes it from there', () => {
  const places = new Map<string, string[]>();
  for (const chunk of chunks) {
    for (const module of modulesIn(`dist/chunks/${chunk}`)) {
      places.set(module, [...(places.get(module) ?? []), chunk]);
    }
  }
  expect([...places].filter(([, in_]) => in_.length > 1)).toEqual([]);
  expect(places.size).toBeGreaterThan(300);
  for (const [module, [chunk]] of places) {
    const text = readFileSync(`dist/${module.replace(/\.ts$/, '.js')}`, 'utf8');
    // A module that exports nothing while the program runs holds types alone.
    if (!/^export \{\};?$/m.test(text))
      expect([module, text]).toEqual([module, expect.stringContaining(`chunks/${chunk}"`)]);
  }
});

test('nothing takes from a chunk what that does not have, as a module that is bundled no more would', () => {
  const exported = new Map(
    chunks.map((chunk) => {
      const text = readFileSync(`dist/chunks/${chunk}`, 'utf8');
      return [chunk, new Set(namesIn(text, /^export \{(.*)\};$/gm, 'as'))];
    }),
  );
  let taken = 0;
  for (const folder of SHIPPED) {
    for (const name of readdirSync(`dist/${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.js')) continue;
      const text = readFileSync(`dist/${folder}/${name}`, 'utf8');
      for (const [, names, chunk] of text.matchAll(TAKEN)) {
        taken += 1;
        for (const each of namesIn(`{${names}}`, /\{(.*)\}/g, 'before as'))
          expect([name, exported.get(chunk!)?.has(each) && each]).toEqual([name, each]);
      }
    }
  }
  expect(taken).toBeGreaterThan(300);
});

/** From which chunk a module exports or imports which names. */
const TAKEN = /^(?:import|export) \{(.*)\} from "(?:\.\.\/)+chunks\/(.*)";$/gm;

/** Names in lists such as `a, b as c`: those after `as`, or before it. */
function namesIn(text: string, list: RegExp, which: 'as' | 'before as'): string[] {
  return [...text.matchAll(list)].flatMap(([, names]) =>
    names!.split(',').map((each) => {
      const [before, after = before] = each.trim().split(' as ');
      return which === 'as' ? after! : before!;
    }),
  );
}

test('chunks import each other in one direction only', () => {
  const importsOf = (chunk: string): string[] =>
    [...readFileSync(`dist/chunks/${chunk}`, 'utf8').matchAll(/^import .*"\.\/(.*)";$/gm)].map(
      ([, name]) => name!,
    );
  const after = new Set<string>();
  const visit = (chunk: string, way: readonly string[]): void => {
    expect(way).not.toContain(chunk);
    if (after.has(chunk)) return;
    for (const imported of importsOf(chunk)) visit(imported, [...way, chunk]);
    after.add(chunk);
  };
  for (const chunk of chunks) visit(chunk, []);
});

test('a run of the virtual world in metres loads no code of live runs, of pages or of map projections', () => {
  const { folder, config } = folderWithConfig();
  const coverage = join(folder, 'coverage');
  const { status } = spawnSync(
    process.execPath,
    [main, 'run', config, '--threads', '1', '--until', 'round:1', '--out', join(folder, 'run')],
    { env: { ...plainEnvironment(), NODE_V8_COVERAGE: coverage } },
  );
  expect(status).toBe(0);
  // What each thread has loaded.
  const loaded = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as {
      result: { url: string }[];
    };
    return result.map(({ url }) => url).filter((url) => url.includes('/dist/'));
  });
  const starts = (url: string) => basename(url, '.js').split('-');
  const foreign = loaded.filter((url) => {
    if (url.includes('/packages/')) return /proj4|kafkajs|ws\.js/.test(url);
    if (!url.includes('/chunks/')) return false;
    return starts(url).every((start) => /^(live|serve|page|index|scene|process)$/.test(start));
  });
  expect(loaded.length).toBeGreaterThan(50);
  expect(foreign).toEqual([]);
});

test('no chunk awaits while it is loaded: what it loads late would wait for it', () => {
  for (const chunk of chunks) {
    const text = readFileSync(`dist/chunks/${chunk}`, 'utf8');
    expect([chunk, text.match(/^(?:\S.*[ (])?await .*/gm)?.filter(isCode) ?? []]).toEqual([
      chunk,
      [],
    ]);
  }
});

/** Not the one-line function that awaits in itself. */
function isCode(line: string): boolean {
  return !/^(?:\/\/|\/?\*)|\basync\b/.test(line);
}

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const { names } = JSON.parse(readFileSync('dist/packages/key.json', 'utf8')) as { names: string[] };

/** Of a package, or of the bundle that stands for it. */
async function exportsOf(specifier: string): Promise<Record<string, string>> {
  const module = (await import(/* @vite-ignore */ specifier)) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(module)
      .filter(([name]) => name !== 'module.exports')
      .map(([name, value]) => [name, typeof value]),
  );
}

test.each(names)('the bundle of %s exports what the package does', async (name) => {
  const bundle = await exportsOf(resolve('dist/packages', `${name.replaceAll('/', '-')}.js`));
  expect(bundle).toEqual(await exportsOf(name));
});

test('compiled files import bundles, and no package itself', () => {
  const { dependencies } = createRequire(import.meta.url)('../package.json') as {
    dependencies: Record<string, string>;
  };
  const left = new Set<string>();
  for (const folder of ['chunks', 'src', 'aggregators', 'attacks']) {
    for (const file of readdirSync(`dist/${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.js') || file.startsWith('live-page/page/')) continue;
      const text = readFileSync(`dist/${folder}/${file}`, 'utf8');
      for (const [, name] of text.matchAll(/(?:^import .*|\bfrom |\bimport\()['"]([^'"]+)['"]/gm)) {
        if (Object.hasOwn(dependencies, name!)) left.add(name!);
      }
    }
  }
  expect([...left]).toEqual([]);
});

test('the licence of every bundled package is beside the bundles', () => {
  const licences = readFileSync('dist/packages/LICENSES.txt', 'utf8');
  for (const name of names) {
    expect(licences).toContain(`${/^(@[^/]+\/)?[^/]+/.exec(name)![0]} `);
  }
});

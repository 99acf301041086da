import { existsSync, rmSync } from 'node:fs';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureFolder } from '../../ensure-folder.ts';
import { InputError } from '../../errors.ts';
import { shellWords } from '../../shell-words.ts';
import { systemRefusal } from '../../system-refusal.ts';

const PACKAGE = fileURLToPath(new URL('../../../../', import.meta.url));
const STARTER = join(PACKAGE, 'starter');

/** Copies the starter into a folder, with a package.json. Throws InputError where one of its files is there. */
export async function startProject(dir: string): Promise<{ files: string[]; steps: string[] }> {
  const entries = await readdir(STARTER, { recursive: true, withFileTypes: true });
  const copied = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(STARTER, join(entry.parentPath, entry.name)))
    .sort();
  const files = [...copied, 'package.json', '.gitignore', ...(isRelease() ? [] : ['.npmrc'])];
  const taken = files.filter((file) => existsSync(join(dir, file)));
  if (taken.length > 0) {
    throw new InputError({
      place: { file: dir },
      found: `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} there already`,
      advice: ['expected a folder without them, or one that is not there yet'],
    });
  }
  try {
    for (const file of copied) {
      ensureFolder(dirname(join(dir, file)));
      await copyFile(join(STARTER, file), join(dir, file));
    }
    await writeFile(join(dir, 'package.json'), await packageFile(dir));
    await writeFile(join(dir, '.gitignore'), 'node_modules\nruns\n');
    // `npm install` would build the checkout again, under the programs that run from it.
    if (!isRelease()) await writeFile(join(dir, '.npmrc'), 'ignore-scripts=true\n');
  } catch (error) {
    // The next attempt would be refused for those that are there now.
    for (const file of files) {
      if (existsSync(join(dir, file))) rmSync(join(dir, file));
    }
    throw new InputError({
      place: { file: dir },
      found: `cannot be written: ${systemRefusal(error)}`,
      advice: ['expected a folder that can be written, or one that is not there yet'],
    });
  }
  const steps = [
    ...(resolve(dir) === process.cwd() ? [] : [`cd ${shellWords([dir])}`]),
    ...(isInstalledFor(dir) ? [] : ['npm install']),
    'npm test',
    'npx edgemlsim run experiment.yaml',
    'npx edgemlsim study robustness.study.yaml',
  ];
  return { files, steps };
}

async function packageFile(dir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
  const name = basename(resolve(dir))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const path = relative(resolve(dir), PACKAGE).replaceAll('\\', '/');
  const description = {
    name: name === '' ? 'experiment' : name,
    private: true,
    type: 'module',
    scripts: { test: 'node --test' },
    dependencies: { edgemlsim: isRelease() ? `^${version}` : `file:${path}` },
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

/** A program that runs from its checkout is no release that a registry has: the folder is linked, without its build. */
function isRelease(): boolean {
  return PACKAGE.includes(join('node_modules', 'edgemlsim'));
}

/** Whether a file of the folder finds the package. */
function isInstalledFor(dir: string): boolean {
  try {
    createRequire(join(resolve(dir), 'file.js')).resolve('edgemlsim/package.json');
    return true;
  } catch {
    return false;
  }
}

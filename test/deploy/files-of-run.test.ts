import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
import { filesOfRun } from '#src/deploy/files-of-run.js';

const { config } = await loadConfig('configs/quick.yaml');

/** A folder with these empty files in it. Removed after the test. */
function folderWith(...files: string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'edgemlsim-files-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

describe('the files that a run needs', () => {
  it('are the checkout, the folder of the config, and what the config names elsewhere', () => {
    const folder = folderWith('program/package.json', 'program/dist/main.js', 'mine/config.yaml');
    const lent = filesOfRun(
      config,
      join(folder, 'mine/config.yaml'),
      `${folder}/program/dist/main.js`,
    );
    expect(lent.slice(0, 2)).toEqual([`${folder}/program`, `${folder}/mine`]);
    expect(lent).toContain(config.mobility.trace);
  });

  it('include packages that a link leads to', () => {
    const folder = folderWith(
      'program/package.json',
      'program/dist/main.js',
      'elsewhere/packages/x',
    );
    symlinkSync(`${folder}/elsewhere/packages`, `${folder}/program/node_modules`);
    const lent = filesOfRun(
      config,
      `${folder}/program/config.yaml`,
      `${folder}/program/dist/main.js`,
    );
    expect(lent.slice(0, 2)).toEqual([`${folder}/program`, `${folder}/elsewhere/packages`]);
  });

  it('include the packages beside edgemlsim where it is installed as one', () => {
    const own = 'project/node_modules/edgemlsim';
    const folder = folderWith(`${own}/package.json`, `${own}/dist/main.js`, 'mine/config.yaml');
    const lent = filesOfRun(config, `${folder}/mine/config.yaml`, `${folder}/${own}/dist/main.js`);
    expect(lent.slice(0, 2)).toEqual([`${folder}/project/node_modules`, `${folder}/mine`]);
  });
});

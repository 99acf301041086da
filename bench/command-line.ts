import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutCertificates } from '../src/processes/process-environment.ts';
import { type Figure, median } from './figure.ts';

const root = new URL('../../', import.meta.url);
const main = fileURLToPath(new URL('dist/src/cli/main.js', root));

/** How long `--help` takes, and the time and memory of the main job as a whole process. */
export function benchCommandLine(): Figure[] {
  const helpMs = Array.from({ length: 7 }, () => timeMs([main, '--help']));
  const nodeMs = Array.from({ length: 7 }, () => timeMs(['-e', '0']));
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const config = fileURLToPath(new URL('configs/boston-common.yaml', root));
    const { wallS, residentMiB } = measured([main, 'run', config, '--out', join(dir, 'run')]);
    return [
      {
        name: 'edgemlsim --help',
        value: median(helpMs),
        unit: 'ms',
        reference: `an empty node process ${median(nodeMs).toFixed(0)} ms`,
        ratio: median(helpMs) / median(nodeMs),
        target: 'under 200 ms',
      },
      { name: 'main job, whole process', value: wallS, unit: 's', target: 'about 6 s' },
      { name: 'main job, peak memory', value: residentMiB, unit: 'MiB', target: 'under 1000' },
    ];
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function timeMs(args: string[]): number {
  const startMs = performance.now();
  const options = { encoding: 'utf8', env: withoutCertificates(process.env) } as const;
  const { status, stderr } = spawnSync(process.execPath, args, options);
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  return performance.now() - startMs;
}

/** Runs the command in a process that reports its own peak memory at its end. */
function measured(args: string[]): { wallS: number; residentMiB: number } {
  const report = `process.on('exit', () =>
    require('node:fs').writeSync(3, String(process.resourceUsage().maxRSS)))`;
  const startMs = performance.now();
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(preload(report))}`, ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  const wallS = (performance.now() - startMs) / 1000;
  return { wallS, residentMiB: Number(output[3]) / 1024 };
}

/** Only the main thread's exit counts. */
function preload(report: string): string {
  return `import { createRequire } from 'node:module';
    import { isMainThread } from 'node:worker_threads';
    const require = createRequire(process.cwd() + '/');
    if (isMainThread) ${report};`;
}

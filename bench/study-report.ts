import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadConfig } from '../src/config/load-config.ts';
import { VirtualRun } from '../src/run/virtual-run.ts';
import type { Figure } from './figure.ts';

const ARMS = 50;
const SEEDS = 10;
const ROUNDS = 200;
const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The report of 500 runs with 200 rounds each: from journals, where nothing is kept beside them, and from what each
 * run of a study keeps at its end.
 */
export async function benchStudyReport(): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const megabytes = makeStudy(dir, await journalOfRounds(dir));
    const first = await report(dir);
    const again = await report(dir);
    const figure = (name: string, { cpuS, wallS, peakMiB }: Cost): Figure[] => [
      {
        name: `report of ${ARMS * SEEDS} runs, ${name}`,
        value: cpuS,
        unit: 's of processor time',
        reference: `journals of ${megabytes.toFixed(0)} MB`,
        note: `${wallS.toFixed(0)} s by the clock`,
        target: 'at most 20 s',
      },
      {
        name: `report of ${ARMS * SEEDS} runs, ${name}, peak memory`,
        value: peakMiB,
        unit: 'MiB',
        target: 'at most 1024 MiB',
      },
    ];
    return [...figure('from journals alone', first), ...figure('from what runs kept', again)];
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Of a run of that many rounds. */
async function journalOfRounds(dir: string): Promise<string> {
  const overrides = [
    `training.maximumRounds=${ROUNDS}`,
    'training.epochs=1000',
    'model.layers=[784, 10]',
  ];
  const { config } = await loadConfig(join(root, 'configs/quick.yaml'), { overrides });
  const runDir = join(dir, 'pattern');
  await (await VirtualRun.create({ config, runDir, threads: 2 })).toEnd();
  return readFileSync(join(runDir, 'journal.jsonl'), 'utf8');
}

/** Of runs whose journals differ from the pattern in seed and accuracy. Returns their megabytes. */
function makeStudy(dir: string, pattern: string): number {
  const runs = [];
  let bytes = 0;
  for (let arm = 0; arm < ARMS; arm += 1) {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const folder = `arm-${arm}/seed-${seed}`;
      mkdirSync(join(dir, folder), { recursive: true });
      const factor = 1 - ((7 * arm + 3 * seed) % 50) / 100;
      const journal = pattern
        .replace('"seed":1,', `"seed":${seed},`)
        .replaceAll(/"accuracy":([\d.]+)/g, (_, share) => `"accuracy":${Number(share) * factor}`);
      writeFileSync(join(dir, folder, 'journal.jsonl'), journal);
      bytes += journal.length;
      const levels = { rule: `rule-${arm % 10}`, attack: `attack-${Math.floor(arm / 10)}` };
      runs.push({ arm: `arm-${arm}`, levels, variant: null, seed, folder });
    }
  }
  const options = { window: 5, reach: [0.8, 0.9], compare: 'rule' };
  const study = { name: 'bench', window: 5, runs, options };
  writeFileSync(join(dir, 'study.json'), JSON.stringify(study));
  return bytes / 1e6;
}

interface Cost {
  cpuS: number;
  wallS: number;
  peakMiB: number;
}

/** In a process of its own, which says at its end what it has taken. */
async function report(dir: string): Promise<Cost> {
  const program = join(root, 'dist/src/cli/main.js');
  const code = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('\\npeak ' + maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n');
});
process.argv.splice(1, 0, ${JSON.stringify(program)});
await import(${JSON.stringify(program)});`;
  const startMs = performance.now();
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', code, 'report', dir],
    { maxBuffer: 1e8 },
  );
  const [, peakKiB, cpuUs] = /^peak (\d+) (\d+)$/m.exec(stderr) ?? [];
  const wallS = (performance.now() - startMs) / 1000;
  return { cpuS: Number(cpuUs) / 1e6, wallS, peakMiB: Number(peakKiB) / 1024 };
}

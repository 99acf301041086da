import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../src/config/config-schema.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { JournalLine } from '../src/journal/events.ts';
import { VirtualRun } from '../src/run/virtual-run.ts';
import { type Figure, median } from './figure.ts';

const PASSES = 3;
const root = new URL('../../', import.meta.url);
const program = [process.execPath, fileURLToPath(new URL('dist/src/cli/main.js', root))] as const;

/**
 * Gradients a second of a virtual run with one thread and one agent, against the same run with two
 * threads: what it costs to have parameters and gradients go through a socket. A net whose gradients
 * are computed fast, and one whose are not; both runs take turns.
 */
export async function benchPool(): Promise<Figure[]> {
  const jobs = [
    { name: 'multilayer perceptron', file: 'configs/boston-common.yaml', epochs: 8 },
    { name: 'convolutional network', file: 'configs/mnist-cnn.yaml', epochs: 0.1 },
  ];
  const figures: Figure[] = [];
  for (const { name, file, epochs } of jobs) {
    const overrides = [
      ...['layers.edge.aggregate={rule: mean}', 'layers.worker={}'],
      ...['evaluation.everyGradients=1000000', `training.epochs=${epochs}`],
    ];
    const { config } = await loadConfig(fileURLToPath(new URL(file, root)), { overrides });
    const withAgent = { ...config, pool: { ...config.pool, agents: 1 } };
    const rates = { threads: [] as number[], agent: [] as number[] };
    for (let pass = 0; pass < PASSES; pass += 1) {
      rates.threads.push(await rateOf(config, 2));
      rates.agent.push(await rateOf(withAgent, 1));
    }
    figures.push({
      name: `${name}, 1 thread and 1 agent`,
      value: median(rates.agent),
      unit: 'gradients/s',
      reference: `2 threads ${median(rates.threads).toFixed(0)}`,
      ratio: median(rates.agent.map((rate, pass) => rate / rates.threads[pass]!)),
    });
  }
  return figures;
}

/** From when all who compute are there to the end. */
async function rateOf(config: Config, threads: number): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const runDir = join(dir, 'run');
    const run = await VirtualRun.create({ config, runDir, threads, program });
    const { computed } = await run.toEnd();
    const lines = readFileSync(join(runDir, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
    let startS = 0;
    let endS = 0;
    for (const line of lines) {
      if (!line.startsWith('{"host":')) continue;
      const event = JSON.parse(line) as JournalLine & { wallTimeS: number };
      if (event.type === 'started' || event.type === 'agent-joined') startS = event.wallTimeS;
      else if (event.type === 'finished') endS = event.wallTimeS;
    }
    return computed / (endS - startS);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { type Figure, median } from './figure.ts';
import {
  BATCH,
  EDGE_MERGES,
  EDGES,
  LEAVES,
  MODEL,
  RATE,
  STEPS,
  WINDOWS,
} from './hierarchy-case.ts';

const PASSES = 3;
const SERVERS = [10, 100, 1000];
const MANY = 10_000;
const FEW = 100;

interface Seconds {
  userS: number;
  wallS: number;
}

interface Measured extends Seconds {
  events: number;
  memoryMiB: number;
}

/**
 * A round of hierarchical federated averaging in a run against the same steps and means in a bare loop of the engine,
 * one compute thread each, by user CPU and by the clock. The loop averages models, where the run averages changes to
 * them: it copies a model for each leaf and window, where the run makes a change.
 */
export function benchAveraging(): Promise<Figure[]> {
  return inFolder(async (measure) => {
    const [short, long] = WINDOWS;
    const passes: { own: Both; bare: Both }[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      const bare = await both((windows) => script<Seconds>('hierarchy-loop.js', `${windows}`));
      passes.push({ bare, own: await both((windows) => measure(averaging(windows), 1)) });
    }
    const figures = (length: string, of: (seconds: Both, by: keyof Seconds) => number) =>
      (['wallS', 'userS'] as const).map((by): Figure => {
        const seconds = (side: 'own' | 'bare') => passes.map((pass) => of(pass[side], by));
        const unit = by === 'wallS' ? 'ms by the clock' : 'ms of user CPU';
        return {
          name: `hierarchical FedAvg, ${LEAVES} leaves under ${EDGES} edges: ${length}`,
          value: 1000 * median(seconds('own')),
          unit,
          reference: `bare engine loop ${(1000 * median(seconds('bare'))).toFixed(1)}`,
          ratio: median(seconds('bare').map((each, pass) => each / seconds('own')[pass]!)),
          target: "ratio (the loop's over the run's) at least 0.85",
        };
      });
    const rounds = (long - short) / EDGE_MERGES;
    return [
      ...figures('a round', (seconds, by) => (seconds.long[by] - seconds.short[by]) / rounds),
      ...figures(`${short} windows, start and end included`, (seconds, by) => seconds.short[by]),
    ];
  });
}

/** Of a shorter and a longer run. */
interface Both {
  short: Seconds;
  long: Seconds;
}

async function both(measure: (windows: number) => Promise<Seconds>): Promise<Both> {
  const [short, long] = WINDOWS;
  return { short: await measure(short), long: await measure(long) };
}

/** What an event of 10 000 leaves costs in user CPU against one of 100, and the memory of each run, a process of its own. */
export function benchLeaves(): Promise<Figure[]> {
  return inFolder(async (measure) => {
    const few: number[] = [];
    const many = SERVERS.map((): Measured[] => []);
    for (let pass = 0; pass < PASSES; pass += 1) {
      few.push(cost(await measure(leaves(10, FEW, 100), 2)));
      for (const [index, servers] of SERVERS.entries()) {
        many[index]!.push(await measure(leaves(servers, MANY, 3), 2));
      }
    }
    return SERVERS.flatMap((servers, index): Figure[] => {
      const measured = many[index]!;
      const name = `${MANY} leaves under ${servers} servers, d = 16 130`;
      return [
        {
          name,
          value: median(measured.map(cost)),
          unit: 'us of user CPU an event',
          reference: `${FEW} leaves under 10: ${median(few).toFixed(1)}`,
          ratio: median(measured.map((run, pass) => cost(run) / few[pass]!)),
          target: 'ratio at most 1.5',
          note: `${measured[0]!.events} events`,
        },
        {
          name: `${name}: memory`,
          value: Math.max(...measured.map(({ memoryMiB }) => memoryMiB)),
          unit: 'MiB',
          target: 'under 3 GB (2 861 MiB)',
          note: `the most of ${PASSES} runs`,
        },
      ];
    });
  });
}

type Measure = (config: object, threads: number) => Promise<Measured>;

async function inFolder(bench: (measure: Measure) => Promise<Figure[]>): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  let runs = 0;
  try {
    return await bench((config, threads) => {
      const name = `run-${runs++}`;
      const file = join(dir, `${name}.yaml`);
      writeFileSync(file, stringify(config));
      return script('many-workers-run.js', file, join(dir, name), `${threads}`);
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const cost = ({ userS, events }: Measured) => (userS * 1e6) / events;

async function script<Result = Measured>(name: string, ...args: string[]): Promise<Result> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args]);
  return JSON.parse(stdout);
}

const averaging = (windows: number): object => ({
  name: 'hierarchical-averaging',
  tree: [1, EDGES, LEAVES],
  mobility: { model: 'static' },
  rounds: { mode: 'hierarchical', pace: 'synchronous' },
  windows: { items: STEPS * BATCH, count: windows },
  layers: { edge: { push: { changes: EDGE_MERGES }, pull: { changes: EDGE_MERGES } } },
  data: { dataset: { name: 'mnist' }, owners: 'workers', batchSize: BATCH },
  model: { layers: MODEL.layers },
  training: { learningRate: RATE },
  evaluation: { nodes: 'cloud' },
});

/** Leaves that are slow enough to have one update under way at most. */
function leaves(servers: number, count: number, windows: number): object {
  return {
    name: 'many-leaves',
    tree: [1, servers, count],
    mobility: { model: 'static' },
    rounds: { mode: 'hierarchical' },
    windows: { items: 10, count: windows },
    layers: { worker: { speedMflops: 10 } },
    data: {
      dataset: {
        name: 'synthetic',
        features: 784,
        classes: 10,
        trainItems: 10_000,
        testItems: 100,
      },
      owners: 'workers',
      batchSize: 10,
    },
    model: { layers: [784, 20, 10, 10, 10] },
    training: { learningRate: 0.001 },
    evaluation: { nodes: 'cloud' },
  };
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { nearest } from '../src/mobility/association/nearest.ts';
import { planMobility } from '../src/mobility/contacts.ts';
import { readFcd } from '../src/mobility/fcd/reader.ts';
import { PackedPresence } from '../src/mobility/presence.ts';
import { disc } from '../src/mobility/radio/disc.ts';
import { loadTrace, type Trace } from '../src/mobility/trace.ts';
import { openStream } from '../src/simulation/random.ts';
import type { Figure } from './figure.ts';
import { drive, vehicleOn, writeTraffic } from './generated-trace.ts';

const ENTITIES = 10_000;
const SECONDS = 3600;
const SIDE_M = 10_000;
const SERVERS_A_ROW = 10;
const RANGE_M = 300;
/** The stepper looks at these entities only. */
const STEPPED = 100;
/** Of the file: 3 million samples. */
const TRAFFIC = { stays: 5000, spanS: 3600, drivingS: 600, sideM: 6000 };

/**
 * Contacts and associations of 10 000 entities and 100 servers over an hour, against a stepper that looks
 * at each server each second; a trace from its file to its plan, against reading the file alone; and
 * what its samples take of memory, in `scenario inspect` and in a run. Seconds are CPU time.
 */
export async function benchContacts(): Promise<Figure[]> {
  const sites = Array.from({ length: SERVERS_A_ROW ** 2 }, (_, i) => {
    const stepM = SIDE_M / SERVERS_A_ROW;
    const [column, row] = [i % SERVERS_A_ROW, Math.floor(i / SERVERS_A_ROW)];
    return {
      server: `s${i}`,
      xM: (column + 0.5) * stepM,
      yM: (row + 0.5) * stepM,
      rangeM: RANGE_M,
    };
  });
  const map = { sites, region: null, radio: disc, association: nearest(sites), signal: null };
  const presences = ways();
  const trace = { presences, spanUs: SECONDS * 1e6 } as unknown as Trace;
  const [planS, { contacts }] = cpuS(() => planMobility(trace, map, { mode: 'one-per-entity' }));
  const [stepS] = cpuS(() => secondsInRange(presences.slice(0, STEPPED), sites));
  const stepperS = (stepS * ENTITIES) / STEPPED;
  return [
    {
      name: `contacts of ${ENTITIES} entities and ${sites.length} servers over an hour`,
      value: planS,
      unit: 's',
      reference: `a look at each server each second ${stepperS.toFixed(1)}`,
      ratio: planS / stepperS,
      target: 'under 10 s',
      note: `${ENTITIES * SECONDS} samples, ${contacts} contacts`,
    },
    ...(await ofFile(map)),
  ];
}

function ways(): PackedPresence[] {
  const random = openStream(1, 'ways');
  return Array.from({ length: ENTITIES }, (_, i) => {
    const one = vehicleOn(SIDE_M, random);
    const way = {
      timesUs: Float64Array.from({ length: SECONDS }, (_, second) => second * 1e6),
      x: new Float64Array(SECONDS),
      y: new Float64Array(SECONDS),
    };
    for (let second = 0; second < SECONDS; second += 1) {
      way.x[second] = one.xM;
      way.y[second] = one.yM;
      drive(one, SIDE_M, random);
    }
    return PackedPresence.of({ entity: `car-${i}`, kind: 'car', ...way });
  });
}

function secondsInRange(
  presences: readonly PackedPresence[],
  sites: readonly { xM: number; yM: number }[],
): number {
  let count = 0;
  for (const presence of presences) {
    const { x, y } = presence.unpacked();
    for (let i = 0; i < x.length; i += 1) {
      for (const { xM, yM } of sites) {
        if ((x[i]! - xM) ** 2 + (y[i]! - yM) ** 2 <= RANGE_M ** 2) count += 1;
      }
    }
  }
  return count;
}

async function ofFile(map: Parameters<typeof planMobility>[1]): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgemlsim-contacts-'));
  try {
    const [file, small] = [join(folder, 'trace.fcd.xml'), join(folder, 'small.fcd.xml')];
    const samples = await writeTraffic(file, TRAFFIC);
    await writeTraffic(small, { ...TRAFFIC, stays: 10 });
    const [readS] = await cpuSOf(() => readFcd(file, { step() {}, row() {} }));
    const [wholeS] = await cpuSOf(async () =>
      planMobility(await loadTrace(file), map, { mode: 'one-per-entity' }),
    );
    const inspect = (of: string) => memoryMiB(['scenario', 'inspect', of, '--site', 'a=3000,3000']);
    const [most, least] = [await inspect(file), await inspect(small)];
    const run = async (of: string, name: string) => {
      const config = join(folder, `${name}.yaml`);
      await writeFile(config, stringify(runOn(of)));
      return memoryMiB(['run', config, '--out', join(folder, name), '--quiet']);
    };
    const [runMost, runLeast] = [await run(file, 'large'), await run(small, 'little')];
    return [
      {
        name: 'a trace from its file to its contacts',
        value: (wholeS * 1e6) / samples,
        unit: 'us a sample',
        reference: `reading the file alone ${((readS * 1e6) / samples).toFixed(2)}`,
        ratio: wholeS / readS,
      },
      {
        name: 'a trace: memory of `scenario inspect`',
        value: ((most - least) * 2 ** 20) / samples,
        unit: 'bytes a sample',
        reference: `one sample as three numbers 24; ${least.toFixed(0)} MiB without any`,
        ratio: ((most - least) * 2 ** 20) / samples / 24,
        note: `${samples} samples, ${most.toFixed(0)} MiB`,
      },
      {
        name: 'a trace: memory of a run',
        value: runMost,
        unit: 'MiB',
        reference: `the same of a trace of 10 stays ${runLeast.toFixed(0)} MiB`,
        ratio: runMost / runLeast,
        target: 'under 286 MiB (300 MB)',
        note: `${samples} samples of ${TRAFFIC.stays} stays, 500 gradients of a small model`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A short run of a small model on a trace, so that what counts is the trace. */
function runOn(trace: string): object {
  return {
    name: 'trace-memory',
    mobility: { trace, workers: { mode: 'leased', count: 100 } },
    servers: [{ id: 'a', site: { xM: 3000, yM: 3000 }, rangeM: RANGE_M }],
    rounds: { mode: 'asynchronous' },
    data: { dataset: { name: 'synthetic', features: 16, trainItems: 10_000 }, batchSize: 10 },
    model: { layers: [16, 10] },
    training: { epochs: 1, gradientsPerEpoch: 500 },
  };
}

/** Of a command in a process of its own, by Linux: what a process knows of itself has its parent's memory, too. */
async function memoryMiB(args: readonly string[]): Promise<number> {
  const program = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
  const watch = `import { readFileSync } from 'node:fs';
    process.on('exit', () => console.error(readFileSync('/proc/self/status', 'utf8')))`;
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(watch)}`,
    ...[program, ...args],
  ]);
  // Threads say it, too, when they end.
  return Number([...stderr.matchAll(/VmHWM:\s*(\d+) kB/g)].at(-1)![1]) / 1024;
}

function cpuS<Value>(work: () => Value): [seconds: number, value: Value] {
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1e6, value];
}

async function cpuSOf<Value>(work: () => Promise<Value>): Promise<[seconds: number, value: Value]> {
  const start = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1e6, value];
}

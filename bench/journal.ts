import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOURNAL_FORMAT } from '../src/journal/events.ts';
import { readJournal } from '../src/journal/reader.ts';
import { readRunRecord } from '../src/report/run/run-record.ts';
import { type Figure, median } from './figure.ts';

const GRADIENTS = 200_000;

/** How fast a journal is read and checked, and read for a report, against bare JSON.parse of its lines. */
export async function benchJournal(): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const file = join(dir, 'journal.jsonl');
    writeFileSync(file, journalText());
    const megabytes = readFileSync(file).length / 1e6;
    const times = { parse: [] as number[], read: [] as number[], record: [] as number[] };
    for (let turn = 0; turn < 3; turn++) {
      times.parse.push(await cpuS(() => parseLines(file)));
      times.read.push(await cpuS(() => readJournal(file, () => {})));
      times.record.push(await cpuS(() => readRunRecord(file)));
    }
    const parse = megabytes / median(times.parse);
    const row = (name: string, seconds: readonly number[]): Figure => {
      const value = megabytes / median(seconds);
      const reference = `JSON.parse of its lines ${parse.toFixed(0)} MB/s`;
      return { name, value, unit: 'MB/s', reference, ratio: value / parse, target: '150 MB/s' };
    };
    return [
      row('journal, read and checked', times.read),
      row('journal, read for a report', times.record),
    ];
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Seconds of processor time of this process. */
async function cpuS(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return process.cpuUsage(before).user / 1e6;
}

function parseLines(file: string): void {
  const bytes = readFileSync(file);
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    JSON.parse(bytes.toString('utf8', start, end));
    start = end + 1;
  }
}

/** Gradients of a hundred workers that begin and end, as most lines of a journal are. */
function journalText(): string {
  const lines: string[] = [];
  const host = { threads: 1, engine: 'reference', node: 'v20' };
  lines.push(
    JSON.stringify({ host: 0, wallTimeS: 0, type: 'started', format: JOURNAL_FORMAT, ...host }),
  );
  const add = (event: object) => {
    lines.push(JSON.stringify({ n: lines.length - 1, timeUs: lines.length * 1000, ...event }));
  };
  const servers = [
    { id: 'cloud', parent: null, layer: 'cloud' },
    { id: 'boylston-charles', parent: 'cloud', layer: 'edge' },
  ];
  const run = { name: 'bench', seed: 1, workers: 100, servers, parameters: [], byzantine: {} };
  add({ type: 'run-started', ...run });
  for (let gradient = 1; gradient <= GRADIENTS; gradient++) {
    const worker = `worker-${String(gradient % 100).padStart(3, '0')}`;
    const of = { gradient, worker, server: 'boylston-charles' };
    const round = Math.floor(gradient / 10);
    add({ type: 'gradient-started', ...of, round, version: round });
    add({ type: 'gradient-ended', ...of, outcome: 'aggregated', inResult: round, staleness: 0 });
  }
  return `${lines.join('\n')}\n`;
}

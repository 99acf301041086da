import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JOURNAL_FORMAT } from '../src/journal/events.ts';
import { withoutCertificates } from '../src/processes/process-environment.ts';
import { type Figure, median } from './figure.ts';

const MEGABYTES = Number(process.env.EDGEMLSIM_BENCH_JOURNAL_MB ?? 200);
const WORKERS = 100;

/**
 * The server of the live page on a large journal: building its index, going to any moment after that,
 * and its memory. Processor time, in a process of its own.
 */
export function benchLivePage(): Figure[] {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const file = join(dir, 'journal.jsonl');
    writeJournal(file);
    const script = fileURLToPath(new URL('./live-page-index.js', import.meta.url));
    const { megabytes, indexS, parseS, seeksMs, peakMb } = JSON.parse(
      execFileSync(process.execPath, [script, file], {
        encoding: 'utf8',
        env: withoutCertificates(process.env),
      }),
    ) as Record<'megabytes' | 'indexS' | 'parseS' | 'peakMb', number> & { seeksMs: number[] };
    const note = `a journal of ${megabytes.toFixed(0)} MB, EDGEMLSIM_BENCH_JOURNAL_MB sets it`;
    return [
      {
        ...{ name: 'live page, index of a journal', value: megabytes / indexS, unit: 'MB/s' },
        reference: `JSON.parse of its lines ${(megabytes / parseS).toFixed(0)} MB/s`,
        ...{ ratio: parseS / indexS, target: '150 MB/s', note },
      },
      {
        ...{ name: 'live page, going to a moment, median', value: median(seeksMs), unit: 'ms' },
        note: `longest of ${seeksMs.length}: ${Math.max(...seeksMs).toFixed(0)} ms; target: 500 ms`,
      },
      { name: 'live page, peak memory of its server', value: peakMb, unit: 'MB', target: '150 MB' },
    ];
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Gradients of moving workers, an aggregation after every tenth, written piece by piece. */
function writeJournal(file: string): void {
  const out = openSync(file, 'w');
  let [n, written] = [0, 0];
  let piece: string[] = [];
  const host = { threads: 1, engine: 'reference', node: 'v20' };
  piece.push(
    JSON.stringify({ host: 0, wallTimeS: 0, type: 'started', format: JOURNAL_FORMAT, ...host }),
  );
  const add = (event: object) => {
    piece.push(JSON.stringify({ n, timeUs: n * 1000, ...event }));
    n += 1;
    if (piece.length >= 10_000) flush();
  };
  const flush = () => {
    if (piece.length === 0) return;
    written += writeSync(out, `${piece.join('\n')}\n`);
    piece = [];
  };
  const server = 'boylston-charles';
  const servers = [
    { id: 'cloud', parent: null, layer: 'cloud' },
    { id: server, parent: 'cloud', layer: 'edge' },
  ];
  const run = { name: 'bench', seed: 1, workers: WORKERS, servers, parameters: [], byzantine: {} };
  add({ type: 'run-started', ...run });
  for (let each = 0; each < WORKERS; each++) {
    const worker = workerOf(each);
    add({ type: 'enter-map', worker, entity: `car-${each}`, kind: 'car' });
    add({ type: 'enter-range', worker, server, contact: each });
    add({ type: 'associate', worker, server, previous: null, handover: false });
  }
  for (let gradient = 0; written < MEGABYTES * 1e6; gradient++) {
    const round = Math.floor(gradient / 10);
    const of = { gradient, worker: workerOf(gradient % WORKERS), server };
    add({ type: 'gradient-started', ...of, round, version: round });
    if (gradient % 10 === 9) add(aggregation(server, round));
    add({ type: 'gradient-ended', ...of, outcome: 'aggregated', inResult: round, staleness: 0 });
    if (gradient % 10 !== 9) continue;
    const end = { outcome: 'aggregated', inResult: round, staleness: 0 };
    add({ type: 'result-ended', result: round, server, parent: 'cloud', ...end });
  }
  flush();
  closeSync(out);
}

function workerOf(index: number): string {
  return `worker-${String(index).padStart(3, '0')}`;
}

function aggregation(server: string, round: number): object {
  return {
    ...{ type: 'aggregated', server, layer: 'edge', round, version: round, result: round },
    ...{ vectors: 10, senders: 10, byzantine: 2, byzantineSenders: 2, declaredF: 2 },
    ...{ atDeadline: false, staleness: { mean: 0, maximum: 0 }, norm: 1.25, loss: 0.5 },
    ...{ seen: { honest: 8, byzantine: 2 }, exceeded: false, skipped: false },
  };
}

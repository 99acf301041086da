import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { FcdSink } from '../src/mobility/fcd/fcd-sink.ts';
import { readFcd } from '../src/mobility/fcd/reader.ts';
import { type Figure, median } from './figure.ts';
import { pythonOutput } from './python-output.ts';

const FILE_BYTES = 150_000_000;
const SLICE_BYTES = 10_000_000;
const PASSES = 3;
/** What watching takes counts against us. */
const WATCH_EVERY_MS = 20;

/**
 * The FCD reader on a generated trace of 150 MB with all of SUMO's default attributes: megabytes a
 * second (best of three), fast-xml-parser on its first 10 MB for reference; megabytes in a second of
 * processor time, in turns with sumolib's parse_fast; and how far resident memory rose while streaming.
 */
export async function benchFcdReader(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgemlsim-fcd-'));
  try {
    // Taken before the file is generated: what that leaves on the heap counts against us.
    const baseline = process.memoryUsage().rss;
    const file = join(folder, 'trace.fcd.xml');
    const bytes = await generate(file, FILE_BYTES);
    const sum = { rows: 0, x: 0 };
    const sink: FcdSink = {
      step: () => {},
      row: (_entity, x) => {
        sum.rows++;
        sum.x += x;
      },
    };
    let highest = 0;
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, WATCH_EVERY_MS);
    let seconds = Number.POSITIVE_INFINITY;
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let pass = 0; pass < PASSES; pass++) {
      const start = performance.now();
      const cpu = process.cpuUsage();
      await readFcd(file, sink);
      const { user, system } = process.cpuUsage(cpu);
      seconds = Math.min(seconds, (performance.now() - start) / 1000);
      highest = Math.max(highest, process.memoryUsage().rss);
      ours.push(bytes / (user + system));
      const rate = await sumolibRate(file);
      if (rate !== null) theirs.push(rate);
    }
    clearInterval(watch);
    const reference = await fastXmlParserRate(file);
    const rate = bytes / 1e6 / seconds;
    return [
      {
        name: 'FCD reader, plain file',
        value: rate,
        unit: 'MB/s',
        reference: `fast-xml-parser on ${SLICE_BYTES / 1e6} MB: ${reference.toFixed(1)} MB/s`,
        note: `${(sum.rows / PASSES / seconds / 1e6).toFixed(2)} million rows a second; target 180`,
      },
      {
        name: 'FCD reader, against sumolib',
        value: median(ours),
        unit: 'MB in a second of processor time',
        ...(theirs.length === 0
          ? { reference: 'sumolib: not installed' }
          : {
              reference: `its parse_fast, id, x and y as texts: ${median(theirs).toFixed(0)}`,
              ratio: median(ours.map((rate, pass) => rate / theirs[pass]!)),
            }),
        target: 'ratio at least 3',
      },
      {
        name: 'FCD reader, resident memory above the baseline',
        value: (highest - baseline) / 1e6,
        unit: 'MB',
        note: `${bytes / 1e6} MB read ${PASSES} times; target below 120`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A trace as SUMO writes it: 500 vehicles that drift, some replaced by new ones every step. */
async function generate(file: string, atLeastBytes: number): Promise<number> {
  const handle = await open(file, 'w');
  let written = 0;
  const write = async (text: string) => {
    written += (await handle.write(text)).bytesWritten;
  };
  await write('<?xml version="1.0" encoding="UTF-8"?>\n\n<!-- generated -->\n\n<fcd-export>\n');
  for (let step = 0; written < atLeastBytes; step++) {
    const lines = [`    <timestep time="${step}.00">`];
    for (let i = 0; i < 500; i++) {
      const id = `veh${i + 500 * Math.floor((step + i) / 300)}`;
      const x = (((i * 37) % 2000) + step * 0.37 * (1 + (i % 7))).toFixed(2);
      const y = (((i * 91) % 1500) - step * 0.11 * (i % 5)).toFixed(2);
      lines.push(
        `        <vehicle id="${id}" x="${x}" y="${y}" angle="${(i * 7) % 360}.25" type="car" ` +
          `speed="${(i % 14).toFixed(2)}" pos="${((i * 13) % 400).toFixed(2)}" ` +
          `lane="-4253${i % 97}#${i % 9}_0" slope="0.00"/>`,
      );
    }
    lines.push('    </timestep>\n');
    await write(lines.join('\n'));
  }
  await write('</fcd-export>\n');
  await handle.close();
  return written;
}

/** Null where sumolib is not installed. */
async function sumolibRate(file: string): Promise<number | null> {
  const rate = await pythonOutput('sumolib-rate.py', [file]);
  return rate === null ? null : Number(rate);
}

async function fastXmlParserRate(file: string): Promise<number> {
  let text = '';
  for await (const piece of createReadStream(file, { end: SLICE_BYTES - 1, encoding: 'utf8' })) {
    text += piece;
  }
  text = `${text.slice(0, text.lastIndexOf('</timestep>'))}</timestep></fcd-export>`;
  const parser = new XMLParser({ ignoreAttributes: false, parseAttributeValue: true });
  const start = performance.now();
  parser.parse(text);
  return text.length / 1e6 / ((performance.now() - start) / 1000);
}

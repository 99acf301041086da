import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#src/config/config-schema.js';
import type { JournalLine } from '#src/journal/events.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { parseLines } from '../worlds/journal-text.ts';

let count = 0;

/** A path in the temporary folder that nothing is at. */
export function freshPath(name = 'run'): string {
  count += 1;
  return join(temporaryFolder('run'), `${name}-${count}`);
}

export function startRun(config: Config, runDir = freshPath(), threads = 1): Promise<VirtualRun> {
  return VirtualRun.create({ config, runDir, threads });
}

export function journalOf(runDir: string): JournalLine[] {
  return parseLines(readFileSync(join(runDir, 'journal.jsonl'), 'utf8'));
}

export function statusOf(runDir: string): { status: string; error?: string } {
  return JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8'));
}

/** Numbering of simulated and of host events: without holes; both kinds of time: never back. */
export function isSound(lines: readonly JournalLine[]): boolean {
  let [n, host, timeUs, wallTimeS] = [0, 0, 0, 0];
  for (const line of lines) {
    if ('n' in line) {
      if (line.n !== n || line.timeUs < timeUs) return false;
      n += 1;
      timeUs = line.timeUs;
    } else {
      if (line.host !== host || line.wallTimeS < wallTimeS) return false;
      host += 1;
      wallTimeS = line.wallTimeS;
    }
  }
  return true;
}

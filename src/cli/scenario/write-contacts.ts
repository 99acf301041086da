import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../../errors.ts';
import { everyContact } from '../../mobility/contact-statistics.ts';
import type { Radio } from '../../mobility/radio/radio.ts';
import type { Site } from '../../mobility/site.ts';
import type { Trace } from '../../mobility/trace.ts';

/** A table of every contact, with times as the trace has them. Throws InputError. */
export async function writeContacts(
  file: string,
  trace: Trace,
  groups: readonly { sites: readonly Site[]; radio: Radio }[],
): Promise<void> {
  try {
    await pipeline(Readable.from(rows(trace, groups)), createWriteStream(file));
  } catch (error) {
    const found = `cannot be written: ${(error as Error).message}`;
    throw new InputError({ place: { file }, found });
  }
}

function* rows(
  trace: Trace,
  groups: readonly { sites: readonly Site[]; radio: Radio }[],
): Generator<string> {
  yield 'entity,kind,site,range_m,enter_s,leave_s,duration_s\n';
  const seconds = (timeUs: number) => (trace.beginUs + timeUs) / 1e6;
  for (const { sites, radio } of groups) {
    const ranges = new Map(sites.map(({ server, rangeM }) => [server, rangeM]));
    for (const { entity, kind, server, enterUs, leaveUs } of everyContact(trace, sites, radio)) {
      const times = [seconds(enterUs), seconds(leaveUs), (leaveUs - enterUs) / 1e6];
      yield `${[quoted(entity), kind, quoted(server), ranges.get(server), ...times].join(',')}\n`;
    }
  }
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

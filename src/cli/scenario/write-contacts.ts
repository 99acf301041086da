import { everyContact } from '../../mobility/contact-statistics.ts';
import type { Radio } from '../../mobility/radio/radio.ts';
import type { Site } from '../../mobility/site.ts';
import type { Trace } from '../../mobility/trace.ts';
import { type ContactLine, contactColumns } from '../../report/data/contact-columns.ts';
import { csvLines } from '../../report/format/columns.ts';
import { writeGivenFile } from '../../write-given-file.ts';

/** A table of every contact, with times as the trace has them. */
export async function writeContacts(
  file: string,
  trace: Trace,
  groups: readonly { sites: readonly Site[]; radio: Radio }[],
): Promise<void> {
  await writeGivenFile(file, csvLines(contactColumns, contactLines(trace, groups)));
}

function* contactLines(
  trace: Trace,
  groups: readonly { sites: readonly Site[]; radio: Radio }[],
): Generator<ContactLine> {
  const seconds = (timeUs: number) => (trace.beginUs + timeUs) / 1e6;
  for (const { sites, radio } of groups) {
    const ranges = new Map(sites.map(({ server, rangeM }) => [server, rangeM]));
    for (const { entity, kind, server, enterUs, leaveUs } of everyContact(trace, sites, radio)) {
      const [enterS, leaveS] = [seconds(enterUs), seconds(leaveUs)];
      yield { entity, kind, site: server, rangeM: ranges.get(server) ?? null, enterS, leaveS };
    }
  }
}

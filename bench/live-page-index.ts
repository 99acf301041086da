// A process of its own, so that its memory is that of a page's server: builds the index of the journal
// that is named and goes to places all over it. Prints one line of JSON.
import { readFileSync, statSync } from 'node:fs';
import { JournalIndex } from '../src/live-page/server/journal-index.ts';
import { SeriesTally } from '../src/live-page/server/series.ts';

const SEEKS = 60;

const file = process.argv[2]!;
const series = new SeriesTally();
const index = new JournalIndex(file, (line) => series.add(line));
const indexS = await cpuS(() => index.refresh());
const seeksMs: number[] = [];
for (let seek = 0; seek < SEEKS; seek++) {
  // Steps of the golden section fall everywhere.
  const timeUs = Math.floor(((seek * 0.618034) % 1) * index.head.timeUs);
  seeksMs.push(1000 * (await cpuS(() => index.stateAt({ timeUs }))));
}
const peakMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
const parseS = await cpuS(async () => parseLines(file));
const megabytes = statSync(file).size / 1e6;
console.log(JSON.stringify({ megabytes, indexS, parseS, seeksMs, peakMb }));
await index.close();

function parseLines(path: string): void {
  const bytes = readFileSync(path);
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    JSON.parse(bytes.toString('utf8', start, end));
    start = end + 1;
  }
}

/** Seconds of processor time of this process. */
async function cpuS(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

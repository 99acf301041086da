import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ensureFolder } from '../../ensure-folder.ts';
import { InputError } from '../../errors.ts';
import { sha256Of } from '../../sha256-of.ts';
import { userCacheFolder } from '../../user-cache-folder.ts';
import { readSumoDocument } from '../sumo-document.ts';
import type { XmlElement } from '../xml.ts';
import { runProgram, sumoProgram } from './installed.ts';

/** The comment at the top, with the time at which SUMO wrote the file, is in here. */
const HEAD_BYTES = 512;

/**
 * The FCD that SUMO makes of a scenario, as a file in the user's cache, named after the content of the
 * scenario's files and SUMO's version: SUMO runs where it is not there. The time at which it ran is
 * blanked, so that a trace made again has the same bytes. Throws InputError.
 */
export async function simulatedTrace(configuration: string): Promise<string> {
  const inputs = await inputsOf(configuration);
  const sumo = sumoProgram('sumo');
  const version = (await runProgram(sumo, ['--version'])).split('\n', 1)[0]!;
  const hash = createHash('sha256').update(version);
  for (const file of inputs) hash.update(`\n${sha256Of(file)}`);
  const folder = join(userCacheFolder(), 'sumo');
  const trace = join(folder, `${hash.digest('hex').slice(0, 32)}.fcd.xml.gz`);
  if (existsSync(trace)) return trace;
  ensureFolder(folder);
  const work = await mkdtemp(join(tmpdir(), 'edgemlsim-sumo-'));
  try {
    const written = join(work, 'trace.fcd.xml');
    // SUMO writes its options into the file: the name must not be another each time.
    const output = ['--fcd-output', 'trace.fcd.xml', '--no-step-log', '--no-warnings'];
    await runProgram(sumo, ['-c', resolve(configuration), ...output], { folder: work });
    if (!existsSync(written)) {
      throw new InputError({
        found: `\`${sumo} -c ${configuration}\` ended with 0 and wrote no trace`,
        advice: ['expected a trace in FCD: the scenario may have no time to simulate'],
      });
    }
    await blankTime(written);
    // Another process may do the same: the last one puts the same bytes in place, in one step.
    const packed = `${trace}.${process.pid}`;
    await pipeline(createReadStream(written), createGzip(), createWriteStream(packed));
    await rename(packed, trace);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return trace;
}

/** The configuration, and each file that one of its options names. Throws InputError. */
async function inputsOf(configuration: string): Promise<string[]> {
  const { root } = await readSumoDocument(
    configuration,
    ...['configuration', 'sumoConfiguration', 'sumo-configuration'],
  );
  const folder = dirname(resolve(configuration));
  const options: XmlElement[] = root.children.flatMap((one) => [one, ...one.children]);
  const files = options
    .filter(({ name }) => !/output|log$/.test(name))
    .flatMap(({ attributes: { value = '' } }) => value.split(/[,\s]+/))
    .map((name) => resolve(folder, name))
    .filter((file) => existsSync(file) && statSync(file).isFile());
  return [resolve(configuration), ...files];
}

/** Overwrites the date with blanks, so that the file stays as long as it is. */
async function blankTime(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    const text = head.toString('latin1', 0, bytesRead);
    const blanked = text.replace(/(?<=generated on )[\d\-:.+T ]+(?= by)/, (date) =>
      ' '.repeat(date.length),
    );
    await handle.write(Buffer.from(blanked, 'latin1'), 0, bytesRead, 0);
  } finally {
    await handle.close();
  }
}

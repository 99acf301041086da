import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { InputError, RunError } from '../errors.ts';
import { MARKS, type StepMark } from '../journal/marks.ts';
import { systemRefusal } from '../system-refusal.ts';
import { isTaken } from './folder-lock.ts';
import { readJsonFile } from './json-file.ts';
import { checkIsRun, statusOf } from './run-folder.ts';

const controlCommands = ['pause', 'continue', 'status', 'stop', 'step'] as const;
export type ControlCommand = (typeof controlCommands)[number];

/** The commands to a run in progress and their answers. Plain data. */
type Controls = Record<ControlCommand, (until?: StepMark) => unknown>;

const FILE = 'control.json';
const LONGEST_REQUEST = 1000;
const REQUEST_MS = 5000;
/**
 * Interval of the keep-alive messages of a run that has no answer yet, since a pause has no time
 * limit.
 */
const ALIVE_MS = 1000;
/** Without any the run is taken to hang. */
const SILENCE_S = 10;

const token = z.string().regex(/^[0-9a-f]{32}$/);

/** Contents of the file in the run's folder. */
const endpointSchema = z.strictObject({
  port: z.int().min(1).max(65_535),
  token,
  pid: z.int().min(1),
});
type Endpoint = z.infer<typeof endpointSchema>;

/** A request of `edgemlsim ctl`: one line of JSON. */
const requestSchema = z.strictObject({
  token,
  command: z.enum(controlCommands),
  /** How far a step goes: one event when absent. */
  until: z.enum(MARKS).optional(),
});

/**
 * A socket in the run's folder, for `edgemlsim ctl`: only users who can read that folder can use
 * it.
 */
export class RunControl {
  readonly #file: string;
  readonly #server: Server;

  /** Opens the socket. */
  static async open(runDir: string, controls: Controls): Promise<RunControl> {
    const token = randomBytes(16).toString('hex');
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      answer(socket, token, controls).catch(() => socket.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    // A waiting client does not delay the run.
    server.unref();
    const file = join(runDir, FILE);
    const { port } = server.address() as { port: number };
    const endpoint: Endpoint = { port, token, pid: process.pid };
    try {
      writeFileSync(file, JSON.stringify(endpoint), { mode: 0o600 });
    } catch (error) {
      server.close();
      rmSync(file, { force: true });
      throw new RunError(`cannot write ${file}: ${systemRefusal(error)}`);
    }
    return new RunControl(file, server);
  }

  private constructor(file: string, server: Server) {
    this.#file = file;
    this.#server = server;
  }

  close(): void {
    rmSync(this.#file, { force: true });
    this.#server.close();
  }
}

/**
 * Sends a command to a run in progress, and returns its answer; also the status of one that has
 * ended. Throws InputError where there is no run, RunError when it sends nothing for `silenceS`.
 */
export async function sendControl(
  runDir: string,
  command: ControlCommand,
  silenceS = SILENCE_S,
  until?: StepMark,
): Promise<unknown> {
  checkIsRun(runDir);
  const endpoint = readEndpoint(join(runDir, FILE));
  // Where no process holds the folder, the run was killed and left the file: another program may have
  // the port by now.
  const isOpen = endpoint !== null && isTaken(runDir);
  const reply = isOpen ? await ask(endpoint, { command, until }, runDir, silenceS) : null;
  if (reply === null) return statusOfIdle(runDir, command);
  if (reply === '') throw new RunError(`the run in ${runDir} does not answer`);
  return JSON.parse(reply) as unknown;
}

/** Null where no process listens on the socket. */
function ask(
  { port, token, pid }: Endpoint,
  given: { command: ControlCommand; until: StepMark | undefined },
  runDir: string,
  silenceS: number,
): Promise<string | null> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve, reject) => {
    socket.on('error', () => resolve(null));
    // While it has no answer yet it sends empty lines.
    socket.setTimeout(silenceS * 1000, () => {
      reject(new RunError(silenceText(runDir, pid, silenceS)));
      socket.destroy();
    });
    socket.end(`${JSON.stringify({ token, ...given })}\n`);
    text(socket).then((said) => resolve(said.trim()), reject);
  });
}

/** Null where there is none, or it is being written. Throws InputError for a damaged one. */
function readEndpoint(file: string): Endpoint | null {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return null;
  const advice = ['a run in progress cannot be asked without it: Ctrl-C or kill -INT stops it'];
  return readJsonFile(file, endpointSchema, advice) as Endpoint;
}

function silenceText(runDir: string, pid: number, silenceS: number): string {
  const who = `the run in ${runDir} (process ${pid}) has sent nothing for ${silenceS} s`;
  return isStopped(pid)
    ? `${who}: the process is stopped; kill -CONT ${pid} lets it go on`
    : `${who}: the process is busy or hangs; kill -KILL ${pid} ends it, and edgemlsim resume ${runDir} goes on from its last checkpoint`;
}

/** Checks with a signal; false where the system gives no answer. */
function isStopped(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)![0];
    return state === 'T' || state === 't';
  } catch {
    return false;
  }
}

/**
 * The status of a run that does not listen: how it ended, or that it is about to begin. Throws
 * InputError for any other command.
 */
function statusOfIdle(runDir: string, command: ControlCommand): object {
  const { status, summary, error } = statusOf(runDir) ?? {};
  const saysNothing = status === undefined || status === 'running';
  const state = saysNothing ? (isTaken(runDir) ? 'running' : 'killed') : status;
  if (command !== 'status') {
    throw new InputError({
      place: { file: runDir },
      found: `no run is in progress in this folder: its status is ${state}`,
      advice: ['expected the folder of a run that has not ended'],
    });
  }
  return {
    state,
    ...(summary !== undefined && { simTimeS: summary.simTimeS }),
    ...(error !== undefined && { error }),
  };
}

async function answer(socket: Socket, token: string, controls: Controls): Promise<void> {
  socket.on('error', () => {});
  socket.setTimeout(REQUEST_MS, () => socket.destroy());
  const request = await requestOf(socket);
  socket.setTimeout(0);
  const { token: given, command, until } = requestSchema.parse(JSON.parse(request));
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(token))) {
    socket.destroy();
    return;
  }
  const alive = setInterval(() => socket.write('\n'), ALIVE_MS);
  try {
    socket.end(JSON.stringify(await controls[command](until)));
  } finally {
    clearInterval(alive);
  }
}

/** The first line. */
function requestOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      if (said.includes('\n')) resolve(said);
      else if (said.length > LONGEST_REQUEST) reject(new Error('too long'));
    });
    socket.on('close', () => reject(new Error('ended')));
  });
}

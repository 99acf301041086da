import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { InputError, RunError } from '../errors.ts';

export const controlCommands = ['pause', 'resume', 'status', 'stop'] as const;
export type ControlCommand = (typeof controlCommands)[number];

/** What a run in progress can be told, and what it answers. Plain data. */
export type Controls = Record<ControlCommand, () => unknown>;

const FILE = 'control.json';
const LONGEST_REQUEST = 1000;
const REQUEST_MS = 5000;

/** A door in the run's folder, for `edgemlsim ctl`: only who can read that folder can use it. */
export class RunControl {
  readonly #file: string;
  readonly #server: Server;

  /** Opens the door. */
  static async open(runDir: string, controls: Controls): Promise<RunControl> {
    const token = randomBytes(16).toString('hex');
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      answer(socket, token, controls).catch(() => socket.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    // Whoever waits at the door does not keep the run.
    server.unref();
    const file = join(runDir, FILE);
    const { port } = server.address() as { port: number };
    writeFileSync(file, JSON.stringify({ port, token }), { mode: 0o600 });
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

/** Tells a run in progress, and returns its answer. Throws InputError when there is none. */
export async function tellRun(runDir: string, command: ControlCommand): Promise<unknown> {
  const file = join(runDir, FILE);
  const none = new InputError({
    place: { file: runDir },
    found: 'no run is in progress in this folder',
    advice: ['expected the folder of a run that has not ended'],
  });
  if (!existsSync(file)) throw none;
  const { port, token } = JSON.parse(readFileSync(file, 'utf8')) as { port: number; token: string };
  const socket = connect(port, '127.0.0.1');
  const reply = await new Promise<string>((resolve, reject) => {
    socket.on('error', () => reject(none));
    socket.end(`${JSON.stringify({ token, command })}\n`);
    text(socket).then(resolve, reject);
  });
  if (reply === '') throw new RunError(`the run in ${runDir} does not answer`);
  return JSON.parse(reply) as unknown;
}

async function answer(socket: Socket, token: string, controls: Controls): Promise<void> {
  socket.on('error', () => {});
  socket.setTimeout(REQUEST_MS, () => socket.destroy());
  const request = await requestOf(socket);
  socket.setTimeout(0);
  const { token: given, command } = JSON.parse(request) as { token: unknown; command: unknown };
  const isKnown = typeof given === 'string' && given.length === token.length;
  if (!isKnown || !timingSafeEqual(Buffer.from(given), Buffer.from(token))) {
    socket.destroy();
    return;
  }
  const known = controlCommands.find((each) => each === command);
  if (known === undefined) socket.destroy();
  else socket.end(JSON.stringify(await controls[known]()));
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

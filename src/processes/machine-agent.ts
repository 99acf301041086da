import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config-schema.ts';
import { RunError } from '../errors.ts';
import type { Connection } from '../transport/connection.ts';
import { limitsFor } from '../transport/limits.ts';
import { needMessage, readMessage } from '../transport/message.ts';
import { Silence } from '../transport/silence.ts';
import { TransportError } from '../transport/transport-error.ts';
import type { Machine } from '../worlds/live/protocol/assign-processes.ts';
import { LIVE_PROTOCOL, say, startMessageSchema } from '../worlds/live/protocol/control-message.ts';
import type { Address } from '../worlds/live/protocol/placement.ts';
import { type Credentials, credentialsLine } from './credentials.ts';
import { onStdin } from './deployment.ts';
import { endpoint, transports } from './live-endpoints.ts';
import { processEnvironment } from './process-environment.ts';

const PING_MS = 500;
/** Before another try to reach a coordinator that is not there yet. */
const RETRY_MS = 500;
/** Names of processes, and no vectors. */
const MOST_BODY_BYTES = 2 ** 16;
/** Time that a process has, beyond its patience, to end when the coordinator is gone. */
const GRACE_MS = 10_000;
/** More than any run gives one machine: a coordinator cannot fill it with processes. */
const MOST_PROCESSES = 1024;

interface MachineAgentOptions {
  /** Where the coordinator is; asked again for every try. Null: not known yet. */
  find: () => (Address & { transport: Config['live']['transport'] }) | null;
  machine: Machine;
  credentials: Credentials;
  patienceS: number;
  /** Seconds in which the coordinator must be found. */
  waitS: number;
  /**
   * The command `edgemlsim agent` on this machine; with the address to join, it runs one process.
   */
  program: readonly [string, ...string[]];
  listenHost: string | null;
}

/**
 * An agent: offers its machine's cores to a coordinator, starts the processes assigned to it, and
 * again on request, and ends when the coordinator releases it and they have ended. Throws RunError
 * when one of them has failed for good, or the coordinator is not found.
 */
export async function runMachineAgent(options: MachineAgentOptions): Promise<void> {
  const { control, where } = await reach(options);
  /** By what sets them apart: the process that was started last. */
  const processes = new Map<string, AgentProcess>();
  await attend(control, options, (wanted) => {
    const keys = new Set([...processes.keys(), ...wanted.keys()]);
    needMessage(keys.size <= MOST_PROCESSES, `more than ${MOST_PROCESSES} processes to start`);
    for (const [key, what] of wanted) {
      // One that is stopped cannot end by itself.
      processes.get(key)?.child.kill('SIGKILL');
      processes.set(key, startProcess(what, where, options));
    }
  });
  // They notice by themselves that the run is over; those that do not are ended.
  setTimeout(
    () => {
      for (const { child } of processes.values()) child.kill('SIGKILL');
    },
    options.patienceS * 1000 + GRACE_MS,
  ).unref();
  const ends = await Promise.all([...processes.values()].map(({ end }) => end));
  const failed = ends.filter((how) => how !== null);
  if (failed.length > 0) throw new RunError(`a process ended with ${failed[0]}`);
}

async function reach({ find, credentials, waitS }: MachineAgentOptions) {
  const limits = limitsFor(MOST_BODY_BYTES);
  const triesUntilMs = performance.now() + waitS * 1000;
  let last = 'no rendezvous file has been written';
  for (;;) {
    const where = find();
    try {
      if (where !== null) {
        const transport = transports[where.transport];
        return { where, control: await transport.connect(endpoint(where, limits, credentials)) };
      }
    } catch (error) {
      const isTemporary = error instanceof TransportError && error.failure === 'unreachable';
      if (!isTemporary) throw error;
      last = error.message;
    }
    if (performance.now() > triesUntilMs) {
      throw new RunError(`no coordinator was found in ${waitS} s: ${last}`);
    }
    await delay(RETRY_MS);
  }
}

/**
 * Offers the machine, and hands on which processes to start, each with the options that set it apart.
 * Resolves when the coordinator lets it go
 * or is gone; throws RunError when that comes before anything was asked of it.
 */
async function attend(
  control: Connection,
  { machine, patienceS }: MachineAgentOptions,
  start: (wanted: ReadonlyMap<string, readonly string[]>) => void,
): Promise<void> {
  const silence = new Silence();
  let isTaken = false;
  let pings: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const end = (why: string) => (isTaken ? resolve() : reject(new RunError(why)));
      control.onFrame = ({ header }) => {
        const message = readMessage(startMessageSchema, header);
        silence.heard();
        if (message.type === 'start') {
          isTaken = true;
          start(new Map(message.slots.map((slot) => [`slot ${slot}`, ['--slot', String(slot)]])));
        } else if (message.type === 'compute') {
          isTaken = true;
          const what = ['--pool', String(machine.cores), '--name', message.name];
          start(new Map([['compute', what]]));
        } else if (message.type === 'refused') {
          reject(new RunError(`the coordinator refuses: ${message.reason}`));
        }
      };
      control.onClose = () => end('the coordinator is gone');
      say(control, { type: 'offer', protocol: LIVE_PROTOCOL, ...machine });
      pings = setInterval(() => {
        if (silence.look() > patienceS) end(`the coordinator has sent nothing for ${patienceS} s`);
        else say(control, { type: 'ping' });
      }, PING_MS);
    });
  } finally {
    clearInterval(pings);
    control.destroy();
  }
}

interface AgentProcess {
  child: ChildProcess;
  /** How it ended; null: well. */
  end: Promise<string | null>;
}

/** `what`: the options that set it apart. */
function startProcess(
  what: readonly string[],
  { host, port, transport }: Address & { transport: string },
  { program: [file, ...first], credentials, patienceS, listenHost }: MachineAgentOptions,
): AgentProcess {
  const args = [
    ...['agent', ...what, '--join', `${host}:${port}`],
    ...['--transport', transport, '--patience', String(patienceS)],
    ...(listenHost === null ? [] : ['--listen', listenHost]),
    ...onStdin,
  ];
  const child = spawn(file, [...first, ...args], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: processEnvironment(),
  });
  child.stdin.on('error', () => {});
  child.stdin.write(credentialsLine(credentials));
  const end = new Promise<string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(howItEnded(code, signal)));
  });
  return { child, end };
}

function howItEnded(code: number | null, signal: string | null): string | null {
  if (code === 0) return null;
  return signal === null ? `exit code ${code}` : signal;
}

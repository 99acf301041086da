import { readdirSync, readFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Nothing has ended for longer than most tests take. */
const QUIET_MS = 180_000;
/** Beyond the time limit of a test: its process cannot keep that limit any more. */
const HUNG_MS = 900_000;
const LOOK_MS = 30_000;

/**
 * Says which tests are running when none has ended for minutes, and ends their processes when none does. A test
 * whose process is blocked, or not heard any more, would else leave neither a name nor an end.
 */
export default class RunningReporter implements Reporter {
  readonly #running = new Map<string, string>();
  #lastEndMs = 0;
  #shownMs = 0;
  #timer: NodeJS.Timeout | undefined;

  onTestRunStart(): void {
    this.#lastEndMs = Date.now();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  onTestModuleQueued({ id, relativeModuleId }: TestModule): void {
    this.#running.set(id, relativeModuleId);
  }

  onTestCaseReady({ module, fullName }: TestCase): void {
    this.#running.set(module.id, `${module.relativeModuleId}: ${fullName}`);
  }

  onTestCaseResult({ module }: TestCase): void {
    this.#running.set(module.id, `${module.relativeModuleId}, between its tests`);
    this.#lastEndMs = Date.now();
  }

  onTestModuleEnd({ id }: TestModule): void {
    this.#running.delete(id);
    this.#lastEndMs = Date.now();
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = Date.now();
    const quietMs = nowMs - this.#lastEndMs;
    if (quietMs < QUIET_MS || nowMs - this.#shownMs < QUIET_MS) return;
    this.#shownMs = nowMs;
    const processes = childrenOf(process.pid);
    console.log(`\nNo test has ended for ${Math.round(quietMs / 1000)} s. Running:`);
    for (const line of this.#running.values()) console.log(`  ${line}`);
    for (const pid of processes) console.log(stateOf(pid));
    if (quietMs < HUNG_MS) return;
    console.log('Their processes are ended.');
    for (const pid of processes) process.kill(pid, 'SIGKILL');
  }
}

function childrenOf(pid: number): number[] {
  return readOf(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Of the process and all that it has started: what each is, what it waits for and the time that it has computed. */
function stateOf(pid: number, indent = '  '): string {
  const command = readOf(pid, 'cmdline').split('\0').join(' ').slice(-200);
  const [, fields = ''] = readOf(pid, 'stat').split(') ');
  const [state, , , , , , , , , , , userTicks, systemTicks] = fields.split(' ');
  const waits = threadsOf(pid).map((thread) => readOf(pid, `task/${thread}/wchan`));
  const line = `${indent}${pid} ${state} ${userTicks}+${systemTicks} ticks, in ${waits.join(' ')}: ${command}`;
  return [line, ...childrenOf(pid).map((child) => stateOf(child, `${indent}  `))].join('\n');
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty where there is no such process any more, or another system. */
function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

import { readFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Nothing has ended for so long: longer than any test takes. */
const QUIET_MS = 180_000;
/** Beyond the time limit of a test: its process cannot obey that limit any more. */
const HUNG_MS = 900_000;
const LOOK_MS = 30_000;

/**
 * Says which tests are running when none has ended for minutes, and ends the whole when none does: one whose process
 * is blocked would leave neither a name nor an end.
 */
export default class RunningReporter implements Reporter {
  readonly #running = new Map<string, string>();
  #lastEndMs = Date.now();
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
    console.log(`\nNo test has ended for ${Math.round(quietMs / 1000)} s. Running:`);
    for (const line of this.#running.values()) console.log(`  ${line}`);
    if (quietMs < HUNG_MS) return;
    console.log('A process of the tests hangs: FAILED');
    for (const pid of ownChildren()) process.kill(pid, 'SIGKILL');
    process.exit(1);
  }
}

/** What is blocked would not end with its parent. */
function ownChildren(): number[] {
  const { pid } = process;
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

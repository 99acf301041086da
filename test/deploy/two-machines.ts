import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { main, type Outcome } from '../cli/program.ts';
import { plainEnvironment } from '../plain-environment.ts';

type Machine = 1 | 2;

/** Two machines in network namespaces, on a bridge to which this one belongs. */
export class TwoMachines {
  readonly #folder = mkdtempSync(join(tmpdir(), 'edgemlsim-machines-'));
  readonly #bridge: string;

  /** `name`: at most ten letters that no other rig has at the same time. */
  constructor(name: string) {
    this.#bridge = name;
  }

  /** This machine's address among the others; they are made when it is first asked for. */
  get address(): string {
    const script = resolve('test/rigs/sshd-up.sh');
    if (!this.#isUp) execFileSync('bash', [script, this.#folder, this.#bridge, '2']);
    return readFileSync(join(this.#folder, 'address'), 'utf8').trim();
  }

  down(): void {
    if (this.#isUp) execFileSync('bash', [resolve('test/rigs/sshd-down.sh'), this.#folder]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The program on one of them. */
  start(machine: Machine, folder: string, ...args: string[]): Promise<Outcome> {
    const child = spawn(
      'ip',
      ['netns', 'exec', `${this.#bridge}${machine}`, process.execPath, main, ...args],
      { cwd: folder, env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return ended(child);
  }

  /** Nothing goes to it or comes from it any more, or it does again. */
  setLink(machine: Machine, state: 'down' | 'up'): void {
    execFileSync('ip', ['link', 'set', `${this.#bridge}${machine}`, state]);
  }

  get #isUp(): boolean {
    return spawnSync('ip', ['link', 'show', this.#bridge], { stdio: 'ignore' }).status === 0;
  }
}

function ended(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', ''];
    child.stdout!.on('data', (data) => {
      stdout += data;
    });
    child.stderr!.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../write-atomically.ts';

/** A run that failed, also where it left no folder. */
interface RecordedFailure {
  /** Of its config: a run of another one in this place has not failed. */
  config: string;
  error: string;
}

/** `failures.json` of a study's folder: by the folders of the runs that failed at their last start. */
export class FailureList {
  readonly #file: string;
  readonly #byFolder: Map<string, RecordedFailure>;

  constructor(studyDir: string) {
    this.#file = join(studyDir, 'failures.json');
    this.#byFolder = new Map(Object.entries(readFailures(this.#file)));
  }

  of({ folder, config }: { folder: string; config: string }): RecordedFailure | undefined {
    const failure = this.#byFolder.get(folder);
    return failure?.config === config ? failure : undefined;
  }

  add(folder: string, failure: RecordedFailure): void {
    this.#byFolder.set(folder, failure);
    this.#write();
  }

  /** The run is started again. */
  forget(folder: string): void {
    if (this.#byFolder.delete(folder)) this.#write();
  }

  #write(): void {
    const failures = Object.fromEntries(this.#byFolder);
    writeAtomically(this.#file, `${JSON.stringify(failures, null, 2)}\n`);
  }
}

function readFailures(file: string): Record<string, RecordedFailure> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, RecordedFailure>;
  } catch {
    // Damaged: the folders of the runs say what can be said.
    return {};
  }
}

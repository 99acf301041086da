/** Where a trace is from, and what became of its samples. */
export interface TraceFacts {
  files: readonly string[];
  presences: number;
  /** Presences that ended at one, with the entity coming back. */
  gaps: number;
  jumps: number;
  /** Parts that were left out, were mended or look wrong, one line each. */
  remarks: readonly string[];
}

/** Where a run's numbers come from: `provenance.json`. */
export interface Provenance {
  seed: number;
  version: string;
  node: string;
  engine: string;
  /** Versions of the packages and libraries that it is made of. */
  engineVersions: Record<string, string>;
  /** Why faster engines were left out, by their names. */
  enginesLeftOut: Record<string, string>;
  inputs: {
    /** SHA-256 of `config.resolved.yaml`. */
    config: string;
    /** Of several files the SHA-256 of their list of these; null of workers that stay, or move by a model. */
    trace: string | null;
    dataset: string;
    /** SHA-256 of each of the user's own files: rules, a network, parameters, data. */
    files: Record<string, string>;
  };
  /** Parts of the trace that were cut, left out or mended; null for workers that stay. */
  trace: TraceFacts | null;
  machine: { platform: string; cpu: string; cores: number; memoryMiB: number };
}

/** Which run it is, and how it was started: in `provenance.json`, beside what its numbers come from. */
export interface RunOrigin {
  /** Distinguishes the checkpoints of this run from those of others. */
  id: string;
  /** The program and its arguments, as the user gave them. */
  commandLine: string[];
  /** Of the program when it runs from its git checkout, with `-dirty` where that was changed. */
  commit: string | null;
}

/**
 * The version that each worker works on, which bounds how far any worker may run ahead. Plain data.
 */
export interface WorkTable {
  versions: Map<string, number>;
  /** How many work on each version. */
  counts: Map<number, number>;
}

export function newWorkTable(): WorkTable {
  return { versions: new Map(), counts: new Map() };
}

export function beginWork(table: WorkTable, worker: string, version: number): void {
  table.versions.set(worker, version);
  table.counts.set(version, (table.counts.get(version) ?? 0) + 1);
}

export function endWork(table: WorkTable, worker: string): void {
  const version = table.versions.get(worker);
  if (version === undefined) return;
  table.versions.delete(worker);
  const others = table.counts.get(version)! - 1;
  if (others > 0) table.counts.set(version, others);
  else table.counts.delete(version);
}

/** The oldest version in use by a worker; Infinity when none works. */
export function slowestVersion({ counts }: WorkTable): number {
  return Math.min(...counts.keys());
}

/** The workers on that version, in the order in which they began. */
export function workersOn({ versions }: WorkTable, version: number): string[] {
  return [...versions].flatMap(([worker, on]) => (on === version ? [worker] : []));
}

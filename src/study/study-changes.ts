import type { Path } from '../config/yaml-document.ts';

/** One value for one config path, and where in the study file it stands. */
export interface Change {
  path: string;
  value: unknown;
  origin: Path;
}

export function changesOf(values: Record<string, unknown> | null, origin: Path): Change[] {
  return Object.entries(values ?? {}).map(([path, value]) => ({
    path,
    value,
    origin: [...origin, path],
  }));
}
